import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { readSqlTexts } from '~/testing/sql-texts';

const migrations = resolve(import.meta.dirname, '../../migrations');

function emptyDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  const files = readdirSync(migrations).filter((name) => name.endsWith('.sql'));
  for (const name of files.toSorted())
    database.exec(readFileSync(join(migrations, name), 'utf8').replaceAll('--> statement-breakpoint', ''));
  // D1 keeps this table itself.
  database.exec('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)');
  return database;
}

/** Tables that stay small: a row per provider, setting, admin or version of the prompt, the minutes of one day, and
 * refused webhooks, counted by day for a month. */
const small = new Set([
  ...['settings', 'cursors', 'admins', 'provider_breakers', 'provider_minutes', 'prompt_versions', 'd1_migrations'],
  'webhook_refusals',
]);

/** Templates that cannot be followed, with the reason. */
const unfollowed: Readonly<Record<string, string>> = {
  'app/credits/audit.server.ts': 'table and key come in pairs; each is a primary key or has a unique index',
};

/** Files whose statements walk through these tables on purpose, with the reason. */
const meant: Readonly<Record<string, string>> = {
  'app/credits/audit.ts': 'the nightly audit looks at every row; audit.server.ts gives it one range of keys at a time',
  'app/auth/accounts.server.ts': 'a step of deferred foreign keys, which SQLite skips while no constraint is open',
};

/** The tables that a plan walks through without an index, and whether an index gives their order. */
function scans(database: DatabaseSync, sql: string): { table: string; index: string | null }[] {
  const aliases = new Map(
    [...sql.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO)\s+([a-z_]+)(?:\s+(?:AS\s+)?([a-z]\w*))?/g)].flatMap(
      ([, table = '', alias]) => [[table, table], ...(alias ? [[alias, table] as [string, string]] : [])],
    ) as [string, string][],
  );
  const tables = new Set(
    (database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]).map(
      ({ name }) => name,
    ),
  );
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
  return plan.flatMap(({ detail }) => {
    const [, name = '', index] = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(detail) ?? [];
    const table = aliases.get(name) ?? name;
    return tables.has(table) ? [{ table, index: index ?? null }] : [];
  });
}

describe('SQL that is written by hand', () => {
  const { texts, unread } = readSqlTexts();
  const database = emptyDatabase();
  const isPartial = new Set(
    (
      database.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'").all() as {
        name: string;
      }[]
    ).map(({ name }) => name),
  );

  it('every handwritten statement can be read from the source', () => {
    expect(texts.length).toBeGreaterThan(150);
    expect(unread.filter((at) => !((at.split(':')[0] ?? '') in unfollowed))).toEqual([]);
  });

  it('every handwritten statement is valid for the schema', () => {
    const faults = texts.flatMap(({ at, sql }) => {
      try {
        database.prepare(sql);
        return [];
      } catch (error) {
        return [`${at}: ${error}`];
      }
    });
    expect(faults).toEqual([]);
  });

  it('no handwritten statement scans a table that grows', () => {
    const walks = texts.flatMap(({ at, sql }) =>
      scans(database, sql)
        .filter(({ table, index }) => !small.has(table) && !(index && (isPartial.has(index) || /\bLIMIT\b/.test(sql))))
        .map(({ table }) => ({ file: at.split(':')[0] ?? '', table })),
    );
    expect(walks.filter(({ file }) => !(file in meant))).toEqual([]);
    expect(Object.keys(meant).filter((path) => !walks.some(({ file }) => file === path))).toEqual([]);
  });

  it('the search for scans finds a statement that scans a growing table', () => {
    const walk = (sql: string) => scans(database, sql).map(({ table }) => table);
    expect(walk('SELECT g.id FROM generations g WHERE g.words = ?1')).toEqual(['generations']);
    expect(walk('DELETE FROM clips WHERE words = ?1')).toContain('clips');
    expect(walk('SELECT id FROM generations WHERE id = ?1')).toEqual([]);
  });
});
