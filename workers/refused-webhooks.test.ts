// What the doors for webhooks leave behind of those that they refuse. In a file of its own: an isolate writes a count at most
// once in ten seconds.
import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { testServices } from '~/testing/services';
import { createTestStripe } from '~/testing/stripe';

const stripe = createTestStripe();

async function send(body: BodyInit, signature: string | null) {
  const headers = new Headers({ 'Content-Type': 'application/json; charset=utf-8' });
  if (signature !== null) headers.set('Stripe-Signature', signature);
  const request = new Request(`${env.APP_ORIGIN}/webhooks/stripe`, { method: 'POST', body, headers });
  const response = await exports.default.fetch(request);
  await response.body?.cancel();
  return response.status;
}

describe('what Stripe’s door leaves behind of events that it refuses', () => {
  const refusals = () => testServices().webhookRefusals.list();
  const troubles = async () => {
    const { alerts } = testServices().admin;
    await alerts.watch(Date.now(), []);
    return (await alerts.list(20)).filter(({ kind }) => kind === 'webhooks');
  };

  it('a flood of refused events is a count by reason, and the first wrong signature an alert', async () => {
    const event = await stripe.event('charge.refunded', { id: 'ch_1' });
    const text = `strange-${crypto.randomUUID()}`;
    for (let count = 0; count < 30; count++) await send(event.payload, null);
    expect(await send(text.repeat(10_000), event.signature)).toBe(413);
    expect((await refusals()).map(({ sender, reason }) => `${sender} ${reason}`).sort()).toEqual([
      'stripe too-large',
      'stripe unsigned',
    ]);
    expect(await troubles()).toEqual([]);
    for (let count = 0; count < 30; count++) await send(text, event.signature);
    const found = await refusals();
    expect(found).toHaveLength(3);
    expect(JSON.stringify(found)).not.toContain('strange');
    expect(await troubles()).toMatchObject([
      { subject: 'stripe', closedAt: null, detail: expect.stringContaining('with a wrong signature') },
    ]);
  });

  it('a provider’s refused webhook is counted under its name, and one of nobody under no name of its own', async () => {
    await env.DB.prepare('DELETE FROM webhook_refusals').run();
    const post = (path: string) =>
      exports.default.fetch(new Request(`${env.APP_ORIGIN}/webhooks/${path}`, { method: 'POST', body: '{}' }));
    for (const path of ['fal/guess', 'somebody-who-writes-here/x']) await (await post(path)).body?.cancel();
    expect((await refusals()).map(({ sender, reason }) => `${sender} ${reason}`).sort()).toEqual([
      'fal foreign-address',
      'unknown unknown-provider',
    ]);
  });
});
