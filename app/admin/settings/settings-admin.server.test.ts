import { env, exports } from 'cloudflare:workers';
import fc from 'fast-check';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { createServices } from '~/services.server';
import { defaults, type SettingKey, settingsSchema } from '~/settings/settings';
import { settingsKeptMilliseconds } from '~/settings/settings.server';
import {
  clearSettings,
  seedAdmin,
  seedPerson,
  seedSession,
  seedSettings,
  testConfig,
  testServices,
  withoutGuards,
} from '~/testing/services';

const requestId = () => `req_${crypto.randomUUID()}`;
const auditLog = async (subject: string) =>
  (await testServices().admin.auditLog.list({ subject, limit: 50 })).map(({ what, admin, reason }) => [
    what,
    admin?.id,
    reason,
  ]);
const versionOf = async (key: SettingKey) => (await testServices().admin.settings.find(key)).version;

let [ada, bea] = ['', ''];
beforeEach(async () => {
  await clearSettings();
  [ada, bea] = [(await seedAdmin()).adminId, (await seedAdmin()).adminId];
});

/** A change by an admin who has just read the page. */
async function change(
  key: string,
  value: unknown,
  { admin = ada, seenVersion }: { admin?: string; seenVersion?: number } = {},
) {
  const seen = seenVersion ?? (await versionOf(key as SettingKey));
  const asked = { key, value, seenVersion: seen, adminId: admin, requestId: requestId() };
  return testServices().admin.settings.change(asked);
}

/** Another admin's yes to the one change that waits. */
async function sayYes(adminId: string): Promise<void> {
  const { guarded } = testServices().admin.settings;
  const [waits] = await guarded.waiting();
  const answer = { adminId, changeId: waits?.id ?? '', isYes: true, requestId: requestId() };
  expect(await guarded.decide(answer)).toBe('done');
}

describe('a setting', () => {
  it('a setting is shown with its value, default, version and last change', async () => {
    expect(await testServices().admin.settings.find('maxOpenGenerations')).toEqual({
      ...{ key: 'maxOpenGenerations', value: 50, byDefault: 50, isDefault: true, isUnreadable: false },
      ...{ version: 0, changedAt: null, changedBy: null },
    });
    expect(await change('maxOpenGenerations', 3)).toEqual({ outcome: 'changed', keys: ['maxOpenGenerations'] });
    expect(await testServices().admin.settings.find('maxOpenGenerations')).toEqual({
      ...{ key: 'maxOpenGenerations', value: 3, byDefault: 50, isDefault: false, isUnreadable: false },
      ...{ version: 1, changedAt: expect.any(Number), changedBy: { id: ada, name: 'Test Person' } },
    });
    expect((await testServices().admin.settings.list()).map(({ key }) => key)).toEqual(Object.keys(defaults));
  });

  it('a changed setting has an audit entry with the value before, the value after and the reason', async () => {
    const { admin } = testServices();
    const asked = { key: 'deadlineMinutes', adminId: ada, reason: 'Veo is slow today', requestId: 'req_why' };
    await admin.settings.change({ ...asked, value: 45, seenVersion: 0 });
    expect(await admin.auditLog.list({ subject: 'deadlineMinutes', limit: 9 })).toMatchObject([
      { what: 'setting-changed', before: '30', after: '45', reason: 'Veo is slow today', requestId: 'req_why' },
    ]);
    expect((await testServices().settings.read()).deadlineMinutes).toBe(45);
  });

  it('a setting saved with its current value writes no audit entry', async () => {
    expect(await change('creditsPerClip', 1)).toEqual({ outcome: 'unchanged' });
    expect(await versionOf('creditsPerClip')).toBe(0);
    expect(await auditLog('creditsPerClip')).toEqual([]);
  });

  it('a stored value that breaks the limits is shown as unreadable, counts as the default, and can be set again', async () => {
    await seedSettings({ alertStaleJobs: 4000 });
    expect(await testServices().admin.settings.find('alertStaleJobs')).toMatchObject({
      value: 5,
      isUnreadable: true,
      version: 1,
    });
    expect(await change('alertStaleJobs', 5)).toMatchObject({ outcome: 'changed' });
    expect(await testServices().admin.settings.find('alertStaleJobs')).toMatchObject({
      value: 5,
      isUnreadable: false,
      version: 2,
    });
  });
});

describe('two admins at once', () => {
  it('of two admins who change a setting at once the first wins, the second reads the name of the first, and both write an audit entry', async () => {
    for (const version of [0, 1]) {
      const wanted = [
        { admin: ada, value: 100 + version },
        { admin: bea, value: 200 + version },
      ];
      const answers = await Promise.all(
        wanted.map(({ admin, value }) =>
          change('breakerSlowSeconds', value, { admin, seenVersion: version }).then((answer) => ({
            admin,
            value,
            answer,
          })),
        ),
      );
      const won = answers.filter(({ answer }) => answer.outcome === 'changed');
      const lost = answers.filter(({ answer }) => answer.outcome === 'conflict');
      const [winner, loser] = [won[0], lost[0]];
      expect([won.length, lost.length]).toEqual([1, 1]);
      expect(loser?.answer).toMatchObject({
        outcome: 'conflict',
        now: { value: winner?.value, version: version + 1, changedBy: { id: winner?.admin } },
      });
      expect((await testServices().settings.read()).breakerSlowSeconds).toBe(winner?.value);
      const entries = (await auditLog('breakerSlowSeconds')).slice(0, 2).map(([what, admin]) => [what, admin]);
      expect(entries).toEqual(
        expect.arrayContaining([
          ['setting-changed', winner?.admin],
          ['setting-not-changed', loser?.admin],
        ]),
      );
    }
  });

  it('of twenty concurrent changes of a setting one is made and nineteen are conflicts', async () => {
    await change('breakerRate', 41);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => change('breakerRate', 50 + n, { admin: n % 2 ? ada : bea, seenVersion: 1 })),
    );
    expect(answers.filter(({ outcome }) => outcome === 'changed')).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(19);
    expect(await versionOf('breakerRate')).toBe(2);
    expect(await auditLog('breakerRate')).toHaveLength(21);
  });

  it('a repeated post by the same admin is no conflict', async () => {
    await change('breakerWindowMinutes', 5);
    expect(await change('breakerWindowMinutes', 5, { seenVersion: 0 })).toEqual({ outcome: 'unchanged' });
    expect(await change('breakerWindowMinutes', 6, { seenVersion: 0 })).toMatchObject({ outcome: 'conflict' });
  });

  it('a change whose answer was lost is found and is no conflict', async () => {
    const answerless = new Proxy(env.DB, {
      get: (db, name) =>
        name === 'batch'
          ? async (statements: D1PreparedStatement[]) => {
              await db.batch(statements);
              if (statements.length > 1) throw new Error('D1_ERROR: Network connection lost.');
            }
          : Reflect.get(db, name).bind(db),
    });
    const { admin } = createServices({ env: { ...env, DB: answerless }, config: testConfig() });
    const asked = { key: 'breakerFailures', value: 9, seenVersion: 0, adminId: ada, requestId: requestId() };
    expect(await admin.settings.change(asked)).toMatchObject({ outcome: 'changed' });
    expect(await auditLog('breakerFailures')).toHaveLength(1);
  });
});

describe('the film service', () => {
  const together = (provider: string, model: string, seen: [number, number] = [0, 0]) =>
    testServices().admin.settings.changeTogether(
      [
        { key: 'provider', value: provider, seenVersion: seen[0] },
        { key: 'model', value: model, seenVersion: seen[1] },
      ],
      { adminId: ada, requestId: requestId() },
    );

  it('the provider must be set up, and the model must be one of its models', async () => {
    expect(await together('luma', 'ray-2')).toMatchObject({ outcome: 'changed' });
    expect(await testServices().settings.read()).toMatchObject({ provider: 'luma', model: 'ray-2' });
    expect(await together('luma', 'gen4_turbo', [1, 1])).toMatchObject({
      outcome: 'invalid',
      message: 'luma has no model named “gen4_turbo”. It has ray-2, ray-flash-2.',
    });
    expect(await together('nobody', 'x', [1, 1])).toMatchObject({
      outcome: 'invalid',
      message: 'There is no film service named “nobody”.',
    });
    const { LUMA_API_KEY: _none, ...config } = testConfig();
    const { admin } = createServices({ env, config: config as ReturnType<typeof testConfig> });
    expect(
      await admin.settings.change({
        key: 'model',
        value: 'ray-flash-2',
        seenVersion: 1,
        adminId: ada,
        requestId: requestId(),
      }),
    ).toMatchObject({ outcome: 'invalid', message: 'luma is not set up here: its key is missing.' });
    expect(await testServices().settings.read()).toMatchObject({ provider: 'luma', model: 'ray-2' });
  });

  it('service and model are changed together: two admins at once leave no mixture', async () => {
    const answers = await Promise.all([
      together('luma', 'ray-2'),
      together('runway', 'gen4_turbo'),
      together('luma', 'ray-flash-2'),
    ]);
    expect(answers.filter(({ outcome }) => outcome === 'changed')).toHaveLength(1);
    const { provider, model } = await testServices().settings.read();
    expect(['luma ray-2', 'luma ray-flash-2']).toContain(`${provider} ${model}`);
  });

  it('fallback providers must be set up, and named once each', async () => {
    const luma = { provider: 'luma', model: 'ray-2' };
    expect(await change('fallbacks', [luma, { provider: 'luma', model: 'ray-flash-2' }])).toMatchObject({
      outcome: 'changed',
    });
    for (const [fallbacks, message] of [
      [[luma, luma], 'luma · ray-2 is in the list already.'],
      [[{ provider: 'runway', model: 'gen4_turbo' }], 'runway · gen4_turbo is in the list already.'],
      [[{ provider: 'pika', model: '1' }], 'There is no film service named “pika”.'],
      [[{ provider: 'luma' }], expect.stringContaining('No. 1')],
    ] as const)
      expect(await change('fallbacks', fallbacks)).toEqual({ outcome: 'invalid', key: 'fallbacks', message });
  });
});

describe('the cache of settings', () => {
  const door = (now: { at: number }) =>
    createServices({ env, config: testConfig(), settingsKeptMilliseconds, clock: () => now.at }).settings.read();

  it('the cache holds settings for three seconds', async () => {
    const now = { at: Date.now() };
    testServices().settings.forget();
    expect((await door(now)).maxOpenGenerations).toBe(50);
    // Elsewhere: another isolate, which cannot tell this one.
    await env.DB.prepare("INSERT INTO settings (key, value, updated_at) VALUES ('maxOpenGenerations', '7', 1)").run();
    now.at += settingsKeptMilliseconds - 1;
    expect((await door(now)).maxOpenGenerations).toBe(50);
    now.at += 1;
    expect((await door(now)).maxOpenGenerations).toBe(7);
  });

  it('the cache is dropped by a change in the same isolate', async () => {
    const now = { at: Date.now() };
    expect((await door(now)).deadlineMinutes).toBe(30);
    await change('deadlineMinutes', 31);
    expect((await door(now)).deadlineMinutes).toBe(31);
  });

  it('the cache does not keep a read that began before a change', async () => {
    const now = { at: Date.now() };
    testServices().settings.forget();
    const reading = door(now);
    testServices().settings.forget();
    await reading;
    await env.DB.prepare("INSERT INTO settings (key, value, updated_at) VALUES ('breakerFailures', '9', 1)").run();
    expect((await door(now)).breakerFailures).toBe(9);
  });

  it('settings seeded by tests are read at once', async () => {
    const headers = { Cookie: await seedSession(await seedPerson()), Accept: 'text/html' };
    const page = async () =>
      (await (await exports.default.fetch(`${env.APP_ORIGIN}/credits`, { headers })).text()).replaceAll('<!-- -->', '');
    expect(await page()).toContain('A clip costs 1 credit');
    const elsewhere = "INSERT INTO settings (key, value, updated_at) VALUES ('creditsPerClip', '7', 1)";
    await withoutGuards([env.DB.prepare(elsewhere)]);
    expect(await page()).toContain('A clip costs 1 credit');
    expect((await testServices().settings.read()).creditsPerClip).toBe(7);
    await seedSettings({ creditsPerClip: 42 });
    expect(await page()).toContain('A clip costs 42 credits');
  });
});

/** What may arrive where a value should be. */
const anything = fc.oneof(
  fc.anything({ maxDepth: 3 }),
  fc.constantFrom(
    null,
    undefined,
    '',
    ' ',
    'null',
    '{',
    '[]',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0.5,
    1e308,
    'x'.repeat(100_000),
  ),
  fc.integer(),
  fc.double(),
  fc.array(fc.record({ provider: fc.string(), model: fc.string() }), { maxLength: 30 }),
  fc.json(),
);

describe('a value that does not fit', () => {
  it.each(Object.keys(defaults) as SettingKey[])(
    'a value that breaks the limits is not saved: %s',
    { timeout: 60_000 },
    async (key) => {
      await fc.assert(
        fc.asyncProperty(anything, async (value) => {
          const before = await testServices().admin.settings.find(key);
          const answer = await change(key, value, { seenVersion: before.version });
          if (answer.outcome === 'waiting') await sayYes(bea);
          const after = await testServices().admin.settings.find(key);
          expect(after.isUnreadable).toBe(false);
          if (answer.outcome === 'changed' || answer.outcome === 'waiting') {
            // As the setting's own rules keep it: text without the spaces around it.
            const kept = v.parse(settingsSchema.entries[key], value);
            expect(JSON.stringify(after.value)).toBe(JSON.stringify(kept));
            return;
          }
          expect(after).toEqual(before);
          if (answer.outcome === 'invalid') expect(answer.message).toMatch(/\.$/);
          else expect(answer).toEqual({ outcome: 'unchanged' });
        }),
        { numRuns: 40 },
      );
      expect(await testServices().settings.read()).toMatchObject({ model: 'gen4_turbo' });
    },
  );

  it('a key that is no setting is refused', async () => {
    for (const key of [
      '',
      'media',
      'sweepCursor',
      'auditCursor',
      'tailUntil',
      '__proto__',
      'constructor',
      'x'.repeat(5000),
    ])
      expect(await change(key, 1, { seenVersion: 0 })).toEqual({
        ...{ outcome: 'invalid', key: null, message: 'There is no such setting.' },
      });
  });
});
