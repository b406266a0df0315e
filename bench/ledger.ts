// How many writes a second the ledger takes, and how soon a purchase is booked: in workerd, with all laws, on D1.
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from 'miniflare';
import type { Page } from 'playwright-core';
import { addStatement, sessionStatement, stepStatement } from '../app/billing/statements.ts';
import type { Statement } from '../app/db/statement.ts';
import { migrate, type RunningEchoes } from '../journeys/echoes.ts';

const people = 20;

/** Runs batches on D1 inside workerd, `atOnce` at a time, and returns the milliseconds it took. */
const runner = `export default { async fetch(request, env) {
  const { batches, atOnce } = await request.json();
  const began = Date.now();
  let next = 0;
  const one = async () => {
    while (next < batches.length) {
      const batch = batches[next++];
      await env.DB.batch(batch.map(({ sql, params }) => env.DB.prepare(sql).bind(...params)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return Response.json({ milliseconds: Date.now() - began });
} }`;

/** Batches per second of a purchase and of an entry, one at a time and sixteen at once. */
export async function measureLedger({
  batches = 1_000,
} = {}): Promise<{ what: string; atOnce: number; perSecond: number }[]> {
  const worker = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: runner,
      compatibilityDate: '2026-11-01',
      d1Databases: ['DB'],
    } as V4MiniflareOptions),
  );
  try {
    const db = await worker.getD1Database('DB');
    await migrate(db);
    for (let who = 0; who < people; who += 1) {
      await db.prepare('INSERT INTO users (id, created_at) VALUES (?1, 1)').bind(`usr_${who}`).run();
      await db.prepare('INSERT INTO credit_accounts (user_id) VALUES (?1)').bind(`usr_${who}`).run();
    }
    const { fetch } = await worker.getWorker();
    const figures: { what: string; atOnce: number; perSecond: number }[] = [];
    let number = 0;
    for (const [what, make] of [
      ['a purchase made and granted, three statements', purchase],
      ['an entry in the ledger, one statement', entry],
    ] as const)
      for (const atOnce of [1, 16]) {
        const body = JSON.stringify({ batches: Array.from({ length: batches }, () => make(++number)), atOnce });
        const answer = await fetch('http://ledger.bench/', { method: 'POST', body });
        const { milliseconds } = (await answer.json()) as { milliseconds: number };
        figures.push({ what, atOnce, perSecond: batches / (milliseconds / 1000) });
      }
    return figures;
  } finally {
    await worker.dispose();
  }
}

function purchase(number: number): Statement[] {
  const key = { id: `pur_${number}`, userId: `usr_${number % people}` };
  const session = { sessionId: `cs_${number}`, url: null };
  const pack = { id: 'film', credits: 15, amount: 1190, currency: 'eur' };
  return [
    addStatement({ ...key, requestKey: `request-${number}`, pack, returnTo: '/projects', now: number }),
    sessionStatement({ ...key, ...session }),
    stepStatement({ ...key, ...session, to: 'paid', paymentIntentId: `pi_${number}`, receiptUrl: null, now: number }),
  ];
}

function entry(number: number): Statement[] {
  const sql = `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
    VALUES (?1, ?2, (SELECT version + 1 FROM credit_accounts WHERE user_id = ?2), 1,
      (SELECT balance + 1 FROM credit_accounts WHERE user_id = ?2), 'adjustment', 'bench', ?3)`;
  return [{ sql, params: [`adjustment:${number}`, `usr_${number % people}`, number] }];
}

/**
 * Buys `times` packs, one after the other, and measures in ms from the moment Stripe has the money: until the ledger
 * has it, by the webhook that comes at once, and until an open page shows the new balance.
 */
export async function measureCheckoutToBalance({
  echoes,
  page,
  cookie,
  times,
}: {
  echoes: RunningEchoes;
  /** A page of the buyer that shows their balance. */
  page: Page;
  cookie: string;
  times: number;
}): Promise<{ booked: number[]; painted: number[] }> {
  const db = await echoes.worker.getD1Database('DB');
  const booked: number[] = [];
  const painted: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const answer = await fetch(`${echoes.origin}/purchases`, {
      method: 'POST',
      redirect: 'manual',
      headers: { Cookie: cookie, Origin: echoes.origin, Accept: 'text/html' },
      body: new URLSearchParams({ packId: 'film', requestKey: crypto.randomUUID() }),
    });
    const session = /cs_test_\w+/.exec(answer.headers.get('Location') ?? '')?.[0];
    if (!session) throw new Error(`buying answered ${answer.status} ${answer.headers.get('Location')}`);
    const before = Number(await page.locator('[data-credit-balance]').first().getAttribute('data-credit-balance'));
    const shown = page.evaluate(balanceShownAt, String(before + 15));
    const paidAt = Date.now();
    const paid = echoes.standIns.stripe.payments.pay(session);
    if (!paid.ok) throw new Error(JSON.stringify(paid.refusal));
    painted.push((await shown) - paidAt);
    const row = await db
      .prepare('SELECT created_at AS at FROM credit_entries WHERE key = ?1')
      .bind(`stripe:${session}`)
      .first<{ at: number }>();
    booked.push((row?.at ?? Number.NaN) - paidAt);
  }
  return { booked, painted };
}

/** In the page: the moment (ms since 1970) at which the balance is this, after the frame was handed over. */
function balanceShownAt(balance: string): Promise<number> {
  return new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector(`[data-credit-balance="${balance}"]`)) return requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
      port2.postMessage(null);
    };
    look();
  });
}
