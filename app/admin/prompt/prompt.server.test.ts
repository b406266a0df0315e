import { env, exports } from 'cloudflare:workers';
import { and, asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { createIds } from '~/db/ids';
import {
  adminActs,
  admins,
  clips,
  generationFeedback,
  generations,
  projects,
  settings,
  users,
} from '~/db/schema.server';
import { createProviders } from '~/providers/registry.server';
import { firstPresets } from '~/settings/presets';
import { firstSystemPrompt, mostPromptLetters } from '~/settings/system-prompt';
import { seedAdmin, seedPerson, seedProject, testConfig, testServices } from '~/testing/services';
import { samplesTitle } from './prompt-samples.server';

const requestId = 'req_test';
let saves = 0;

/** The services of a new request. */
const prompt = () => testServices().admin.prompt;
const { db } = testServices();
const testId = createIds({ clock: Date.now }).bind(null, 'gen');

beforeEach(async () => {
  await db.delete(settings);
});

async function save(adminId: string, text = `Keep every face. Version ${++saves}.`) {
  const { versions } = prompt();
  const version = await versions.save({ text, note: 'Calmer', expected: await versions.next(), adminId, requestId });
  return { version, text };
}

async function goLive(adminId: string, version: number, request = crypto.randomUUID()) {
  const { live } = prompt();
  const { settingVersion: seenVersion } = await live.read();
  return live.goLive({ version, seenVersion, adminId, reason: 'Tried it', requestId: request });
}

/** Starts a generation of a new person; returns its row. */
async function generationOf({ userId, clipId }: { userId: string; clipId: string }) {
  const wanted = { userId, clipId, requestKey: crypto.randomUUID(), presetId: 'gentle', words: 'She waves' };
  const started = await testServices().generations.start(wanted);
  if (started.outcome !== 'started') throw new Error(started.outcome);
  const [row] = await db.select().from(generations).where(eq(generations.id, started.generationId));
  return row as typeof generations.$inferSelect;
}

async function seedGeneration(credits = 1) {
  const userId = await seedPerson({ credits });
  const { clipIds } = await seedProject({ userId });
  return { userId, clipId: clipIds[0] as string };
}

const auditEntriesOf = (adminId: string) =>
  db.select().from(adminActs).where(eq(adminActs.adminUserId, adminId)).orderBy(asc(adminActs.id));

/** A try with this version that has come to its end: written down, and never sent to anybody. */
async function ended(promptVersion: number, state: 'ready' | 'failed' | 'queued') {
  const it = await seedGeneration();
  const id = testId();
  const made = {
    provider: 'runway',
    model: 'gen4_turbo',
    presetId: 'gentle',
    words: '',
    prompt: 'x',
    cost: 1,
  } as const;
  const film = { shape: '9:16', durationSeconds: 5, frameX: 0.5, frameY: 0.5, frameZoom: 1 } as const;
  const at = { stateAt: 1, deadlineAt: 2, createdAt: 1 };
  await db.insert(generations).values({ ...it, id, requestKey: id, promptVersion, ...made, ...film, ...at });
  const steps = [
    { state: 'submitting' } as const,
    { state: 'generating' } as const,
    ...(state === 'ready'
      ? [{ state: 'copying' } as const, { state, mediaKey: `u/x/g/${id}.mp4`, mediaBytes: 4 } as const]
      : [{ state: 'failed', failureReason: 'unknown' } as const]),
  ];
  for (const step of state === 'queued' ? [] : steps)
    await db.update(generations).set(step).where(eq(generations.id, id));
  return { ...it, id };
}

describe('versions of the system prompt', () => {
  it('version 1 is part of Echoes; a saved version has a number and an audit entry and is not live', async () => {
    const { adminId } = await seedAdmin();
    const first = await prompt().versions.find(1);
    expect(first).toMatchObject({ ...firstSystemPrompt, author: null, createdAt: null });
    const { version, text } = await save(adminId);
    expect(await prompt().versions.find(version)).toMatchObject({ version, text, author: { id: adminId } });
    expect(await prompt().live.read()).toMatchObject({ ...firstSystemPrompt, previous: null, by: null });
    expect(await auditEntriesOf(adminId)).toMatchObject([
      { what: 'prompt-saved', subject: 'systemPrompt', after: `version ${version}`, reason: 'Calmer' },
    ]);
    expect(await prompt().versions.find(99_999)).toBeNull();
  });

  it('a repeated post saves a version once', async () => {
    const { adminId } = await seedAdmin();
    const { versions } = prompt();
    const saving = { text: 'Once.', note: 'Once', expected: await versions.next(), adminId, requestId };
    const made = await Promise.all(Array.from({ length: 6 }, () => prompt().versions.save(saving)));
    expect(new Set([...made, await prompt().versions.save(saving)]).size).toBe(1);
    expect(await auditEntriesOf(adminId)).toHaveLength(1);
    // A page that was loaded afterwards means another one.
    expect(await prompt().versions.save({ ...saving, expected: await versions.next() })).toBe((made[0] ?? 0) + 1);
  });

  it('two admins who save at once get two versions with an audit entry each', async () => {
    const them = await Promise.all(Array.from({ length: 8 }, () => seedAdmin()));
    const expected = await prompt().versions.next();
    const made = await Promise.all(
      them.map(({ adminId }) =>
        prompt().versions.save({ text: 'The same text.', note: 'Mine', expected, adminId, requestId }),
      ),
    );
    expect(made.sort((a, b) => a - b)).toEqual(them.map((_one, index) => expected + index));
    for (const { adminId } of them) expect(await auditEntriesOf(adminId)).toHaveLength(1);
  });

  it('versions are listed newest first, by page, down to version 1', async () => {
    const { adminId } = await seedAdmin();
    await save(adminId);
    await save(adminId);
    const listed: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = await prompt().versions.list({ before, limit: 3 });
      listed.push(...page.map(({ version }) => version));
      before = page.at(-1)?.version;
      if (page.length < 3) break;
    }
    const newest = (await prompt().versions.next()) - 1;
    expect(listed).toEqual(Array.from({ length: newest }, (_one, index) => newest - index));
  });

  it('the difference of two versions is shown word by word', () => {
    expect(prompt().difference('Keep every face. No cuts.', 'Keep each face. No cuts.')).toEqual([
      { text: 'Keep ', kind: 'same' },
      { text: 'every', kind: 'removed' },
      { text: 'each', kind: 'added' },
      { text: ' face. No cuts.', kind: 'same' },
    ]);
  });
});

describe('going live', () => {
  it('going live changes new generations and leaves open ones with their text', async () => {
    const { adminId } = await seedAdmin();
    const before = await seedGeneration();
    const under = await generationOf(before);
    expect(under).toMatchObject({ promptVersion: 1 });
    expect(under.prompt.startsWith(firstSystemPrompt.text)).toBe(true);
    const { version, text } = await save(adminId);
    expect(await goLive(adminId, version)).toMatchObject({ outcome: 'changed' });
    const after = await generationOf(await seedGeneration());
    expect(after).toMatchObject({ promptVersion: version });
    expect(after.prompt).toBe(`${text} ${firstPresets[0]?.prompt} She waves`);
    const [still] = await db.select().from(generations).where(eq(generations.id, under.id));
    expect(still).toMatchObject({ promptVersion: 1, prompt: under.prompt });
  });

  it('going live writes an audit entry with both versions and can be undone in one step', async () => {
    const { adminId } = await seedAdmin();
    const { version } = await save(adminId);
    await goLive(adminId, version);
    expect((await auditEntriesOf(adminId)).at(-1)).toMatchObject({
      ...{ what: 'prompt-live', subject: 'systemPrompt', reason: 'Tried it' },
      ...{ before: 'version 1', after: `version ${version}` },
    });
    expect(await prompt().live.read()).toMatchObject({ version, previous: 1, by: { id: adminId } });
    await goLive(adminId, 1);
    expect(await prompt().live.read()).toMatchObject({ ...firstSystemPrompt, previous: version });
    expect(await generationOf(await seedGeneration())).toMatchObject({ promptVersion: 1 });
    // What is live already does not go live again.
    expect(await goLive(adminId, 1)).toEqual({ outcome: 'unchanged' });
    expect(await goLive(adminId, 99_999)).toEqual({ outcome: 'not-found' });
  });

  it('of two admins who put a version live at once the first wins, the second reads the name of the first, and both write an audit entry', async () => {
    const them = await Promise.all([seedAdmin(), seedAdmin()]);
    const mine = await Promise.all(them.map(({ adminId }) => save(adminId)));
    const { settingVersion: seenVersion } = await prompt().live.read();
    const answers = await Promise.all(
      them.map(({ adminId }, index) =>
        prompt().live.goLive({
          ...{ version: mine[index]?.version ?? 0, seenVersion, adminId },
          ...{ reason: 'Mine is better', requestId: `req_${index}` },
        }),
      ),
    );
    const won = answers.findIndex(({ outcome }) => outcome === 'changed');
    const winner = them[won]?.adminId ?? '';
    expect(answers[1 - won]).toMatchObject({ outcome: 'conflict', now: { changedBy: { id: winner } } });
    expect(await prompt().live.read()).toMatchObject({ version: mine[won]?.version, by: { id: winner } });
    const lasts = await Promise.all(them.map(async ({ adminId }) => (await auditEntriesOf(adminId)).at(-1)?.what));
    expect(lasts[won]).toBe('prompt-live');
    expect(lasts[1 - won]).toBe('setting-not-changed');
  });
});

describe('the figures of a version', () => {
  it('the figures of a version count its generations, outcomes, approvals and feedback', async () => {
    const { adminId } = await seedAdmin();
    const { version } = await save(adminId);
    const one = await ended(version, 'ready');
    const two = await ended(version, 'ready');
    await ended(version, 'failed');
    await ended(version, 'queued');
    await ended(1, 'ready');
    const approve = (id: string | null) =>
      testServices().projects.clips.approve({ userId: one.userId, clipId: one.clipId, generationId: id });
    await approve(one.id);
    await approve(null);
    await approve(one.id);
    const feedback = { generationId: two.id, userId: two.userId, reason: 'wrong-face', createdAt: 1 } as const;
    await db.insert(generationFeedback).values(feedback);
    expect((await prompt().versions.find(version))?.quality).toEqual({
      ...{ generations: 4, ready: 2, failed: 1, approved: 1, wrongFace: 1, oddMovement: 0, other: 0 },
    });
    const [listed] = await prompt().versions.list({ limit: 1 });
    expect(listed?.quality.generations).toBe(4);
  });
});

describe('a trial on sample photos', { timeout: 60_000 }, () => {
  async function rich(credits: number) {
    const { adminId, cookie } = await seedAdmin();
    const grant = { key: `adjustment:test-${adminId}`, userId: adminId, credits, kind: 'adjustment' } as const;
    if (credits > 0) await testServices().credits.ledger.grant({ ...grant, reference: 'test' });
    const { version, text } = await save(adminId);
    return { userId: adminId, cookie, system: { version, text } };
  }
  const generationsOf = (userId: string) =>
    db.select().from(generations).where(eq(generations.userId, userId)).orderBy(asc(generations.id));
  const stopAll = async (userId: string) => {
    for (const { id } of await generationsOf(userId))
      await testServices().generations.cancel({ userId, generationId: id });
  };
  const start = (it: { userId: string; system: { version: number; text: string } }, requestKey = crypto.randomUUID()) =>
    prompt().trials.start({ userId: it.userId, system: it.system, requestKey, requestId });

  it('a trial makes three generations paid by the admin, and one audit entry', async () => {
    const bystander = await seedPerson({ credits: 5 });
    const it = await rich(4);
    expect(await start(it)).toEqual({ started: 3, stopped: null });
    const made = await generationsOf(it.userId);
    expect(made.map(({ promptVersion, cost, words }) => [promptVersion, cost, words])).toEqual(
      Array.from({ length: 3 }, () => [it.system.version, 1, '']),
    );
    for (const { prompt: said } of made) expect(said).toBe(`${it.system.text} ${firstPresets[0]?.prompt}`);
    const { ledger } = testServices().credits;
    expect(await ledger.balance(it.userId)).toMatchObject({ balance: 1 });
    expect(await ledger.balance(bystander)).toMatchObject({ balance: 5 });
    expect(await auditLedger(env.DB)).toEqual([]);
    const auditLog = await auditEntriesOf(it.userId);
    expect(auditLog.map(({ what, after }) => [what, after])).toEqual([
      ['prompt-saved', `version ${it.system.version}`],
      ['prompt-tried', `version ${it.system.version}`],
    ]);
    // Nothing of it is live.
    expect(await generationOf(await seedGeneration())).toMatchObject({ promptVersion: 1 });
  });

  it('a second trial uses the same project and shows the newest generations', async () => {
    const it = await rich(6);
    await start(it);
    await stopAll(it.userId);
    await start(it);
    const film = and(eq(projects.userId, it.userId), eq(projects.title, samplesTitle));
    expect(await db.select().from(projects).where(film)).toHaveLength(1);
    expect(await db.select().from(clips).where(eq(clips.userId, it.userId))).toHaveLength(3);
    const { version } = it.system;
    const shown = await prompt().trials.newest({ userId: it.userId, version });
    const newest = (await generationsOf(it.userId)).slice(3).map(({ id }) => id);
    expect(shown.shown.map(({ made }) => made?.id).sort()).toEqual(newest.sort());
    expect(shown).toMatchObject({ isOpen: true });
    // Another version has not been tried, and another admin has other samples.
    const others = await prompt().trials.newest({ userId: it.userId, version: 1 });
    expect(others.shown.map(({ made }) => made)).toEqual([null, null, null]);
    const theirs = await prompt().trials.newest({ userId: (await seedAdmin()).adminId, version });
    expect(theirs).toMatchObject({ projectId: null, isOpen: false });
  });

  it('a repeated trial post starts three generations once', async () => {
    const it = await rich(9);
    await prompt().trials.newest({ userId: it.userId, version: it.system.version });
    const key = crypto.randomUUID();
    await Promise.all([start(it, key), start(it, key), start(it, key)]);
    expect(await start(it, key)).toMatchObject({ started: 3 });
    expect(await generationsOf(it.userId)).toHaveLength(3);
    expect((await auditEntriesOf(it.userId)).filter(({ what }) => what === 'prompt-tried')).toHaveLength(1);
    expect(await testServices().credits.ledger.balance(it.userId)).toMatchObject({ balance: 6 });
  });

  it('a trial starts none without credits for three, and none while one is open', async () => {
    const poor = await rich(2);
    expect(await start(poor)).toEqual({ started: 0, stopped: { outcome: 'no-credit', balance: 2, cost: 3 } });
    expect(await generationsOf(poor.userId)).toEqual([]);
    const it = await rich(9);
    await start(it);
    expect(await start(it)).toEqual({ started: 0, stopped: { outcome: 'already-open' } });
    expect(await generationsOf(it.userId)).toHaveLength(3);
    expect((await auditEntriesOf(it.userId)).filter(({ what }) => what === 'prompt-tried')).toHaveLength(1);
  });

  it('a trial makes a new project where a sample was deleted', async () => {
    const it = await rich(9);
    await start(it);
    const made = await generationsOf(it.userId);
    await stopAll(it.userId);
    const {
      projects: { clips: film },
    } = testServices();
    await film.setDeleted({ userId: it.userId, clipId: made[0]?.clipId ?? '', deleted: true });
    expect(await start(it)).toEqual({ started: 3, stopped: null });
    const titled = and(eq(projects.userId, it.userId), eq(projects.title, samplesTitle));
    expect(await db.select().from(projects).where(titled)).toHaveLength(2);
  });
});

describe('the page of the system prompt', { timeout: 60_000 }, () => {
  const post = (path: string, cookie: string, fields: Record<string, string>) =>
    exports.default.fetch(
      new Request(env.APP_ORIGIN + path, {
        method: 'POST',
        headers: { Cookie: cookie, Origin: env.APP_ORIGIN, Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin' },
        body: new URLSearchParams(fields),
        redirect: 'manual',
      }),
    );
  const page = async (path: string, cookie: string) =>
    (await exports.default.fetch(new Request(env.APP_ORIGIN + path, { headers: { Cookie: cookie } }))).text();

  it('the page of the system prompt saves, tries, goes live and back by plain forms', async () => {
    const { cookie } = await seedAdmin();
    const expected = String(await prompt().versions.next());
    const saved = await post('/admin/prompt', cookie, { text: 'A calm evening.', note: 'Calm', expected });
    expect(saved.headers.get('Location')).toBe(`/admin/prompt/${expected}`);
    expect(await page(`/admin/prompt/${expected}`, cookie)).toContain('A calm evening.');
    const tried = await post(`/admin/prompt/${expected}/trials`, cookie, { requestKey: crypto.randomUUID() });
    expect(tried.headers.get('Location')).toBe(`/admin/prompt/${expected}?flash=trial-0-no-credit`);
    expect(await page(tried.headers.get('Location') ?? '', cookie)).toContain('Three clips cost 3 credits');
    const { settingVersion } = await prompt().live.read();
    const fields = { seenVersion: String(settingVersion), reason: 'Calmer faces' };
    const live = await post(`/admin/prompt/${expected}/live`, cookie, fields);
    expect(live.headers.get('Location')).toBe('/admin/prompt?flash=changed');
    const shown = await page('/admin/prompt?flash=changed', cookie);
    expect(shown).toContain(`Version ${expected} is live. Every clip started from now on gets it.`);
    // The form of a page that is older than that.
    const late = await post('/admin/prompt/1/live', cookie, fields);
    expect(late.headers.get('Location')).toBe('/admin/prompt/1?flash=conflict');
    const back = { seenVersion: String(settingVersion + 1), reason: 'Back to version 1' };
    expect((await post('/admin/prompt/1/live', cookie, back)).headers.get('Location')).toContain('changed');
    expect(await prompt().live.read()).toMatchObject({ version: 1, previous: Number(expected) });
  });

  it('an invalid version is not saved and is shown again with its errors', async () => {
    const { cookie } = await seedAdmin();
    const next = await prompt().versions.next();
    const long = { text: 'x'.repeat(601), note: 'Long', expected: String(next) };
    for (const fields of [long, { ...long, text: ' ' }, { ...long, text: 'Fine', note: '' }]) {
      const answer = await post('/admin/prompt', cookie, fields);
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('aria-invalid="true"')]);
    }
    expect((await post('/admin/prompt/1/live', cookie, { seenVersion: '0', reason: '' })).headers.get('Location')).toBe(
      '/admin/prompt/1?flash=invalid',
    );
    expect(await prompt().versions.next()).toBe(next);
  });

  it('a suspended or former admin can do nothing with the system prompt', async () => {
    const [gone, suspended] = [await seedAdmin(), await seedAdmin()];
    await db.delete(admins).where(eq(admins.googleSub, gone.adminId));
    await db.update(users).set({ suspendedAt: 1 }).where(eq(users.id, suspended.adminId));
    const next = await prompt().versions.next();
    for (const { cookie } of [gone, suspended]) {
      const answers = await Promise.all([
        post('/admin/prompt', cookie, { text: 'Mine.', note: 'Mine', expected: String(next) }),
        post('/admin/prompt/1/live', cookie, { seenVersion: '0', reason: 'Mine' }),
        post('/admin/prompt/1/trials', cookie, { requestKey: crypto.randomUUID() }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    }
    expect(await prompt().versions.next()).toBe(next);
    expect(await auditEntriesOf(gone.adminId)).toEqual([]);
  });

  it('going live needs a sign-in of the last fifteen minutes', async () => {
    const { adminId, cookie } = await seedAdmin();
    await env.DB.prepare('UPDATE sessions SET authenticated_at = ?1 WHERE user_id = ?2')
      .bind(Date.now() - 16 * 60_000, adminId)
      .run();
    const answer = await post('/admin/prompt/1/live', cookie, { seenVersion: '0', reason: 'Late' });
    expect(answer.headers.get('Location')).toMatch(/^\/admin\/sign-in-again/);
    expect(await auditEntriesOf(adminId)).toEqual([]);
  });
});

describe('every model', () => {
  it('every model has room for the longest words with the longest preset', () => {
    const { find } = createProviders({ config: testConfig(), fetch });
    const models = ['runway', 'luma', 'fal', 'replicate', 'veo'].flatMap((id) => find(id)?.models ?? []);
    expect(models.length).toBeGreaterThan(5);
    expect(models.filter(({ maxPromptLength }) => maxPromptLength < mostPromptLetters)).toEqual([]);
  });
});
