import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Statement } from '../../app/db/statement.ts';

const folder = resolve(import.meta.dirname, '../../migrations');

let projectMigrations: readonly string[] | undefined;

/** The project's own migrations, in their order. Every call returns the same list. */
export function readMigrations(): readonly string[] {
  projectMigrations ??= readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => readFileSync(resolve(folder, name), 'utf8'));
  return projectMigrations;
}

export type Row = Record<string, SQLInputValue>;

/** An empty database in memory, with the options of every connection. */
function open(): DatabaseSync {
  const sqlite = new DatabaseSync(':memory:');
  sqlite.exec('PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY');
  return sqlite;
}

const migratedDatabases = new WeakMap<readonly string[], Uint8Array>();

/** The bytes of a database after these migrations. They run once for each list: a copy takes a tenth of their time. */
function migrated(migrations: readonly string[]): Uint8Array {
  const known = migratedDatabases.get(migrations);
  if (known) return known;
  const sqlite = open();
  for (const migration of migrations) sqlite.exec(migration);
  const bytes = sqlite.serialize();
  sqlite.close();
  migratedDatabases.set(migrations, bytes);
  return bytes;
}

/** The real schema with its triggers on SQLite in memory: D1 without a network. */
export class Database {
  private sqlite = open();
  private prepared = new Map<string, StatementSync>();
  private preparedForValues = new Map<string, StatementSync>();

  constructor(migrations: readonly string[]) {
    this.sqlite.deserialize(migrated(migrations));
  }

  exec(sql: string): void {
    this.sqlite.exec(sql);
  }

  all<Found = Row>(sql: string, params: readonly unknown[] = []): Found[] {
    const statement = this.prepared.get(sql) ?? this.sqlite.prepare(sql);
    this.prepared.set(sql, statement);
    return statement.all(...(params as SQLInputValue[])) as Found[];
  }

  /** Rows as arrays, so that columns of the same name stay apart. */
  values(sql: string, params: readonly unknown[]): unknown[] {
    const statement = this.preparedForValues.get(sql) ?? this.sqlite.prepare(sql);
    this.preparedForValues.set(sql, statement);
    statement.setReturnArrays(true);
    return statement.all(...(params as SQLInputValue[]));
  }

  /** One transaction, as D1's batch: the rows of each statement, or an exception and nothing written. */
  batch<Found = Row>(statements: readonly Statement[]): Found[][] {
    // A single statement is a transaction by itself.
    if (statements.length === 1) return statements.map(({ sql, params }) => this.all<Found>(sql, params));
    this.all('BEGIN');
    try {
      const results = statements.map(({ sql, params }) => this.all<Found>(sql, params));
      this.all('COMMIT');
      return results;
    } catch (error) {
      this.all('ROLLBACK');
      throw error;
    }
  }

  /** A copy of the current database. */
  save(): Uint8Array {
    return this.sqlite.serialize();
  }

  /** Restores a copy, as D1's Time Travel does. The connection is new: statements of the old one must not reach it. */
  restore(saved: Uint8Array): void {
    this.prepared.clear();
    this.preparedForValues.clear();
    this.sqlite.close();
    this.sqlite = open();
    this.sqlite.deserialize(saved);
  }

  close(): void {
    this.sqlite.close();
  }
}
