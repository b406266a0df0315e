import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { seedAdmin, seedPerson, seedProject, seedSession, testServices } from '~/testing/services';
import { accessMilliseconds } from './media-access';

const origin = env.APP_ORIGIN;
const mediaLink = /\/media\/u\/[^"\\\s]+/g;
let serial = 0;
let admin = { adminId: '', cookie: '' };
const owner = { id: '', cookie: '', projectId: '', clipId: '', generationId: '' };

beforeEach(async () => {
  admin = await seedAdmin();
  owner.id = await seedPerson({ credits: 5 });
  owner.cookie = await seedSession(owner.id);
  const { projectId, clipIds } = await seedProject({ userId: owner.id });
  Object.assign(owner, { projectId, clipId: clipIds[0] });
  owner.generationId = await seedReady(owner.id, owner.clipId);
  const photoKey = await env.DB.prepare('SELECT media_key FROM photos WHERE user_id = ?1')
    .bind(owner.id)
    .first<string>('media_key');
  await env.MEDIA.put(photoKey ?? '', 'the photo itself');
});

/** A try of this clip with its video, without its queue. */
async function seedReady(userId: string, clipId: string): Promise<string> {
  const id = `gen_${`${++serial}`.padStart(26, '0')}`;
  const run = (sql: string, ...values: string[]) =>
    env.DB.prepare(sql)
      .bind(...values)
      .run();
  await run(
    `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state, state_at, deadline_at, provider, model, preset_id, words,
       prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at)
     VALUES (?1, ?2, ?3, ?1, 1, 'queued', 1, 2, 'runway', 'm', 'gentle', '', 'x', '9:16', 5, 0.5, 0.5, 1, 1)`,
    ...[id, userId, clipId],
  );
  await run("UPDATE generations SET state = 'submitting', submit_nonce = ?1, submits = 1 WHERE id = ?1", id);
  await run("UPDATE generations SET state = 'generating', provider_task_id = ?1 WHERE id = ?1", id);
  await run("UPDATE generations SET state = 'copying' WHERE id = ?1", id);
  const key = `u/${userId}/g/${id}.mp4`;
  await run("UPDATE generations SET state = 'ready', media_key = ?2, media_bytes = 14 WHERE id = ?1", id, key);
  await env.MEDIA.put(key, 'the film itself');
  return id;
}

function ask(path: string, cookie = admin.cookie, form?: Record<string, string>) {
  const headers = { Cookie: cookie, Origin: origin, Accept: 'text/html' };
  const init = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
  return exports.default.fetch(new Request(origin + path, { ...init, headers, redirect: 'manual' }));
}
const path = () => `/admin/media-access/${owner.clipId}`;
const open = (subject: string, reason = 'They wrote that it is upside down', cookie = admin.cookie) =>
  ask(path(), cookie, { subject, reason });
async function linksOn(page: string, cookie = admin.cookie): Promise<string[]> {
  const text = (await (await ask(page, cookie)).text()).replaceAll('&amp;', '&').replaceAll('\\u0026', '&');
  return [...new Set([...text.matchAll(mediaLink)].map(([link]) => link))];
}
const auditEntriesAbout = async () =>
  (await testServices().admin.auditLog.list({ userId: owner.id, limit: 9 })).map(({ what, subject }) => [
    what,
    subject,
  ]);
async function privacyLog() {
  const answer = await ask(`/clips/${owner.clipId}/privacy`, owner.cookie);
  return (await answer.json()) as { mediaAccess: unknown[] };
}

describe('a photo or a clip', () => {
  it('no admin page shows a photo or a clip before an admin gives a reason', async () => {
    const pages = ['/admin/people', `/admin/people/${owner.id}`, path(), '/admin/money', '/admin/audit-log'];
    for (const page of pages.flatMap((room) => [room, `${room}.data`])) {
      const answer = await ask(page);
      const text = await answer.text();
      expect([page, answer.status]).toEqual([page, 200]);
      expect([page, /\/media\/|\bsig=|u\/usr_/.test(text)]).toEqual([page, false]);
    }
    expect((await open(owner.clipId, '  ')).headers.get('Location')).toBe(`${path()}?flash=reason-missing`);
    expect(await linksOn(path())).toEqual([]);
    expect(await auditEntriesAbout()).toEqual([]);
  });

  it('after the audit entry a photo is shown to this admin alone, by a link that ends in minutes', async () => {
    expect((await open(owner.clipId)).headers.get('Location')).toBe(path());
    expect(await auditEntriesAbout()).toEqual([['photo-opened', owner.clipId]]);
    const [link = '', ...more] = await linksOn(path());
    expect(more).toEqual([]);
    const shown = await ask(link);
    expect([shown.status, await shown.text()]).toEqual([200, 'the photo itself']);
    expect(shown.headers.get('Cache-Control')).toBe('private, no-store');
    await open(owner.generationId);
    const films = (await linksOn(path())).filter((one) => one.includes('/g/'));
    expect(await (await ask(films[0] ?? '')).text()).toBe('the film itself');
    expect(await auditEntriesAbout()).toEqual([
      ['clip-opened', owner.generationId],
      ['photo-opened', owner.clipId],
    ]);
    // Another admin has said nothing: the page shows them nothing, and the link gives them nothing.
    const second = await seedAdmin();
    expect(await linksOn(path(), second.cookie)).toEqual([]);
    for (const cookie of [second.cookie, owner.cookie, '']) expect((await ask(link, cookie)).status).toBe(404);
  });

  it('media access ends on the page and for its link after five minutes', async () => {
    const late = testServices({ clock: () => Date.now() - accessMilliseconds - 1000 });
    const asked = { adminId: admin.adminId, clipId: owner.clipId, subject: owner.clipId };
    await late.admin.mediaAccess.open({ ...asked, reason: 'A while ago', requestId: 'req_1' });
    expect((await late.admin.mediaAccess.view(asked))?.open).toHaveLength(1);
    const url = (await late.admin.mediaAccess.view(asked))?.open[0]?.url ?? '';
    expect(await linksOn(path())).toEqual([]);
    expect((await ask(url)).status).toBe(404);
  });

  it('a changed link, a link for another purpose and a former admin’s link give nothing', async () => {
    await open(owner.clipId);
    const [link = ''] = await linksOn(path());
    const { links } = testServices().media;
    for (let at = '/media/'.length; at < link.length; at++) {
      const changed = link.slice(0, at) + (link[at] === 'x' ? 'y' : 'x') + link.slice(at + 1);
      expect(links.check(new URL(changed, origin)), changed).toBeNull();
    }
    for (const purpose of ['owner', 'share', 'provider'])
      expect((await ask(link.replace('as=admin', `as=${purpose}`))).status).toBe(404);
    const key = link.slice('/media/'.length).split('?')[0] ?? '';
    expect((await ask(links.ownerPath({ key, userId: owner.id }))).status).toBe(404);
    // A person who is no admin, with a link signed for them.
    const until = Date.now() + accessMilliseconds;
    expect((await ask(links.adminPath({ key, userId: owner.id, until }), owner.cookie)).status).toBe(404);
    expect((await ask(link)).status).toBe(200);
    await env.DB.prepare('DELETE FROM admins WHERE google_sub = ?1').bind(admin.adminId).run();
    expect((await ask(link)).status).toBe(404);
  });

  it('the person reads of media access on the account page and in the photo privacy log', async () => {
    expect(await (await ask('/account', owner.cookie)).text()).toContain('Nobody at Echoes has opened');
    expect(await privacyLog()).toMatchObject({ openings: [] });
    await open(owner.clipId);
    await open(owner.generationId, 'To see the flicker');
    const account = await (await ask('/account', owner.cookie)).text();
    for (const told of ['What we looked at', 'They wrote that it is upside down', 'To see the flicker'])
      expect(account).toContain(told);
    expect(account).not.toContain(admin.adminId);
    expect(await privacyLog()).toMatchObject({
      openings: [
        { what: 'clip', reason: 'To see the flicker' },
        { what: 'photo', reason: 'They wrote that it is upside down' },
      ],
    });
    const stranger = await seedSession(await seedPerson());
    expect(await (await ask('/account', stranger)).text()).toContain('Nobody at Echoes has opened');
  });

  it('media of another clip or of a deleted one is not opened and leaves no audit entry', async () => {
    const other = await seedPerson({ credits: 5 });
    const { clipIds } = await seedProject({ userId: other });
    const theirs = await seedReady(other, clipIds[0] as string);
    for (const subject of [theirs, clipIds[0] as string, owner.id, '', 'gen_1'])
      expect([subject, (await open(subject)).status]).toEqual([subject, 404]);
    expect((await open(owner.clipId, 'I am curious', owner.cookie)).status).toBe(404);
    await env.DB.prepare('UPDATE clips SET deleted_at = 1 WHERE id = ?1').bind(owner.clipId).run();
    expect((await open(owner.clipId)).status).toBe(404);
    expect((await ask(path())).status).toBe(404);
    await testServices().auth.deleteAccount(other);
    expect((await ask(`/admin/media-access/${clipIds[0]}`)).status).toBe(404);
    expect(await auditEntriesAbout()).toEqual([]);
  });
});
