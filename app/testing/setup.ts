import { applyD1Migrations, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, beforeEach, expect } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { auditSkipReason } from './audit';

// Each test file has its own storage; the migrations, and with them the laws, run first.
await applyD1Migrations(env.DB, (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS);

// No test may lose a credit or make one from nothing.
afterAll(async () => {
  if (auditSkipReason() === null) expect(await auditLedger(env.DB)).toEqual([]);
});

// Failures of providers in one test do not open their breakers in the next.
beforeEach(async () => {
  const tables = ['provider_minutes', 'provider_breakers'];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});
