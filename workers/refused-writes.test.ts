// While D1 refuses writes: a paid buyer reads that the money is safe, and what went wrong is on the console with its id.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { seedSession } from '~/testing/services';
import { createTestStripe, seedBuyer } from '~/testing/stripe';
import worker from './app';

const origin = env.APP_ORIGIN;
const stripe = createTestStripe();
const refusing = ['purchases', 'sessions', 'log_lines', 'credit_entries'].flatMap((table) =>
  ['INSERT', 'UPDATE'].map((act) => ({ name: `refuse_${table}_${act.toLowerCase()}`, table, act })),
);
let logged: string[] = [];

beforeEach(() => {
  logged = [];
  for (const way of ['log', 'error'] as const)
    vi.spyOn(console, way).mockImplementation((line: string) => void logged.push(line));
  vi.spyOn(globalThis, 'fetch').mockImplementation(stripe.fetch);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await writes(true);
});

async function writes(may: boolean): Promise<void> {
  const change = ({ name, table, act }: (typeof refusing)[number]) =>
    may
      ? `DROP TRIGGER IF EXISTS ${name}`
      : `CREATE TRIGGER IF NOT EXISTS ${name} BEFORE ${act} ON ${table} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`;
  await env.DB.batch(refusing.map((one) => env.DB.prepare(change(one))));
}

async function open(path: string, cookie: string) {
  const context = createExecutionContext();
  const request = new Request(origin + path, { headers: { Cookie: cookie, Accept: 'text/html' }, redirect: 'manual' });
  const response = await worker.fetch(request, env, context);
  const text = await response.text();
  await waitOnExecutionContext(context);
  return { response, text, requestId: response.headers.get('X-Request-Id') ?? '' };
}

it('a paid buyer reads that the payment is safe while the database refuses, and gets the credits once it does not', async () => {
  const bought = await seedBuyer(stripe);
  const cookie = await seedSession(bought.userId);
  // A visit after an hour writes to the session too.
  await env.DB.prepare('UPDATE sessions SET seen_at = seen_at - 7200000 WHERE user_id = ?1').bind(bought.userId).run();
  stripe.pay(bought.sessionId);
  await writes(false);
  const path = `/purchases/${bought.purchaseId}?session_id=${bought.sessionId}`;
  const refused = await open(path, cookie);
  expect(refused.response.status).toBe(200);
  expect(refused.text).toContain('Your payment is safe');
  expect(refused.text).toContain('Please do not pay again');
  expect(refused.text).not.toContain('Go on to pay');
  expect(refused.text).toContain('http-equiv="refresh"');
  await writes(true);
  expect((await open(path, cookie)).response.status).toBe(302);
});

it('an unpaid buyer does not read that a payment is safe while the database refuses', async () => {
  const bought = await seedBuyer(stripe);
  const cookie = await seedSession(bought.userId);
  stripe.expire(bought.sessionId);
  await writes(false);
  const { text } = await open(`/purchases/${bought.purchaseId}`, cookie);
  expect(text).not.toContain('Your payment is safe');
});

it('a failure that a person saw stands on the console under its id when its row cannot be written', async () => {
  const bought = await seedBuyer(stripe);
  const cookie = await seedSession(bought.userId);
  await writes(false);
  const { requestId } = await open('/projects/prj_unknown', cookie);
  expect(requestId).toMatch(/^req_/);
  const lines = logged.map((line) => JSON.parse(line) as Record<string, unknown>);
  const ofRequest = lines.filter((line) => line.requestId === requestId);
  expect(ofRequest).toContainEqual(expect.objectContaining({ event: 'request', status: 404 }));
  expect(ofRequest).toContainEqual(
    expect.objectContaining({ event: 'lines-not-kept', events: ['request'], detail: expect.stringContaining('disk') }),
  );
});
