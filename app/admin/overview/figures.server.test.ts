import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedPerson } from '~/testing/services';

/** One try: how it ends, after how many seconds, at what price, under which system prompt, and what the person says. */
interface PlannedGeneration {
  ends: 'ready' | 'failed' | 'canceled' | 'not yet';
  seconds: number;
  cents: number;
  version: number;
  /** Submits whose picture was fetched and that were given up; the provider answered some of them with an error. */
  lost: number;
  answered: number;
  says: 'approved' | 'approved, then not' | 'wrong-face' | 'odd-movement' | 'other' | null;
}

/**
 * One person's days in Echoes. `refund` and `dispute` in per cent of what was paid; `wins`: the dispute is won later; `fee`: what Stripe keeps in US dollars, if it tells it, also of the dispute.
 * `signIns`: on the first day and on the day after it; each ends the session before it. `byHand`: credits that admins gave and
 * took. `before`: an account that this person had before and deleted.
 */
interface Story {
  day: number;
  signIns: [number, number];
  before: boolean;
  byHand: number[];
  leaves: 'no' | 'asked' | 'closed' | 'came back';
  tries: PlannedGeneration[];
  bought: {
    currency: 'eur' | 'usd';
    amount: number;
    refund: number;
    dispute: number;
    wins: boolean;
    fee: number | null;
  } | null;
}

const dayMs = 86_400_000;
let people = 0;
/** The people who signed in on each day, by their Google account. Sessions of people who left are not kept. */
const signedIn = new Map<number, Set<string>>();

/** Lives a story, by the writes that the product makes and under all its laws. */
async function live({ day, signIns, before, byHand, leaves, tries, bought }: Story): Promise<void> {
  const n = String(++people).padStart(22, '0');
  const now = day * dayMs;
  const accountHash = `account-${n}`;
  const statements: D1PreparedStatement[] = [];
  const run = (sql: string, ...values: unknown[]) => statements.push(env.DB.prepare(sql).bind(...values));
  let sessions = 0;
  const signIn = (userId: string, at: number) => {
    run('DELETE FROM sessions WHERE user_id = ?1', userId);
    run(
      `INSERT INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at) VALUES (?1, ?2, '', ?3, ?3, ?3)`,
      ...[`${n}${++sessions}`, userId, at],
    );
    const dayOfSignIn = Math.floor(at / dayMs);
    signedIn.set(dayOfSignIn, new Set([...(signedIn.get(dayOfSignIn) ?? []), accountHash]));
  };
  const leave = (userId: string, to: Story['leaves']) => {
    if (to === 'no') return;
    run('UPDATE users SET deleted_at = ?2 WHERE id = ?1', userId, now);
    if (to === 'closed') run('UPDATE users SET closed_at = ?2 WHERE id = ?1', userId, now);
    if (to === 'came back') run('UPDATE users SET deleted_at = NULL WHERE id = ?1', userId);
  };
  const adjust = (userId: string) => {
    for (const [index, credits] of byHand.entries())
      run(
        `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
         SELECT ?1, user_id, version + 1, ?3, balance + ?3, 'adjustment', 'test', ?4 FROM credit_accounts WHERE user_id = ?2`,
        ...[`by-hand:${n}${index}`, userId, credits, now],
      );
  };
  if (before) {
    const earlier = await seedPerson({ credits: 3, accountHash, createdAt: now });
    signIn(earlier, now);
    leave(earlier, 'closed');
    await env.DB.batch(statements.splice(0));
  }
  const userId = await seedPerson({ credits: 20, accountHash, createdAt: now });
  for (let index = 0; index < signIns[0]; index++) signIn(userId, now);
  for (let index = 0; index < signIns[1]; index++) signIn(userId, now + dayMs);
  run(
    "INSERT INTO projects (id, user_id, title, created_at, updated_at) VALUES (?1, ?2, 'Film', ?3, ?3)",
    `prj_${n}`,
    userId,
    now,
  );
  for (const [index, one] of tries.entries()) {
    // The second half of the tries goes to the first clip again.
    const isAgain = index >= 2 && index % 2 === 0 && tries[0]?.ends !== 'not yet';
    const clip = isAgain ? 0 : index;
    const [photoId, clipId, id] = [`pho_${n}${clip}`, `clp_${n}${clip}`, `gen_${n}${index}`];
    const end = now + one.seconds * 1000;
    if (!isAgain) {
      run(
        `INSERT INTO uploads (id, user_id, project_id, request_key, file_name, length_bytes, offset_bytes, state, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?1, 'a.jpg', 1, 1, 'done', 1, 2)`,
        photoId,
        userId,
        `prj_${n}`,
      );
      run(
        `INSERT INTO photos (id, user_id, project_id, media_key, size_bytes, width, height, created_at)
         VALUES (?1, ?2, ?3, ?1, 1, 1, 1, ?4)`,
        photoId,
        userId,
        `prj_${n}`,
        now,
      );
      run(
        `INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at) VALUES (?1, ?2, ?3, ?4, ?1, 1)`,
        clipId,
        userId,
        `prj_${n}`,
        photoId,
      );
    }
    run(
      `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state_at, deadline_at, provider, model, preset_id, words,
         prompt, prompt_version, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at, list_cents)
       VALUES (?1, ?2, ?3, ?1, 1, ?4, ?4, 'runway', 'gen4_turbo', 'gentle', '', '', ?5, '9:16', 5, 0.5, 0.5, 1, ?4, 25)`,
      id,
      userId,
      clipId,
      now,
      one.version,
    );
    for (let order = 0; order < one.lost; order += 1)
      run(
        `INSERT INTO generation_steps (generation_id, at, what, detail) SELECT ?1, ?2, value, ?3 FROM json_each(?4)`,
        ...[id, now, `req_${order}`, JSON.stringify(order < one.answered ? ['answered', 'lost'] : ['lost'])],
      );
    if (one.ends === 'not yet') continue;
    if (one.ends === 'canceled') {
      run("UPDATE generations SET state = 'canceled', state_at = ?2 WHERE id = ?1", id, end);
      continue;
    }
    for (const state of ['submitting', 'generating', 'copying']) {
      const sent = state === 'submitting' ? `, submits = 1, submit_nonce = 'req_' || id` : '';
      run(`UPDATE generations SET state = ?2, state_at = ?3${sent} WHERE id = ?1`, id, state, now);
    }
    run('UPDATE submit_costs SET cents = ?2, is_estimate = ?3 WHERE generation_id = ?1', id, one.cents, index % 2);
    const last = one.ends === 'ready' ? ['media_key = id', 'media_bytes = 1'] : ["failure_reason = 'provider'"];
    run(`UPDATE generations SET state = ?2, state_at = ?3, ${last.join(', ')} WHERE id = ?1`, id, one.ends, end);
    if (one.ends !== 'ready' || one.says === null) continue;
    if (one.says.startsWith('approved')) {
      run('UPDATE clips SET approved_generation_id = ?2 WHERE id = ?1', clipId, id);
      if (one.says !== 'approved') run('UPDATE clips SET approved_generation_id = NULL WHERE id = ?1', clipId);
    } else
      run(
        'INSERT INTO generation_feedback (generation_id, user_id, reason, created_at) VALUES (?1, ?2, ?3, ?4)',
        id,
        userId,
        one.says,
        now,
      );
  }
  if (bought) {
    const id = `pur_${n}`;
    run(
      `INSERT INTO purchases (id, user_id, request_key, pack_id, credits, amount, currency, return_to, state_at, created_at)
       VALUES (?1, ?2, ?1, 'film', 15, ?3, ?4, '/credits', ?5, ?5)`,
      ...[id, userId, bought.amount, bought.currency, now],
    );
    run("UPDATE purchases SET state = 'paid', checkout_session_id = id WHERE id = ?1", id);
    adjust(userId);
    if (bought.fee !== null) {
      const [fee, told] = [bought.fee, "currency = 'usd', is_estimate = 0"];
      run(`UPDATE stripe_fees SET fee = ?2, ${told} WHERE purchase_id = ?1`, id, fee);
      run(
        `INSERT INTO stripe_fees (purchase_id, source, user_id, fee, currency, is_estimate, at)
         VALUES (?1, 'dp_1', ?2, 2000, 'usd', 0, ?3)`,
        ...[id, userId, now + dayMs],
      );
    }
    const back = (percent: number) => Math.floor((bought.amount * percent) / 100);
    run(
      'UPDATE purchases SET refunded_amount = ?2, disputed_amount = ?3 WHERE id = ?1',
      id,
      back(bought.refund),
      back(bought.dispute),
    );
    const moneyBack = Math.min(bought.amount, back(bought.refund) + back(bought.dispute));
    const credits = Math.floor((15 * moneyBack) / bought.amount);
    if (credits > 0)
      run(
        `INSERT INTO reversals (id, user_id, purchase_id, seq, credits, moved, reason, reference, created_at)
         SELECT ?1, ?2, ?3, 1, ?4, min(?4, balance), 'refund', 're_1', ?5 FROM credit_accounts WHERE user_id = ?2`,
        ...[`rev_${n}`, userId, id, credits, now],
      );
    if (bought.wins && bought.refund === 0 && credits > 0) {
      run('UPDATE purchases SET disputed_amount = 0 WHERE id = ?1', id);
      run(
        `INSERT INTO reversals (id, user_id, purchase_id, seq, credits, moved, reason, reference, created_at)
         SELECT ?1, user_id, purchase_id, 2, -credits, -moved, 'reinstated', 'dp_1', ?3 FROM reversals WHERE id = ?2`,
        ...[`rev_${n}_back`, `rev_${n}`, now],
      );
    }
  }
  if (!bought) adjust(userId);
  leave(userId, leaves);
  await env.DB.batch(statements);
}

/** How the account of `u` stands: credits of one that is being deleted can come back, those of a closed one cannot. */
const stateOfAccount =
  "CASE WHEN u.closed_at IS NOT NULL THEN ':closed' WHEN u.deleted_at IS NOT NULL THEN ':leaving' ELSE '' END";
/** The same figures, counted over the tables. Returned money has no row of its own; it counts on the day of its event. */
const counted = [
  `SELECT day, 'people' AS figure, count(*) AS value FROM (SELECT min(created_at) / 86400000 AS day FROM users
   GROUP BY account_hash) GROUP BY 1`,
  "SELECT created_at / 86400000, 'photos', count(*) FROM photos GROUP BY 1",
  "SELECT created_at / 86400000, 'tries', count(*) FROM generations GROUP BY 1",
  "SELECT state_at / 86400000, state, count(*) FROM generations WHERE state IN ('ready','failed','canceled') GROUP BY 1, 2",
  "SELECT state_at / 86400000, 'wait:' || min(3600, (state_at - created_at) / 5000 * 5), count(*) FROM generations WHERE state = 'ready' GROUP BY 1, 2",
  "SELECT at / 86400000, 'provider-cents', sum(cents) FROM submit_costs GROUP BY 1",
  "SELECT at / 86400000, 'provider-cents-estimated', sum(cents * is_estimate) FROM submit_costs GROUP BY 1",
  "SELECT at / 86400000, 'provider-cents:' || provider, sum(cents) FROM submit_costs GROUP BY 1, 2",
  "SELECT at / 86400000, 'provider-cents-estimated:' || provider, sum(cents * is_estimate) FROM submit_costs GROUP BY 1, 2",
  `SELECT at / 86400000, 'lost', count(*) FROM generation_steps l WHERE what = 'lost' AND NOT EXISTS (SELECT 1
   FROM generation_steps s WHERE s.generation_id = l.generation_id AND s.what = 'answered' AND s.detail = l.detail) GROUP BY 1`,
  "SELECT created_at / 86400000, 'credits:' || kind, sum(delta) FROM credit_entries WHERE kind <> 'adjustment' GROUP BY 1, 2",
  "SELECT created_at / 86400000, 'credits:reinstated', sum(delta) FROM credit_entries WHERE key LIKE 'reinstated:%' GROUP BY 1",
  `SELECT created_at / 86400000, iif(delta > 0, 'credits:adjustment', 'credits:taken'), sum(delta) FROM credit_entries
   WHERE kind = 'adjustment' AND key NOT LIKE 'reinstated:%' GROUP BY 1, 2`,
  `SELECT 0, 'outstanding' || ${stateOfAccount}, sum(balance) FROM credit_accounts a JOIN users u ON u.id = a.user_id GROUP BY 2`,
  "SELECT state_at / 86400000, 'money:' || currency, sum(amount) FROM purchases WHERE state = 'paid' GROUP BY 1, 2",
  "SELECT at / 86400000, 'fees:' || currency, sum(fee) FROM stripe_fees GROUP BY 1, 2",
  "SELECT at / 86400000, 'fees-estimated:' || currency, sum(fee * is_estimate) FROM stripe_fees GROUP BY 1, 2",
  "SELECT state_at / 86400000, 'purchases', count(*) FROM purchases WHERE state = 'paid' GROUP BY 1",
  `SELECT 0, 'owed' || ${stateOfAccount}, sum(credits - moved) FROM reversals r JOIN users u ON u.id = r.user_id GROUP BY 2`,
  "SELECT -1, 'money-back:' || currency, sum(refunded_amount + disputed_amount) FROM purchases GROUP BY 2",
  "SELECT prompt_version, 'prompt tries', count(*) FROM generations GROUP BY 1",
  "SELECT prompt_version, 'prompt ' || state, count(*) FROM generations WHERE state IN ('ready','failed') GROUP BY 1, 2",
  "SELECT g.prompt_version, 'prompt approved', count(*) FROM clips c JOIN generations g ON g.id = c.approved_generation_id GROUP BY 1",
  "SELECT g.prompt_version, 'prompt ' || f.reason, count(*) FROM generation_feedback f JOIN generations g ON g.id = f.generation_id GROUP BY 1, 2",
];
const kept = [
  "SELECT day, figure, value FROM day_figures WHERE figure NOT LIKE 'money-back:%'",
  "SELECT -1, figure, sum(value) FROM day_figures WHERE figure LIKE 'money-back:%' GROUP BY 2",
  "SELECT version, 'prompt ' || figure, count FROM prompt_figures",
];

/** Figures that differ from a count over the tables. */
async function differences(): Promise<string[]> {
  const lines = async (queries: string[]) => new Set((await read(queries)).map((row) => row.join(' ')));
  const [right, found] = [await lines(counted), await lines(kept)];
  for (const [day, { size }] of signedIn) right.add(`${day} signed-in ${size}`);
  return [...[...right].filter((line) => !found.has(line)), ...[...found].filter((line) => !right.has(line))];
}

type Row = [day: number, figure: string, value: number];

/** All rows of these queries whose value is not 0. */
async function read(queries: readonly string[]): Promise<Row[]> {
  const answers = await env.DB.batch<Record<string, unknown>>(queries.map((query) => env.DB.prepare(query)));
  return answers
    .flatMap(({ results }) => results.map((row) => Object.values(row) as Row))
    .filter(([, , value]) => value);
}

/** Counts all figures again from the tables. */
async function recount(): Promise<void> {
  const into = (row: Row) => {
    const isPrompt = row[1].startsWith('prompt ');
    const table = isPrompt ? 'prompt_figures' : 'day_figures';
    return env.DB.prepare(`INSERT INTO ${table} VALUES (?1, ?2, ?3)`).bind(
      row[0],
      row[1].replace('prompt ', ''),
      row[2],
    );
  };
  const emptied = ['day_figures', 'prompt_figures'].map((table) => env.DB.prepare(`DELETE FROM ${table}`));
  const signIns = [...signedIn].map(([day, { size }]): Row => [day, 'signed-in', size]);
  await env.DB.batch([...emptied, ...[...(await read(counted)), ...signIns].map(into)]);
}

const story: fc.Arbitrary<Story> = fc.record({
  day: fc.integer({ min: 20_000, max: 20_003 }),
  signIns: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 1 })),
  before: fc.boolean(),
  byHand: fc.array(fc.constantFrom(5, -2), { maxLength: 2 }),
  leaves: fc.constantFrom('no', 'no', 'asked', 'closed', 'came back'),
  tries: fc.array(
    fc.record<PlannedGeneration>({
      ends: fc.constantFrom('ready', 'ready', 'failed', 'canceled', 'not yet'),
      seconds: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 200_000 })),
      cents: fc.constantFrom(0, 25, 37.5, 50),
      version: fc.integer({ min: 1, max: 3 }),
      lost: fc.constantFrom(0, 0, 0, 1, 3),
      answered: fc.constantFrom(0, 1),
      says: fc.constantFrom('approved', 'approved, then not', 'wrong-face', 'odd-movement', 'other', null),
    }),
    { maxLength: 4 },
  ),
  bought: fc.option(
    fc.record({
      currency: fc.constantFrom('eur' as const, 'usd' as const),
      amount: fc.constantFrom(490, 1190),
      refund: fc.constantFrom(0, 30, 100),
      dispute: fc.constantFrom(0, 50),
      wins: fc.boolean(),
      fee: fc.constantFrom(null, 43, 60),
    }),
  ),
});

/** One in which everything happens that is counted. */
const fullStory: Story = {
  day: 20_010,
  signIns: [2, 1],
  before: true,
  // More is taken than was given, so that the refund takes less than it should, and the rest is owed.
  byHand: [5, -30],
  leaves: 'asked',
  tries: [
    { ends: 'ready', seconds: 41, cents: 25, version: 1, lost: 0, answered: 0, says: 'approved' },
    { ends: 'ready', seconds: 9000, cents: 25, version: 2, lost: 1, answered: 0, says: 'wrong-face' },
    { ends: 'ready', seconds: 12, cents: 25, version: 1, lost: 0, answered: 0, says: 'approved, then not' },
    { ends: 'failed', seconds: 33, cents: 5, version: 2, lost: 0, answered: 0, says: null },
    { ends: 'ready', seconds: 12, cents: 25, version: 1, lost: 0, answered: 0, says: 'approved' },
    { ends: 'canceled', seconds: 3, cents: 0, version: 2, lost: 0, answered: 0, says: null },
  ],
  bought: { currency: 'eur', amount: 1190, refund: 100, dispute: 0, wins: false, fee: 43 },
};

describe('day figures', () => {
  it('day figures equal a count over the tables after any mix of actions', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(story, async (one) => {
        await live(one);
        expect(await differences()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('day figures are wrong without any one of their triggers', { timeout: 120_000 }, async () => {
    await recount();
    const { results: triggers } = await env.DB.prepare(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND (name LIKE 'figures_%' OR name LIKE 'prompt_figures_%')",
    ).all<{ name: string; sql: string }>();
    expect(triggers).toHaveLength(22);
    for (const { name, sql } of triggers) {
      await live(fullStory);
      expect([name, await differences()]).toEqual([name, []]);
      await env.DB.prepare(`DROP TRIGGER ${name}`).run();
      await live(fullStory);
      expect([name, (await differences()).length > 0]).toEqual([name, true]);
      await env.DB.prepare(sql).run();
      await recount();
    }
  });
});
