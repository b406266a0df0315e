import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createDatabase } from './client.server';
import { createCursors } from './cursors.server';

const { MIGRATIONS } = env as unknown as { MIGRATIONS: { name: string; queries: string[] }[] };
const cursors = createCursors(createDatabase(env.DB));
const rowsOf = async (sql: string) => (await env.DB.prepare(sql).all()).results;

describe('cursors', () => {
  it('a cursor is read back as it was saved, apart from those of other runs', async () => {
    expect(await cursors.read('media')).toBeNull();
    await cursors.save('media', 'a key', 1);
    await cursors.save('stale', { stateAt: 5, id: 'gen_1' }, 1);
    await cursors.save('media', 'another key', 2);
    expect(await cursors.read('media')).toBe('another key');
    await cursors.save('media', null, 3);
    expect(await cursors.read('media')).toBeNull();
    expect(await cursors.read('stale')).toEqual({ stateAt: 5, id: 'gen_1' });
    await cursors.save('stale', null, 4);
  });

  it('the migration moves cursors and the flag of the log tail out of the settings, and nothing else', async () => {
    const old = {
      ...{ sweepCursor: '"m"', 'sweepCursor:unheard': '{"stateAt":1,"id":"u"}', 'sweepCursor:stale': '"s"' },
      ...{ 'sweepCursor:ended': '"e"', auditCursor: '{"kind":"balance"}', tailUntil: '1795379576055' },
      ...{ deadlineMinutes: '45' },
    };
    const insert = env.DB.prepare('INSERT INTO settings (key, value, updated_at) VALUES (?1, ?2, 7)');
    await env.DB.batch(Object.entries(old).map(([key, value]) => insert.bind(key, value)));
    const moves = MIGRATIONS.find(({ name }) => name === '0009_cursors.sql')?.queries.filter(
      (query) => !/CREATE TABLE/.test(query),
    );
    await env.DB.batch((moves ?? []).map((query) => env.DB.prepare(query)));
    expect(await rowsOf('SELECT name, value, updated_at FROM cursors ORDER BY name')).toEqual([
      { name: 'audit', value: '{"kind":"balance"}', updated_at: 7 },
      { name: 'ended', value: '"e"', updated_at: 7 },
      { name: 'media', value: '"m"', updated_at: 7 },
      { name: 'stale', value: '"s"', updated_at: 7 },
      { name: 'unheard', value: '{"stateAt":1,"id":"u"}', updated_at: 7 },
    ]);
    expect(await rowsOf('SELECT id, until FROM log_tail')).toEqual([{ id: 1, until: 1795379576055 }]);
    expect(await rowsOf('SELECT key, value FROM settings')).toEqual([{ key: 'deadlineMinutes', value: '45' }]);
  });
});
