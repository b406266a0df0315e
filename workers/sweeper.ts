import { removeExpired } from '~/auth/expiry.server';
import { readConfig } from '~/config.server';
import { log, withThread } from '~/log';
import { createServices, type Services } from '~/services.server';
import { settingsKeptMilliseconds } from '~/settings/settings.server';

/**
 * The cron of each minute: overdue and stale generations, expired rows, accounts whose deletion is due; every ten minutes some pages of the media; once a
 * night the ledger audit and the comparisons with Stripe and with providers' charges. Run reports are stored, and alerts
 * are sent last.
 */
export async function sweepAll({ scheduledTime: now }: { scheduledTime: number }, env: Env): Promise<void> {
  await withThread(`sweep-${now}`, async (thread) => {
    const read = readConfig(env);
    if (!read.ok) return log({ event: 'configuration-missing', names: read.names });
    const services = createServices({ env, config: read.config, settingsKeptMilliseconds });
    await sweep({ now, services });
    await services.logbook.close(thread);
  });
}

async function sweep({ now, services }: { now: number; services: Services }): Promise<void> {
  const began = Date.now();
  const found = { overdue: 0, stale: 0, uncleaned: 0, removedObjects: 0 };
  const failed: string[] = [];

  // A failing step must not stop the others.
  const step = async (name: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      failed.push(name);
      log({ event: 'error', where: `sweeper: ${name}`, message: String(error) });
    }
  };
  await step('generations', async () => Object.assign(found, await services.pipeline.sweep.generations(now)));
  await step('ended', async () => {
    found.uncleaned = await services.pipeline.sweep.ended(now);
  });
  await step('expired', () => removeExpired({ db: services.db, now }));
  await step('networks', () => services.credits.rewards.sweepNetworks(now));
  await step('uploads', () => services.photos.uploads.sweep({ now }));
  await step('accounts', () => services.auth.deletion.closeDue(now));
  await step('erasure', async () => {
    found.removedObjects += await services.media.erasure.run(now);
  });
  await step('sizes', () => services.photos.makeSmaller());
  await step('reconcile', () => services.billing.reconcile.nightly(now));
  await step('spending', () => services.pipeline.spending.nightly(now));
  await step('audit', () => services.credits.audit.nightly(now));
  if (Math.floor(now / 60_000) % 10 === 0)
    await step('media', async () => {
      found.removedObjects += await services.pipeline.sweep.media(now);
      found.removedObjects += await services.photos.uploads.sweepParts({ now });
      await services.reports.forget(now);
      await services.logbook.forget(now);
      await services.webhookRefusals.forget(now);
    });
  await step('alerts', () => services.admin.alerts.watch(now, [...failed]));
  await step('telling', () => services.admin.alerts.tell(now));
  await step('report', () =>
    services.reports.report('sweep', now, async () => ({ ok: failed.length === 0, differences: failed })),
  );
  const outcome = failed.length === 0 ? 'done' : `failed: ${failed.join(', ')}`;
  log({ event: 'sweep', outcome, ...found, milliseconds: Date.now() - began });
}
