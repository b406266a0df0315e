// A database from before a migration, with rows, through that migration: what it writes into the rows.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';

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
    const seen = database.prepare('SELECT seen_at AS seenAt FROM alerts ORDER BY id').all();
    expect(seen.map(({ seenAt }) => seenAt)).toEqual([5, 9]);
  });
});
