// What is limited per person stays limited after they deleted their account and signed in again: through the doors.
import { env, exports } from 'cloudflare:workers';
import { ulid } from 'ulid';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedProject, seedSettings, testServices } from '~/testing/services';
import { createVisitors, type Visitor } from '~/testing/visitors';

let visitors: Awaited<ReturnType<typeof createVisitors>>;
let sub = '';
let serial = 0;
beforeAll(async () => {
  visitors = await createVisitors();
});
beforeEach(() => {
  serial += 1;
  sub = `visitor-${serial}`;
});

const base64 = (text: string) => btoa(text);

/** Announces an upload at its door: `created`, or the reason of the refusal. */
async function announce({ cookie }: Visitor, projectId: string, bytes: number): Promise<string> {
  const metadata = { projectId, requestKey: crypto.randomUUID(), fileName: 'a.jpg' };
  const headers = {
    Cookie: cookie,
    Origin: env.APP_ORIGIN,
    'Sec-Fetch-Site': 'same-origin',
    'Tus-Resumable': '1.0.0',
    'Upload-Length': `${bytes}`,
    'Upload-Metadata': Object.entries(metadata)
      .map(([name, value]) => `${name} ${base64(value)}`)
      .join(','),
  };
  const response = await exports.default.fetch(new Request(`${env.APP_ORIGIN}/uploads`, { method: 'POST', headers }));
  if (response.status === 201) return 'created';
  return ((await response.json()) as { error: { reason: string } }).error.reason;
}

async function projectOf({ userId }: Visitor): Promise<string> {
  const made = await testServices().projects.create({ userId, title: 'Summer' });
  if (made.outcome !== 'created') throw new Error(made.outcome);
  return made.project.id;
}

/** A clip of this person with a photo of so many bytes; with `videoBytes`, a ready generation too. */
async function store({ userId }: Visitor, { photoBytes, videoBytes = 0 }: { photoBytes: number; videoBytes?: number }) {
  const { projectId, clipIds } = await seedProject({ userId, photo: { sizeBytes: photoBytes } });
  const run = (sql: string, ...values: (string | number)[]) =>
    env.DB.prepare(sql)
      .bind(...values)
      .run();
  if (videoBytes === 0) return { projectId, clipId: clipIds[0] as string };
  const { ledger } = testServices().credits;
  const key = `adjustment:${crypto.randomUUID()}`;
  await ledger.grant({ key, userId, credits: 1, kind: 'adjustment', reference: 'test' });
  const id = `gen_${ulid()}`;
  await run(
    `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state_at, deadline_at, provider, model, preset_id, words,
       prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at)
     VALUES (?1, ?2, ?3, ?1, 1, 5, 9, 'runway', 'gen4_turbo', 'gentle', '', '', '9:16', 5, 0.5, 0.5, 1, 5)`,
    id,
    userId,
    clipIds[0] as string,
  );
  for (const state of ['submitting', 'generating', 'copying'])
    await run('UPDATE generations SET state = ?2 WHERE id = ?1', id, state);
  await run("UPDATE generations SET state = 'ready', media_key = id, media_bytes = ?2 WHERE id = ?1", id, videoBytes);
  return { projectId, clipId: clipIds[0] as string };
}

describe('a person who deletes their account and comes back', () => {
  it('a new account of the same person has the bytes of today’s uploads', async () => {
    const first = await visitors.signIn(sub);
    const films = [await projectOf(first)];
    for (let photo = 0; photo < 41; photo += 1)
      expect(await announce(first, films[0] ?? '', 24_000_000)).toBe('created');
    expect(await announce(first, films[0] ?? '', 24_000_000)).toBe('day-full');
    const again = await visitors.comeBack(sub, first);
    expect(again.userId).not.toBe(first.userId);
    expect(await announce(again, await projectOf(again), 24_000_000)).toBe('day-full');
    const other = await visitors.signIn(`${sub}-other`);
    expect(await announce(other, await projectOf(other), 24_000_000)).toBe('created');
  });

  it('a new account of the same person has the projects begun today', async () => {
    const first = await visitors.signIn(sub);
    const make = ({ userId }: Visitor) => testServices().projects.create({ userId, title: 'Summer' });
    for (let film = 0; film < 200; film += 1) await make(first);
    expect((await make(first)).outcome).toBe('too-many');
    expect((await make(await visitors.comeBack(sub, first))).outcome).toBe('too-many');
  });

  it('a new account of the same person has today’s refusals', async () => {
    await seedSettings({ mostRefusalsPerDay: 2, signupCredits: 5 });
    const first = await visitors.signIn(sub);
    const start = async ({ userId }: Visitor, clipId: string) =>
      testServices().generations.start({
        userId,
        clipId,
        requestKey: crypto.randomUUID(),
        presetId: 'gentle',
        words: '',
      });
    const { clipIds } = await seedProject({ userId: first.userId, clipCount: 3 });
    for (const clipId of clipIds.slice(0, 2)) {
      const started = await start(first, clipId);
      if (started.outcome !== 'started') throw new Error(started.outcome);
      await env.DB.prepare(
        "UPDATE generations SET state = 'failed', failure_reason = 'moderated', state_at = ?2 WHERE id = ?1",
      )
        .bind(started.generationId, Date.now())
        .run();
    }
    expect((await start(first, clipIds[2] ?? '')).outcome).toBe('too-many-refused');
    const again = await visitors.comeBack(sub, first);
    const { clipIds: later } = await seedProject({ userId: again.userId });
    const key = `adjustment:${again.userId}`;
    const grant = { key, userId: again.userId, credits: 3, kind: 'adjustment' as const, reference: 'test' };
    await testServices().credits.ledger.grant(grant);
    expect((await start(again, later[0] ?? '')).outcome).toBe('too-many-refused');
    await seedSettings({ mostRefusalsPerDay: 3, signupCredits: 1 });
  });

  it('accounts of one person share the storage of one', async () => {
    await seedSettings({ storageMegabytes: 100 });
    const first = await visitors.signIn(sub);
    await store(first, { photoBytes: 60_000_000, videoBytes: 30_000_000 });
    const film = await projectOf(first);
    expect(await announce(first, film, 10_000_001)).toBe('storage-full');
    expect(await announce(first, film, 9_000_000)).toBe('created');
    expect(await announce(first, film, 1_000_001)).toBe('storage-full');
    const again = await visitors.comeBack(sub, first);
    expect(await announce(again, await projectOf(again), 1_000_001)).toBe('storage-full');
    await seedSettings({ storageMegabytes: 2000 });
  });

  it('the account page tells the room, and erasing what was deleted frees it', async () => {
    await seedSettings({ storageMegabytes: 100 });
    const person = await visitors.signIn(sub);
    const { projectId } = await store(person, { photoBytes: 60_000_000, videoBytes: 40_000_000 });
    const film = await projectOf(person);
    const page = async () => {
      const request = new Request(`${env.APP_ORIGIN}/account`, { headers: { Cookie: person.cookie } });
      return (await exports.default.fetch(request)).text();
    };
    expect(await page()).toContain('100 MB of 100 MB used.');
    expect(await announce(person, film, 1_000)).toBe('storage-full');
    const erase = async () => (await visitors.post('/account/erasure', person.cookie)).headers.get('Location');
    expect(await erase()).toBe('/account?flash=nothing-to-erase');
    await testServices().projects.setDeleted({ userId: person.userId, projectId, deleted: true });
    expect(await announce(person, film, 1_000)).toBe('storage-full');
    for (const _press of [1, 2]) expect(await erase()).toBe('/account?flash=erasing');
    const isBack = await testServices().projects.setDeleted({ userId: person.userId, projectId, deleted: false });
    expect(isBack).toBe(false);
    await testServices().media.erasure.run(Date.now());
    expect(await erase()).toBe('/account?flash=nothing-to-erase');
    expect(await page()).toContain('0 MB of 100 MB used.');
    expect(await announce(person, film, 1_000)).toBe('created');
    await seedSettings({ storageMegabytes: 2000 });
  });
});
