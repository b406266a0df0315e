import type { Clock } from '~/db/ids';
import { within } from '~/http';
import { signStandardWebhook } from '~/providers/webhook-signatures';
import { mayBeTold } from '~/settings/alert-address';

const longestMilliseconds = 5000;

/** `not-told` says why; nothing of what the other side answers is kept but its status. */
export type Told = { outcome: 'told' } | { outcome: 'not-told'; detail: string };

/**
 * Sends signed messages to the owner's address (Standard Webhooks). It waits five seconds and no longer, follows no
 * redirect, and reads nothing of the answer.
 */
export function createAlertSender({
  secret,
  appOrigin,
  fetch,
  clock,
}: {
  /** `whsec_…`; without it nothing is sent, for nobody could tell it from a forgery. */
  secret: string | undefined;
  appOrigin: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
}) {
  return {
    /** Sends one message, once. `id` is the same each time the same is told. Never throws. */
    async send({ address, id, body }: { address: string; id: string; body: string }): Promise<Told> {
      const notTold = (detail: string): Told => ({ outcome: 'not-told', detail });
      if (!secret) return notTold('ALERT_WEBHOOK_SECRET is not set');
      if (!mayBeTold(address, appOrigin)) return notTold('the address may not be used');
      const timestamp = Math.floor(clock() / 1000);
      try {
        const signature = await signStandardWebhook({ id, timestamp, body, secret });
        const headers = {
          'Content-Type': 'application/json',
          'User-Agent': 'Echoes',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signature,
        };
        const status = await within(longestMilliseconds, async (signal) => {
          const response = await fetch(address, { method: 'POST', headers, body, redirect: 'manual', signal });
          // Not waited for: whoever answers without an end must not hold us.
          void response.body?.cancel().catch(() => undefined);
          return response.status;
        });
        return status >= 200 && status < 300 ? { outcome: 'told' } : notTold(`answered ${status}`);
      } catch (error) {
        return notTold(error instanceof Error ? error.message.slice(0, 200) : 'no answer');
      }
    },
  };
}

export type AlertSender = ReturnType<typeof createAlertSender>;
