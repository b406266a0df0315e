import type { D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { auditSkipReason } from './audit';

/** What the product and the test have written to the console since the test began. */
const written: (() => void)[] = [];
for (const method of ['log', 'warn', 'error'] as const) {
  // biome-ignore lint/suspicious/noConsole: the lines of a test that fails are shown
  const write = console[method].bind(console);
  console[method] = (...line) => void written.push(() => write(...line));
}

// Each test file has its own storage; the migrations, and with them the laws, run first.
await migrate((env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS);

// No test may lose a credit or make one from nothing.
afterAll(async () => {
  if (auditSkipReason() === null) expect(await auditLedger(env.DB)).toEqual([]);
});

// Failures of providers in one test do not open their breakers in the next.
beforeEach(async () => {
  const tables = ['provider_minutes', 'provider_breakers'];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

// The lines of a test that passes are thrown away: there are ten thousand of them.
beforeEach(() => {
  written.length = 0;
});
afterEach(({ task }) => {
  if (task.result?.state === 'fail') for (const write of written) write();
});

/** Applies the migrations and records their names, as wrangler does. */
async function migrate(migrations: readonly D1Migration[]): Promise<void> {
  await env.DB.prepare('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE)').run();
  for (const { name, queries } of migrations) {
    const record = env.DB.prepare('INSERT INTO d1_migrations (name) VALUES (?1)').bind(name);
    // The local D1 takes a whole file as one statement, in a quarter of the time of its statements one by one.
    await env.DB.batch([env.DB.prepare(queries.join(';\n')), record]);
  }
}
