import { within } from '~/http';
import { signStandardWebhook } from '~/providers/webhook-signatures';
import { mayBeTold } from '~/settings/alert-address';

const longestMilliseconds = 5000;

/** `not-told` comes with its cause; of the receiver's answer only the status is kept. */
export type Told = { outcome: 'told' } | { outcome: 'not-told'; detail: string };

/** Where alerts come from: the secret that signs them (`whsec_…`; without one nothing is sent) and our own origin. */
export interface AlertSender {
  secret: string | undefined;
  appOrigin: string;
  fetch: typeof globalThis.fetch;
}

/**
 * Sends one signed message (Standard Webhooks) to the owner's address, once. `id` is the same for each repeat of a message,
 * `at` in ms. Waits at most five seconds, follows no redirect, reads no body, and never throws.
 */
export async function sendAlert(
  { secret, appOrigin, fetch }: AlertSender,
  { address, id, body, at }: { address: string; id: string; body: string; at: number },
): Promise<Told> {
  const notTold = (detail: string): Told => ({ outcome: 'not-told', detail });
  if (!secret) return notTold('ALERT_WEBHOOK_SECRET is not set');
  if (!mayBeTold(address, appOrigin)) return notTold('the address may not be used');
  const timestamp = Math.floor(at / 1000);
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
      // Not awaited: an endless body must not hold up the sweep.
      void response.body?.cancel().catch(() => undefined);
      return response.status;
    });
    return status >= 200 && status < 300 ? { outcome: 'told' } : notTold(`answered ${status}`);
  } catch (error) {
    return notTold(error instanceof Error ? error.message.slice(0, 200) : 'no answer');
  }
}
