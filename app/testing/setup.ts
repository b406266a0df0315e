import { applyD1Migrations, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, beforeEach, expect } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { excuseFromAudit } from './audit';

// Each test file gets its own storage; the laws are there before its first line.
await applyD1Migrations(env.DB, (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS);

// And whatever it was about, not a credit was lost or made by the time of its last line.
afterAll(async () => {
  if (excuseFromAudit() === null) expect(await auditLedger(env.DB)).toEqual([]);
});

// What providers did in one test says nothing in the next.
beforeEach(async () => {
  const tables = ['provider_minutes', 'provider_breakers'];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});
