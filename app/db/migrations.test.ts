// A database from before a migration, with rows, through that migration: what it writes into the rows.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { audits } from '~/credits/audit';

const folder = resolve(import.meta.dirname, '../../migrations');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .toSorted();

/** Applies the migrations up to `first`, then what `seed` writes, then all others. */
function migrated(first: string, seed: string): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  const apply = (names: readonly string[]) => {
    for (const name of names)
      database.exec(readFileSync(join(folder, name), 'utf8').replaceAll('--> statement-breakpoint', ''));
  };
  const at = files.findIndex((name) => name.startsWith(first));
  apply(files.slice(0, at));
  database.exec(seed);
  apply(files.slice(at));
  return database;
}

describe('a database with rows', () => {
  it('0010 gives people the hash in the key of their welcome credits, and others their own id', () => {
    const database = migrated(
      '0010',
      `INSERT INTO users (id, created_at, deleted_at) VALUES ('usr_gone', 1, 2);
       INSERT INTO users (id, created_at) VALUES ('usr_back', 3), ('usr_other', 4);
       INSERT INTO credit_accounts (user_id) VALUES ('usr_gone'), ('usr_back'), ('usr_other');
       INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, created_at)
         VALUES ('signup:hash-of-gone', 'usr_gone', 1, 1, 1, 'signup', 1), ('signup:hash-of-other', 'usr_other', 1, 1, 1, 'signup', 4);`,
    );
    const rows = database.prepare('SELECT id, account_hash AS hash FROM users ORDER BY id').all();
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { id: 'usr_back', hash: 'usr_back' },
      { id: 'usr_gone', hash: 'hash-of-gone' },
      { id: 'usr_other', hash: 'hash-of-other' },
    ]);
  });

  it('the attempts of sign-ins are dropped with their rows, and alerts get the time at which they were seen last', () => {
    const database = migrated(
      '0021',
      `INSERT INTO sign_in_attempts (state_hash, browser_hash, code_verifier, nonce, return_to, created_at, expires_at)
         VALUES ('s', 'b', 'v', 'n', '/', 1, 2);
       INSERT INTO alerts (id, kind, subject, detail, opened_at, closed_at)
         VALUES ('alr_1', 'audit', 'ledger', 'x', 5, NULL), ('alr_2', 'sweep', 'sweeper', 'x', 5, 9);`,
    );
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name LIKE '%sign_in_attempts%'").all();
    expect(tables).toEqual([]);
    const alerts = database.prepare('SELECT seen_at AS seenAt FROM alerts ORDER BY id').all();
    expect(alerts.map(({ seenAt }) => seenAt)).toEqual([5, 9]);
  });

  it('0023 takes every frame that is not the middle for one that a person has set, and turns none', () => {
    const ofAda = "'usr_ada'";
    const database = migrated(
      '0023',
      `INSERT INTO users (id, created_at) VALUES (${ofAda}, 1);
       INSERT INTO projects (id, user_id, title, created_at, updated_at) VALUES ('prj_1', ${ofAda}, 'Summer', 1, 1);
       INSERT INTO uploads (id, user_id, project_id, request_key, file_name, length_bytes, created_at, expires_at)
         VALUES ('pho_1', ${ofAda}, 'prj_1', 'key-of-photo', 'a.jpg', 1, 1, 2);
       INSERT INTO photos (id, user_id, project_id, media_key, size_bytes, width, height, created_at)
         VALUES ('pho_1', ${ofAda}, 'prj_1', 'u/a/p/1.jpg', 1, 3, 4, 1);
       INSERT INTO clips (id, user_id, project_id, photo_id, position, frame_x, created_at)
         VALUES ('clp_1', ${ofAda}, 'prj_1', 'pho_1', 'a', 0.5, 1), ('clp_2', ${ofAda}, 'prj_1', 'pho_1', 'b', 0.2, 1);`,
    );
    const rows = database.prepare('SELECT frame_origin AS origin, frame_turn + frame_tilt AS turned FROM clips').all();
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { origin: 'middle', turned: 0 },
      { origin: 'person', turned: 0 },
    ]);
  });

  it('0016 gives back the credits that a refund of cents took too much, and 0017 names the purchase of a reward', () => {
    const database = migrated('0016', sold);
    const all = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    // 1 of 1190 is no credit, half of the money is half of the credits, and all of it is all.
    expect(
      all('SELECT purchase_id AS id, sum(credits) AS credits FROM reversals GROUP BY purchase_id ORDER BY 1'),
    ).toEqual([
      { id: 'pur_all', credits: 15 },
      { id: 'pur_cent', credits: 0 },
      { id: 'pur_half', credits: 7 },
    ]);
    expect(all('SELECT user_id AS id, balance FROM credit_accounts ORDER BY 1')).toEqual([
      { id: 'usr_friend', balance: 1 },
      { id: 'usr_host', balance: 2 },
      { id: 'usr_one', balance: 15 + 8 },
    ]);
    expect(all('SELECT referred_user_id AS id, purchase_id AS purchase FROM referrals')).toEqual([
      { id: 'usr_friend', purchase: 'pur_all' },
    ]);
    // What was rewarded before stays with both people; on paper it is taken back, so that nothing is due.
    expect(all('SELECT user_id AS id, credits, moved FROM reward_reversals ORDER BY 1')).toEqual([
      { id: 'usr_friend', credits: 1, moved: 0 },
      { id: 'usr_host', credits: 2, moved: 0 },
    ]);
    for (const [kind, sql] of Object.entries(audits)) expect([kind, all(sql)]).toEqual([kind, []]);
    // 0031 estimates the fees of purchases that were paid before it, on their day.
    expect(all('SELECT sum(fee) AS fees, min(is_estimate) AS estimated, count(*) AS count FROM stripe_fees')).toEqual([
      { fees: 3 * 43, estimated: 1, count: 3 },
    ]);
    expect(all("SELECT day, figure, value FROM day_figures WHERE figure LIKE 'fees%' ORDER BY 2")).toEqual([
      { day: 0, figure: 'fees-estimated:eur', value: 3 * 43 },
      { day: 0, figure: 'fees:eur', value: 3 * 43 },
    ]);
  });

  it('0028 counts people once a day, splits adjustments and balances, and leaves out submits with an answer', () => {
    const database = migrated('0028', muddled);
    const figures = database.prepare('SELECT day, figure, value FROM day_figures ORDER BY figure, day').all();
    expect(figures.map(({ day, figure, value }) => `${day} ${figure} ${value}`)).toEqual([
      '1 credits:adjustment 9',
      '1 credits:taken -2',
      '1 lost 1',
      '0 outstanding 3',
      '0 outstanding:closed 4',
      '0 people 1',
      '1 people 0',
      '1 signed-in 1',
    ]);
    // A second sign-in of that day is not counted again, the first of the next one is.
    const signIn = (id: string, at: number) =>
      database.exec(`INSERT INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at)
        VALUES ('${id}', 'usr_new', '', ${at}, ${at}, ${at})`);
    const counted = () => database.prepare("SELECT day, value FROM day_figures WHERE figure = 'signed-in'").all();
    signIn('s3', 86_400_002);
    signIn('s4', 172_800_000);
    expect(counted().map(({ day, value }) => [day, value])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });
});

/** A person who deleted an account with 4 credits, came back, and signed in twice that day; two submits, one with an answer. */
const muddled = `
  INSERT INTO users (id, created_at, account_hash) VALUES ('usr_old', 1, 'ada');
  INSERT INTO credit_accounts (user_id) VALUES ('usr_old');
  INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
    VALUES ('adjustment:1', 'usr_old', 1, 4, 4, 'adjustment', 'x', 86400001);
  UPDATE users SET deleted_at = 3 WHERE id = 'usr_old';
  UPDATE users SET closed_at = 4 WHERE id = 'usr_old';
  INSERT INTO users (id, created_at, account_hash) VALUES ('usr_new', 86400000, 'ada');
  INSERT INTO credit_accounts (user_id) VALUES ('usr_new');
  INSERT INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at)
    VALUES ('s1', 'usr_new', '', 86400000, 1, 9), ('s2', 'usr_new', '', 86400001, 1, 9);
  INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
    VALUES ('adjustment:2', 'usr_new', 1, 5, 5, 'adjustment', 'x', 86400001);
  INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
    VALUES ('adjustment:3', 'usr_new', 2, -2, 3, 'adjustment', 'x', 86400001);
  PRAGMA foreign_keys = off;
  INSERT INTO generation_steps (generation_id, at, what, detail)
    VALUES ('gen_1', 86400001, 'answered', 'a'), ('gen_1', 86400001, 'lost', 'a'), ('gen_1', 86400001, 'lost', 'b');
`;

/** Three paid purchases from before 0016, each partly or wholly refunded with its share rounded up, and a rewarded referral. */
const sold = `
  INSERT INTO users (id, created_at, account_hash) VALUES ('usr_one', 1, 'one'), ('usr_host', 1, 'host'), ('usr_friend', 2, 'friend');
  INSERT INTO credit_accounts (user_id) VALUES ('usr_one'), ('usr_host'), ('usr_friend');
  INSERT INTO referrals (referred_user_id, referrer_user_id, created_at) VALUES ('usr_friend', 'usr_host', 3);
  ${['one cent 1 1', 'one half 595 8', 'friend all 1190 15']
    .map((line) => line.split(' '))
    .map(
      ([user, id, refunded, taken]) => `
  INSERT INTO purchases (id, user_id, request_key, pack_id, credits, amount, currency, return_to, created_at, state_at)
    VALUES ('pur_${id}', 'usr_${user}', 'request-${id}', 'film', 15, 1190, 'eur', '/', 4, 4);
  UPDATE purchases SET checkout_session_id = 'cs_${id}' WHERE id = 'pur_${id}';
  UPDATE purchases SET state = 'paid', state_at = 5, payment_intent_id = 'pi_${id}' WHERE id = 'pur_${id}';
  ${
    id === 'all'
      ? `UPDATE referrals SET rewarded_at = 6, rewarded_for = 'purchase', referrer_credits = 2, referred_credits = 1
    WHERE referred_user_id = 'usr_friend';`
      : ''
  }
  UPDATE purchases SET refunded_amount = ${refunded} WHERE id = 'pur_${id}';
  INSERT INTO reversals (id, user_id, purchase_id, seq, credits, moved, reason, reference, created_at)
    VALUES ('rev_${id}', 'usr_${user}', 'pur_${id}', 1, ${taken}, ${taken}, 'refund', 're_${id}', 7);`,
    )
    .join('')}`;
