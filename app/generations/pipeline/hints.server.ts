import { and, eq, inArray } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { generations } from '~/db/schema.server';
import { log } from '~/log';
import type { Callbacks } from '~/providers/callbacks.server';
import type { Providers } from '~/providers/registry.server';
import type { WebhookVerdict } from '~/providers/video-provider';
import type { GenerationJobs } from './generation-jobs.server';
import { isOpen } from './states';

/** `ended`: genuine, but the generation has ended. `not-nudged`: its object could not be reached; worth a resend. */
export type HintOutcome =
  | 'nudged'
  | 'ended'
  | 'not-nudged'
  | 'unknown-provider'
  | 'unknown-task'
  | 'foreign-address'
  | (WebhookVerdict & { outcome: 'refused' })['reason'];

/** A webhook as it came in: the provider and token of its address, its headers, and its body byte for byte. */
export interface Webhook {
  provider: string;
  token: string;
  headers: Headers;
  body: Uint8Array;
}

interface Options {
  db: Database;
  generationJobs: GenerationJobs<'hint'>;
  providers: Providers;
  callbacks: Pick<Callbacks, 'check'>;
  clock: Clock;
}

/**
 * Checks one webhook, wakes the object of its generation and logs the outcome. What the webhook says is not used: the
 * object asks the provider itself.
 */
export async function takeWebhook(options: Options, webhook: Webhook): Promise<HintOutcome> {
  const { outcome, generationId } = await hintFrom(options, webhook);
  log({ event: 'webhook', provider: webhook.provider, outcome, ...(generationId && { generationId }) });
  return outcome;
}

async function hintFrom(
  { db, generationJobs, providers, callbacks, clock }: Options,
  { provider, token, headers, body }: Webhook,
): Promise<{ outcome: HintOutcome; generationId?: string }> {
  const webhook = providers.find(provider)?.webhook;
  if (!webhook) return { outcome: 'unknown-provider' };
  // The address is checked first: that takes no query and no signature, and turns strangers away.
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
  const isAwake = await generationJobs
    .getByName(generationId)
    .hint(generationId)
    .then(
      () => true,
      () => false,
    );
  return { outcome: isAwake ? 'nudged' : 'not-nudged', generationId };
}
