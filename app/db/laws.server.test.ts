import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { brokenLaw } from './client.server';
import { lawNouns, lawsFingerprint, migrationNames, stateOfSchema } from './laws.server';

const { MIGRATIONS } = env as unknown as { MIGRATIONS: { name: string; queries: string[] }[] };

describe('the laws of the schema', () => {
  it('the fingerprint of the laws and the names of the migrations are those that the health check expects', async () => {
    const { fingerprint, ...state } = await stateOfSchema(env.DB);
    expect(fingerprint).toBe(lawsFingerprint);
    expect(state).toEqual({ areLawsRight: true, missing: [], last: migrationNames.at(-1) });
    expect(MIGRATIONS.map(({ name }) => name)).toEqual(migrationNames);
  });

  it('a dropped trigger changes the fingerprint of the laws', async () => {
    await env.DB.prepare('DROP TRIGGER entries_2_overdraft').run();
    expect(await stateOfSchema(env.DB)).toMatchObject({ areLawsRight: false });
  });

  it('a migration that was not applied is reported as missing', async () => {
    await env.DB.prepare('DELETE FROM d1_migrations WHERE name = ?1').bind(migrationNames[3]).run();
    expect((await stateOfSchema(env.DB)).missing).toEqual([migrationNames[3]]);
  });
});

describe('brokenLaw', () => {
  const raised = MIGRATIONS.flatMap(({ queries }) => queries).flatMap((query) =>
    [...query.matchAll(/RAISE\(ABORT, '([^']*)'\)/g)].map(([, law = '']) => law),
  );

  it('brokenLaw knows the noun of every law that a migration raises, and no other noun', () => {
    expect([...new Set(raised.map((law) => law.split(':')[0]))].sort()).toEqual([...lawNouns]);
  });

  it('brokenLaw reads every law out of the error of D1, and out of an error that wraps it', () => {
    for (const law of raised) {
      const ofDatabase = new Error(`D1_ERROR: ${law}: SQLITE_CONSTRAINT`);
      expect(brokenLaw(ofDatabase)).toBe(law);
      expect(brokenLaw(new Error('Failed query: INSERT …', { cause: ofDatabase }))).toBe(law);
    }
  });

  it('brokenLaw returns null for an error that no law raised', () => {
    expect(brokenLaw(new Error('D1_ERROR: UNIQUE constraint failed: users.id'))).toBeNull();
  });
});
