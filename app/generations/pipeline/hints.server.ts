import { and, eq, inArray } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { generations } from '~/db/schema.server';
import { log } from '~/log';
import type { Callbacks } from '~/providers/callbacks.server';
import type { Providers } from '~/providers/registry.server';
import type { WebhookVerdict } from '~/providers/video-provider';
import { isOpen } from './states';

/** `ended`: true, but nothing is left to do. `not-nudged`: its object could not be woken; worth sending again. */
export type HintOutcome =
  | 'nudged'
  | 'ended'
  | 'not-nudged'
  | 'unknown-provider'
  | 'unknown-task'
  | 'foreign-address'
  | (WebhookVerdict & { outcome: 'refused' })['reason'];

/** Takes webhooks: never believed, each only wakes the object of its generation, which then asks for itself. */
export function createHints({
  db,
  jobs,
  providers,
  callbacks,
  clock,
}: {
  db: Database;
  jobs: { getByName(name: string): { hint(generationId: string): Promise<void> } };
  providers: Providers;
  callbacks: Pick<Callbacks, 'check'>;
  clock: Clock;
}) {
  async function read(hint: { provider: string; token: string; headers: Headers; body: Uint8Array }): Promise<{
    outcome: HintOutcome;
    generationId?: string;
  }> {
    const { provider, token, headers, body } = hint;
    const webhook = providers.find(provider)?.webhook;
    if (!webhook) return { outcome: 'unknown-provider' };
    // The address first: it costs nothing to see through, and keeps strangers from the rest.
    const addressee = callbacks.check({ provider, token });
    if (webhook.isPerTask && addressee === null) return { outcome: 'foreign-address' };
    const verdict = await webhook.verify({ headers, body, now: clock() });
    if (verdict.outcome === 'refused') return { outcome: verdict.reason };
    const [row] = await db
      .select({ id: generations.id, state: generations.state })
      .from(generations)
      .where(and(inArray(generations.providerTaskId, [...verdict.taskIds]), eq(generations.provider, provider)));
    if (!row) return { outcome: 'unknown-task' };
    const generationId = row.id;
    if (webhook.isPerTask && generationId !== addressee) return { outcome: 'foreign-address' };
    if (!isOpen(row.state)) return { outcome: 'ended', generationId };
    const isAwake = await jobs
      .getByName(generationId)
      .hint(generationId)
      .then(
        () => true,
        () => false,
      );
    return { outcome: isAwake ? 'nudged' : 'not-nudged', generationId };
  }

  return {
    /** Checks one webhook and wakes its generation; says in the log what came of it. Twice is as good as once. */
    async take(hint: { provider: string; token: string; headers: Headers; body: Uint8Array }): Promise<HintOutcome> {
      const { outcome, generationId } = await read(hint);
      log({ event: 'webhook', provider: hint.provider, outcome, ...(generationId && { generationId }) });
      return outcome;
    },
  };
}
