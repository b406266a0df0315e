import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { AdminLayout, Facts, Moment, Part } from '~/admin/admin-layout';
import { FlashMessage } from '~/admin/flash-message';
import { AlertList } from '~/admin/health/alert-list';
import type { Check, CheckState } from '~/admin/health/checks';
import { RefusalsTable } from '~/admin/health/refusals-table';
import { Button } from '~/components/button';
import { Icon, type IconName } from '~/components/icon';
import { readFlash } from '~/flash';

const alertsShown = 20;

export const meta: MetaFunction = () => [{ title: 'Health · Admin · Echoes' }];

/** Checks every part of Echoes now. After a test message that was not accepted, `whyNotTold` is the reason. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin, settings, webhookRefusals } = context.services;
  await auth.requireAdmin(request);
  const isNotTold = readFlash(new URL(request.url).searchParams) === 'alert-not-told';
  const [checks, alerts, { alertUrl }, whyNotTold, refusals] = await Promise.all([
    admin.checks(),
    admin.alerts.list(alertsShown),
    settings.read(),
    isNotTold ? admin.alerts.whyNotTold() : null,
    webhookRefusals.list(),
  ]);
  return { ...checks, alerts, alertUrl, whyNotTold, refusals };
}

const icons: Record<CheckState, IconName> = {
  well: 'circle-check',
  trouble: 'circle-alert',
  'not set up': 'circle-help',
  'not yet': 'clock',
};
const colours: Record<CheckState, string> = {
  well: 'text-good',
  trouble: 'text-bad',
  'not set up': 'text-quiet',
  'not yet': 'text-quiet',
};

/** Checks, a line each: name, state in a word, detail. */
function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className="border-t border-line">
      {checks.map(({ what, state, detail }) => (
        <li
          key={what}
          className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-6 gap-y-1 border-b border-line py-3 text-15 md:grid-cols-[16rem_9rem_minmax(0,1fr)]"
        >
          <span className="font-medium wrap-anywhere">{what}</span>
          <span className={`inline-flex items-baseline gap-2 ${colours[state]}`}>
            <Icon name={icons[state]} className="self-center" />
            {state}
          </span>
          <span className="col-span-full text-quiet tabular wrap-anywhere md:col-span-1">{detail}</span>
        </li>
      ))}
    </ul>
  );
}

export default function AdminHealth() {
  const { parts, outside, secrets, version, alerts, alertUrl, whyNotTold, refusals } = useLoaderData<typeof loader>();
  const since = Date.parse(version?.timestamp ?? '');
  return (
    <AdminLayout title="Health">
      <FlashMessage />
      <Part title="Echoes">
        <Checks checks={parts} />
      </Part>
      <Part title="Outside services">
        <Checks checks={outside} />
        <p className="text-15 text-quiet">Checked without a key: nothing is ordered and nothing is paid.</p>
      </Part>
      <Part title="Alerts">
        <p className="max-w-text">
          {alertUrl ? (
            <>
              Sent to <span className="wrap-anywhere">{alertUrl}</span>.
            </>
          ) : (
            <>
              Shown here and on the overview only: no address is set in the{' '}
              <Link to="/admin/settings" className="link">
                settings
              </Link>
              .
            </>
          )}
        </p>
        <Form method="post" action="/admin/health/alert-tests" className="flex flex-wrap items-center gap-4">
          <Button type="submit" kind="quiet" disabled={!alertUrl}>
            Send a test
          </Button>
          {whyNotTold !== null && (
            <p role="status" className="text-15 wrap-anywhere">
              The test message was not accepted: {whyNotTold}.
            </p>
          )}
        </Form>
        <AlertList alerts={alerts} empty="No alert so far." />
      </Part>
      <Part title="Webhooks that were refused">
        <p className="max-w-text text-quiet">
          Counted by day for a month. A wrong signature is an alert; the rest are mostly strangers, who try every
          address.
        </p>
        <RefusalsTable rows={refusals} />
      </Part>
      <Part title="Secrets">
        <Checks checks={secrets} />
        <p className="text-15 text-quiet">Names only; their values are never shown.</p>
      </Part>
      <Part title="Version">
        {version ? (
          <Facts
            facts={[
              ['Version', version.id],
              ['Commit', version.tag || 'not named'],
              ['Since (UTC)', since > 0 ? <Moment key="since" at={since} /> : 'not known'],
            ]}
          />
        ) : (
          <p className="text-quiet">Not known on this machine.</p>
        )}
      </Part>
    </AdminLayout>
  );
}
