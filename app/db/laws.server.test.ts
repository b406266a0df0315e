import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { lawsFingerprint, migrationNames, stateOfSchema } from './laws.server';

describe('the laws of the schema', () => {
  it('have the fingerprint, and the migrations the names, that the health check looks for', async () => {
    const { fingerprint, ...state } = await stateOfSchema(env.DB);
    expect(fingerprint).toBe(lawsFingerprint);
    expect(state).toEqual({ areLawsRight: true, missing: [], last: migrationNames.at(-1) });
    const { MIGRATIONS } = env as unknown as { MIGRATIONS: { name: string }[] };
    expect(MIGRATIONS.map(({ name }) => name)).toEqual(migrationNames);
  });

  it('are missed when one is gone', async () => {
    await env.DB.prepare('DROP TRIGGER entries_2_overdraft').run();
    expect(await stateOfSchema(env.DB)).toMatchObject({ areLawsRight: false });
  });

  it('are not enough when a migration was not applied', async () => {
    await env.DB.prepare('DELETE FROM d1_migrations WHERE name = ?1').bind(migrationNames[3]).run();
    expect((await stateOfSchema(env.DB)).missing).toEqual([migrationNames[3]]);
  });
});
