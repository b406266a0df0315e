// Each kind of difference is made in a database without laws, and the audit must name it.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '~/db/client.server';
import { createRunReports } from '~/db/run-reports.server';
import { skipLedgerAudit } from '~/testing/audit';
import { createCrash } from '~/testing/crash';
import { planOf, type Recorded, recording } from '~/testing/recording';
import * as seeds from '~/testing/services';
import { audits, type LedgerDifference } from './audit';
import { auditLedger, createAudit } from './audit.server';

skipLedgerAudit('its tests drop every law');

const sql = (text: string, ...values: (string | number | null)[]) =>
  env.DB.prepare(text)
    .bind(...values)
    .run();
let serial = 0;
/** A clip with a paid, ready generation that has feedback. */
async function withFeedback(userId: string) {
  const clipId = (await seedProject({ userId })).clipIds[0] as string;
  const id = await generation(userId, 'ready', { clipId });
  await entry(userId, { key: newId('adjustment'), kind: 'adjustment', delta: 2 });
  await entry(userId, { key: `generation:${id}`, kind: 'generation', delta: -2, reference: id });
  await sql(
    "INSERT INTO generation_feedback (generation_id, user_id, reason, created_at) VALUES (?1, ?2, 'other', 1)",
    ...[id, userId],
  );
  return { clipId, gift: id };
}

const newId = (kind: string) => `${kind}_${++serial}`;
const { seedProject } = seeds;
/** No trigger gives a person the account hash here. */
const seedPerson = (of: { accountHash?: string } = {}) => seeds.seedPerson({ accountHash: newId('google'), ...of });

/** Inserts this person's next entry without any check, and moves the account. */
async function entry(userId: string, values: { key: string; kind: string; delta: number; reference?: string | null }) {
  const { key, kind, delta, reference = 'x' } = values;
  await sql(
    `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, generation_id, created_at)
     SELECT ?1, ?2, version + 1, ?3, balance + ?3, ?4, ?5, iif(?4 IN ('generation','refund'), ?5, NULL), 1
     FROM credit_accounts WHERE user_id = ?2`,
    ...[key, userId, delta, kind, reference],
  );
  await sql(
    'UPDATE credit_accounts SET balance = balance + ?2, version = version + 1 WHERE user_id = ?1',
    userId,
    delta,
  );
}

async function purchase(userId: string, { state = 'paid', refunded = 0 } = {}) {
  const id = newId('pur');
  await sql(
    `INSERT INTO purchases (id, user_id, request_key, pack_id, credits, amount, currency, return_to, state, state_at,
       checkout_session_id, refunded_amount, created_at) VALUES (?1, ?2, ?1 || '-request', 'film', 15, 1190, 'eur', '/', ?3, 1, ?1, ?4, 1)`,
    ...[id, userId, state, refunded],
  );
  return id;
}

async function generation(
  userId: string,
  state: string,
  { clipId, gift = null, giftBy = null }: { clipId?: string; gift?: string | null; giftBy?: string | null } = {},
): Promise<string> {
  const clip = clipId ?? (await seedProject({ userId })).clipIds[0];
  const id = newId('gen');
  await sql(
    `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state, state_at, deadline_at, provider, model, preset_id, words,
       prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, failure_reason, created_at, gift, gift_by, media_key, media_bytes)
     VALUES (?1, ?2, ?3, ?1 || '-request', 2, ?4, 1, 1, 'p', 'm', 'gentle', '', 'x', '9:16', 5, 0.5, 0.5, 1, iif(?4 = 'failed', 'unknown', NULL), 1, ?5, ?6,
       iif(?4 = 'ready', 'u/' || ?1, NULL), iif(?4 = 'ready', 1, NULL))`,
    ...[id, userId, clip as string, state, gift, giftBy],
  );
  return id;
}

/** A friend's purchase that earned both rewards of a referral and was then refunded in full, with all of its entries. */
async function refundedReward(userId: string) {
  const host = await seedPerson();
  const bought = await purchase(userId, { refunded: 1190 });
  await entry(userId, { key: `stripe:${bought}`, kind: 'purchase', delta: 15, reference: bought });
  await sql(
    `INSERT INTO referrals (referred_user_id, referrer_user_id, created_at, rewarded_at, rewarded_for, purchase_id, referrer_credits,
       referred_credits) VALUES (?1, ?2, 1, 1, 'purchase', ?3, 2, 1)`,
    ...[userId, host, bought],
  );
  await entry(userId, { key: `referral:${userId}`, kind: 'referral', delta: 1 });
  await entry(host, { key: `referral:${userId}:host`, kind: 'referral', delta: 2 });
  const reversal = newId('rev');
  await sql(
    "INSERT INTO reversals (id, user_id, purchase_id, seq, credits, moved, reason, reference, created_at) VALUES (?1, ?2, ?3, 1, 15, 15, 'refund', 're', 1)",
    ...[reversal, userId, bought],
  );
  await entry(userId, { key: `clawback:${reversal}`, kind: 'clawback', delta: -15, reference: bought });
  /** Records that one side's reward was taken back, without its entry. */
  const take = async (side: 'friend' | 'host', credits: number) => {
    const id = `${reversal}:${side}`;
    await sql(
      `INSERT INTO reward_reversals (id, reversal_id, referred_user_id, user_id, credits, moved, reference, created_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?5, 're', 1)`,
      ...[id, reversal, userId, side === 'friend' ? userId : host, credits],
    );
    return id;
  };
  return { host, take };
}

beforeAll(async () => {
  const { results } = await env.DB.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all<{
    name: string;
  }>();
  await env.DB.batch(results.map(({ name }) => env.DB.prepare(`DROP TRIGGER "${name}"`)));
  await sql('PRAGMA defer_foreign_keys = on');
});

/** A damage, the kinds of differences it causes, and how it is done; it may return the subject if that is not the person. */
const damages: [what: string, LedgerDifference['kind'][], make: (userId: string) => Promise<unknown>][] = [
  [
    'a balance moved by hand',
    ['balance'],
    async (userId) => {
      await sql('UPDATE credit_accounts SET balance = balance + 1 WHERE user_id = ?1', userId);
    },
  ],
  [
    'a deleted entry',
    ['balance', 'version'],
    async (userId) => {
      await entry(userId, { key: newId('adjustment'), kind: 'adjustment', delta: 1 });
      await sql('DELETE FROM credit_entries WHERE user_id = ?1', userId);
    },
  ],
  [
    'an entry changed',
    ['chain', 'chain'],
    async (userId) => {
      const key = newId('adjustment');
      for (const one of [key, newId('adjustment')]) await entry(userId, { key: one, kind: 'adjustment', delta: 5 });
      await sql('UPDATE credit_entries SET balance_after = 6 WHERE key = ?1', key);
      return key;
    },
  ],
  ['a generation without a debit', ['debit'], (userId) => generation(userId, 'queued')],
  [
    'a failed generation without a refund',
    ['refund'],
    async (userId) => {
      const id = await generation(userId, 'failed');
      await entry(userId, { key: newId('adjustment'), kind: 'adjustment', delta: 2 });
      await entry(userId, { key: `generation:${id}`, kind: 'generation', delta: -2, reference: id });
      return id;
    },
  ],
  ['a purchase paid and not granted', ['purchase'], (userId) => purchase(userId)],
  [
    'a purchase granted twice',
    ['purchase', 'origin'],
    async (userId) => {
      const id = await purchase(userId);
      await entry(userId, { key: `stripe:${id}`, kind: 'purchase', delta: 15, reference: id });
      await entry(userId, { key: `stripe:evt_${id}`, kind: 'purchase', delta: 15, reference: id });
      return id;
    },
  ],
  [
    'a purchase granted and not paid',
    ['purchase'],
    async (userId) => {
      const id = await purchase(userId, { state: 'pending' });
      await entry(userId, { key: `stripe:${id}`, kind: 'purchase', delta: 15, reference: id });
      return id;
    },
  ],
  [
    'money that went back alone',
    ['reversed'],
    async (userId) => {
      const id = await purchase(userId, { refunded: 80 });
      await entry(userId, { key: `stripe:${id}`, kind: 'purchase', delta: 15, reference: id });
      return id;
    },
  ],
  [
    'a reversal that moved nothing',
    ['reversal'],
    async (userId) => {
      const id = await purchase(userId, { refunded: 1190 });
      await entry(userId, { key: `stripe:${id}`, kind: 'purchase', delta: 15, reference: id });
      const reversal = newId('rev');
      await sql(
        "INSERT INTO reversals (id, user_id, purchase_id, seq, credits, moved, reason, reference, created_at) VALUES (?1, ?2, ?3, 1, 15, 15, 'refund', 'x', 1)",
        ...[reversal, userId, id],
      );
      return reversal;
    },
  ],
  [
    'a friend who was rewarded on paper',
    ['referral'],
    async (userId) => {
      const host = await seedPerson();
      await sql(
        "INSERT INTO referrals (referred_user_id, referrer_user_id, created_at, rewarded_at, rewarded_for, referrer_credits, referred_credits) VALUES (?1, ?2, 1, 1, 'film', 1, 1)",
        ...[userId, host],
      );
    },
  ],
  [
    'rewards of a refunded purchase that stayed',
    ['rewardReversed'],
    async (userId) => {
      await refundedReward(userId);
    },
  ],
  [
    'a reward that only the friend gave back',
    ['rewardReversed'],
    async (userId) => {
      const { take } = await refundedReward(userId);
      const key = `clawback:${await take('friend', 1)}`;
      await entry(userId, { key, kind: 'clawback', delta: -1, reference: 're' });
    },
  ],
  [
    'a reward taken back on paper',
    ['rewardReversal'],
    async (userId) => {
      const { host, take } = await refundedReward(userId);
      const key = `clawback:${await take('host', 2)}`;
      await entry(host, { key, kind: 'clawback', delta: -2, reference: 're' });
      return take('friend', 1);
    },
  ],
  [
    'a guarded setting changed by two accounts of one Google account',
    ['settingChange'],
    async (userId) => {
      const id = newId('chg');
      const accountHash = newId('google');
      const deleted = await seedPerson({ accountHash });
      await sql('UPDATE users SET deleted_at = 1 WHERE id = ?1', deleted);
      await sql('UPDATE users SET closed_at = 1 WHERE id = ?1', deleted);
      await sql('UPDATE users SET account_hash = ?2 WHERE id = ?1', userId, accountHash);
      await sql(
        `INSERT INTO setting_changes (id, key, value, seen_version, state, requested_by, requested_at, decided_by, decided_at)
         VALUES (?1, 'signupCredits', '900', 0, 'done', ?2, 1, ?3, 1)`,
        ...[id, deleted, userId],
      );
      return id;
    },
  ],
  [
    'a closed account whose profile stayed',
    ['closed'],
    async (userId) => {
      await sql(
        "INSERT INTO profiles (user_id, google_sub, email, name, updated_at) VALUES (?1, ?1, 'a@example.com', 'A', 1)",
        userId,
      );
      await sql('UPDATE users SET deleted_at = 1, closed_at = 1 WHERE id = ?1', userId);
    },
  ],
  [
    'a clawback without a refund',
    ['origin'],
    async (userId) => {
      await entry(userId, { key: newId('adjustment'), kind: 'adjustment', delta: 5 });
      const key = newId('clawback');
      await entry(userId, { key, kind: 'clawback', delta: -1 });
      return key;
    },
  ],
  [
    'a gift that came back as a credit',
    ['gift', 'refund'],
    async (userId) => {
      const id = await generation(userId, 'canceled', await withFeedback(userId));
      await entry(userId, { key: `refund:${id}`, kind: 'refund', delta: 2, reference: id });
      return id;
    },
  ],
  ['a gift without feedback', ['gift'], (userId) => generation(userId, 'queued', { gift: 'gen_nobody' })],
  [
    'a person without a Google account',
    ['account'],
    async (userId) => {
      await sql('UPDATE users SET account_hash = NULL WHERE id = ?1', userId);
      return userId;
    },
  ],
  [
    'two living people of one Google account',
    ['account', 'account'],
    async (userId) => {
      await env.DB.prepare('DROP INDEX IF EXISTS users_living').run();
      const accountHash = newId('google');
      await seedPerson({ accountHash });
      await sql('UPDATE users SET account_hash = ?2 WHERE id = ?1', userId, accountHash);
      return userId;
    },
  ],
  [
    'a photo larger than its upload',
    ['room'],
    async (userId) => {
      await seedProject({ userId });
      await sql('UPDATE photos SET size_bytes = 5000000 WHERE user_id = ?1', userId);
      return (await env.DB.prepare('SELECT id FROM photos WHERE user_id = ?1').bind(userId).first<string>('id')) ?? '';
    },
  ],
  [
    'a gift of an admin to themselves',
    ['gift'],
    async (userId) => generation(userId, 'queued', { ...(await withFeedback(userId)), giftBy: userId }),
  ],
  [
    'a gift of an admin that came back as a credit',
    ['gift', 'refund'],
    async (userId) => {
      const given = { ...(await withFeedback(userId)), giftBy: await seedPerson() };
      const id = await generation(userId, 'canceled', given);
      await entry(userId, { key: `refund:${id}`, kind: 'refund', delta: 2, reference: id });
      return id;
    },
  ],
  [
    'a gift that made two clips',
    ['gift', 'gift'],
    async (userId) => {
      const given = await withFeedback(userId);
      await generation(userId, 'ready', given);
      return generation(userId, 'generating', given);
    },
  ],
  [
    'a second try on the house that nobody asked for',
    ['origin'],
    async (userId) => {
      const key = newId('second-try:clp');
      await entry(userId, { key, kind: 'adjustment', delta: 1 });
      return key;
    },
  ],
  [
    'an adjustment done on paper',
    ['adjustment'],
    async (userId) => {
      const id = newId('adj');
      await sql(
        "INSERT INTO adjustments (id, user_id, request_key, credits, reason, state, requested_by, requested_at, decided_by, decided_at) VALUES (?1, ?2, ?1, 5, 'for nothing', 'done', ?2, 1, ?2, 1)",
        ...[id, userId],
      );
      return id;
    },
  ],
  [
    'an adjustment that was booked before anybody said yes',
    ['adjustment'],
    async (userId) => {
      const id = newId('adj');
      await sql(
        "INSERT INTO adjustments (id, user_id, request_key, credits, reason, requested_by, requested_at) VALUES (?1, ?2, ?1, 5, 'for nothing', ?2, 1)",
        ...[id, userId],
      );
      await entry(userId, { key: `adjustment:${id}`, kind: 'adjustment', delta: 5, reference: id });
      return id;
    },
  ],
  [
    'an adjustment that nobody asked for',
    ['origin'],
    async (userId) => {
      const key = newId('adjustment:adj');
      await entry(userId, { key, kind: 'adjustment', delta: 5 });
      return key;
    },
  ],
  [
    'a share nobody watched',
    ['origin'],
    async (userId) => {
      const key = newId('share:prj');
      await entry(userId, { key, kind: 'share', delta: 1 });
      return key;
    },
  ],
  [
    'a film that was rewarded on paper',
    ['share'],
    async (userId) => {
      const { projectId } = await seedProject({ userId });
      const share = newId('shr');
      await sql(
        'INSERT INTO shares (id, user_id, project_id, created_at, expires_at) VALUES (?1, ?2, ?3, 1, 2)',
        ...[share, userId, projectId],
      );
      await sql(
        'INSERT INTO share_rewards (project_id, user_id, share_id, visitors, credits, created_at) VALUES (?1, ?2, ?3, 3, 1, 1)',
        ...[projectId, userId, share],
      );
      return projectId;
    },
  ],
];

describe('the audit', { timeout: 60_000 }, () => {
  it.each(damages)('the audit finds %s', async (_what, kinds, make) => {
    const userId = await seedPerson();
    const before = JSON.stringify(await auditLedger(env.DB));
    const made = await make(userId);
    const subject = typeof made === 'string' ? made : userId;
    const found = (await auditLedger(env.DB)).filter((one) => !before.includes(JSON.stringify(one)));
    expect(found.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
    expect(found.map((one) => one.subject)).toContain(subject);
  });

  it('every query of the audit has a damage that it finds', () => {
    const named = new Set(damages.flatMap(([, kinds]) => kinds));
    expect(Object.keys(audits).filter((kind) => !named.has(kind as LedgerDifference['kind']))).toEqual([]);
  });
});

describe('the nightly audit', () => {
  const night = Date.UTC(2032, 0, 1, 3);
  const minute = 60_000;
  const auditOn = (d1: D1Database, pagesPerRun = 3) => {
    const db = createDatabase(d1);
    return createAudit({ db, reports: createRunReports({ db, clock: () => night }), rowsPerPage: 2, pagesPerRun });
  };
  const reported = async () =>
    (await env.DB.prepare("SELECT at, ok, differences FROM house_reports WHERE kind = 'audit' ORDER BY at").all())
      .results;

  it('the nightly audit continues over several runs, also after an aborted one, and reports once', async () => {
    const whole = await auditLedger(env.DB);
    expect(whole.length).toBeGreaterThan(20);
    expect(await auditLedger(env.DB, 1)).toHaveLength(whole.length);
    const broken = createCrash({ at: 9, when: 'after', fetch });
    await expect(auditOn(broken.env.DB).nightly(night)).rejects.toThrow('the process has ended');
    const outcomes: string[] = [];
    for (let at = night; outcomes.at(-1) !== 'done'; at += minute) outcomes.push(await auditOn(env.DB).nightly(at));
    expect(outcomes.length).toBeGreaterThan(3);
    expect(new Set(outcomes)).toEqual(new Set(['not-through', 'done']));
    expect(await auditOn(env.DB).nightly(night + 59 * minute)).toBe('not-now');
    const [report, ...more] = await reported();
    expect([report?.ok, more]).toEqual([0, []]);
    const sorted = (list: LedgerDifference[]) => list.map(({ kind, subject }) => `${kind} ${subject}`).sort();
    expect(sorted(JSON.parse(String(report?.differences)))).toEqual(sorted(whole));
  });

  it('the nightly audit starts anew in the next night, also after a cursor of concurrent runs', async () => {
    const next = night + 24 * 60 * minute;
    const left = JSON.stringify({ kind: 'origin', after: 'z', found: [], begunAt: night });
    await sql("INSERT INTO cursors (name, value, updated_at) VALUES ('audit', ?1, 1)", left);
    expect(await auditOn(env.DB, 10_000).nightly(next)).toBe('done');
    const before = await reported();
    expect(before.map(({ differences }) => differences)).toEqual([before[0]?.differences, before[0]?.differences]);
  });

  it('the audit finds each range and its related rows by an index', async () => {
    const statements: Recorded[] = [];
    await auditLedger(recording(env.DB, statements), 2);
    const scans = new Set<string>();
    for (const statement of statements)
      for (const line of await planOf(env.DB, statement))
        if (/^SCAN (?!CONSTANT)|TEMP B-TREE/.test(line)) scans.add(`${line} in ${statement.sql}`);
    expect([...scans]).toEqual([]);
  });
});
