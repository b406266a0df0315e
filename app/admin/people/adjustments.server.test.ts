import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { entryInWords } from '~/credits/entry-words';
import { clearSettings, seedAdmin, seedPerson, seedSession, seedSettings, testServices } from '~/testing/services';

const origin = env.APP_ORIGIN;
let person = { id: '', cookie: '' };
let ada = { adminId: '', cookie: '' };
let bob = { adminId: '', cookie: '' };
const keys = () => crypto.randomUUID();

beforeEach(async () => {
  const id = await seedPerson({ credits: 5 });
  person = { id, cookie: await seedSession(id) };
  ada = await seedAdmin();
  bob = await seedAdmin();
});

/** Credits given or taken, as the service is asked. */
function ask(credits: number, more: { by?: string; requestKey?: string; reason?: string; userId?: string } = {}) {
  const { by = ada.adminId, requestKey = keys(), reason = 'For the trouble', userId = person.id } = more;
  return testServices().admin.adjustments.ask({
    ...{ adminId: by, userId, credits, reason, requestKey, requestId: 'req_1' },
  });
}
const decide = (adjustmentId: string, isYes: boolean, by = bob.adminId) =>
  testServices().admin.adjustments.decide({ adminId: by, adjustmentId, isYes, requestId: 'req_1' });
const balance = async (userId = person.id) => (await testServices().credits.ledger.balance(userId)).balance;
const mine = () => testServices().admin.adjustments.ofPerson(person.id);
const auditLog = async () =>
  (await testServices().admin.auditLog.list({ userId: person.id, limit: 20 })).map(({ what, after }) => [what, after]);
const newestEntry = async () => (await testServices().credits.ledger.entries({ userId: person.id, limit: 1 }))[0];

/** Posts a form of the admin panel from this browser to the Worker. */
async function post(path: string, form: Record<string, string>, cookie = ada.cookie) {
  const headers = {
    Cookie: cookie,
    Origin: origin,
    Accept: 'text/html',
    Referer: `${origin}/admin/people/${person.id}`,
  };
  const init = { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' } as const;
  const response = await exports.default.fetch(new Request(origin + path, init));
  return { status: response.status, location: response.headers.get('Location') };
}
const give = (form: Record<string, string> = {}, cookie = ada.cookie) =>
  post(
    `/admin/people/${person.id}/adjustments`,
    { way: 'give', credits: '3', reason: 'For the trouble', requestKey: keys(), ...form },
    cookie,
  );

describe('credits given and taken by hand', () => {
  it('adjustments up to the limit are booked at once, with an audit entry and the reason in the credit history', async () => {
    expect(await ask(16)).toEqual({ outcome: 'done' });
    expect(await ask(-4)).toEqual({ outcome: 'done' });
    expect(await balance()).toBe(17);
    expect(await auditLog()).toEqual([
      ['adjustment-done', '−4'],
      ['adjustment-done', '+16'],
    ]);
    const entry = await newestEntry();
    expect(entry && entryInWords(entry)).toEqual({ what: 'Changed by Echoes', why: 'For the trouble' });
    const headers = { Cookie: person.cookie, Accept: 'text/html' };
    const history = await (await exports.default.fetch(new Request(`${origin}/credits`, { headers }))).text();
    expect(history).toContain('For the trouble');
  });

  it('a repeated form books an adjustment once, and a changed one is refused', async () => {
    const requestKey = keys();
    const answers = await Promise.all([ask(3, { requestKey }), ask(3, { requestKey })]);
    expect(answers).toEqual([{ outcome: 'done' }, { outcome: 'done' }]);
    expect(await ask(3, { requestKey })).toEqual({ outcome: 'done' });
    expect(await ask(4, { requestKey })).toEqual({ outcome: 'used-before' });
    expect(await balance()).toBe(8);
    expect(await auditLog()).toEqual([['adjustment-done', '+3']]);
  });

  it('adjustments above the limit wait for the consent of a second admin', async () => {
    expect(await ask(21)).toEqual({ outcome: 'waiting' });
    expect(await balance()).toBe(5);
    const [{ id } = { id: '' }] = await mine();
    expect((await testServices().admin.adjustments.waiting()).map((one) => one.id)).toContain(id);
    expect(await decide(id, true, ada.adminId)).toMatchObject({ outcome: 'needs-another-admin' });
    expect(await balance()).toBe(5);
    expect(await decide(id, true)).toMatchObject({ outcome: 'done' });
    expect(await balance()).toBe(26);
    expect(await auditLog()).toEqual([
      ['adjustment-done', '+21'],
      ['adjustment-asked', '+21'],
    ]);
    expect((await testServices().admin.adjustments.waiting()).map((one) => one.id)).not.toContain(id);
  });

  it('of a concurrent consent and refusal one counts, with its audit entry alone', async () => {
    const third = await seedAdmin();
    for (const [one, two] of [
      [true, true],
      [true, false],
    ] as const) {
      const before = await balance();
      await ask(30);
      const [{ id } = { id: '' }] = await mine();
      const answers = await Promise.all([decide(id, one), decide(id, two, third.adminId)]);
      const outcomes = answers.map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'decided-before')).toHaveLength(1);
      const isDone = outcomes.includes('done');
      expect(await balance()).toBe(before + (isDone ? 30 : 0));
      const { results } = await env.DB.prepare('SELECT what FROM admin_acts WHERE subject = ?1 ORDER BY id')
        .bind(id)
        .all();
      expect(results.map(({ what }) => what)).toEqual([
        'adjustment-asked',
        isDone ? 'adjustment-done' : 'adjustment-declined',
      ]);
      expect(await decide(id, true)).toMatchObject({ outcome: expect.stringMatching(/^(done|decided-before)$/) });
      expect(await balance()).toBe(before + (isDone ? 30 : 0));
    }
  });

  it('an adjustment below zero is refused with the balance, when asked for and when decided', async () => {
    expect(await ask(-6)).toEqual({ outcome: 'overdraft', balance: 5 });
    expect(await ask(-60)).toEqual({ outcome: 'overdraft', balance: 5 });
    await ask(40);
    const [first = { id: '' }] = await mine();
    await decide(first.id, true);
    expect(await ask(-40)).toEqual({ outcome: 'waiting' });
    const [{ id } = { id: '' }] = await mine();
    await ask(-20);
    expect(await decide(id, true)).toMatchObject({ outcome: 'overdraft', balance: 25 });
    expect(await balance()).toBe(25);
    expect((await mine()).find((one) => one.id === id)?.state).toBe('waiting');
    expect(await decide(id, false, ada.adminId)).toMatchObject({ outcome: 'declined' });
  });

  it('two adjustments at once never overdraw the balance', async () => {
    const answers = await Promise.all([ask(-4), ask(-4, { by: bob.adminId })]);
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['done', 'overdraft']);
    expect(await balance()).toBe(1);
  });

  it('a former admin cannot adjust, and a deleted account cannot be adjusted', async () => {
    await env.DB.prepare('DELETE FROM admins WHERE google_sub = ?1').bind(ada.adminId).run();
    expect(await ask(3)).toEqual({ outcome: 'not-an-admin' });
    expect(await ask(3, { by: bob.adminId, userId: 'usr_00000000000000000000000XYZ' })).toEqual({
      outcome: 'not-found',
    });
    const gone = await seedPerson({ credits: 1 });
    await testServices().auth.deleteAccount(gone);
    expect(await ask(3, { by: bob.adminId, userId: gone })).toEqual({ outcome: 'not-found' });
    expect(await balance()).toBe(5);
    expect(await auditLog()).toEqual([]);
  });

  it('a limit that was lowered meanwhile makes an adjustment wait', async () => {
    const { settings, admin } = testServices();
    expect((await settings.read()).secondAdminAbove).toBe(20);
    await seedSettings({ secondAdminAbove: 2 });
    const asked = { adminId: ada.adminId, userId: person.id, credits: 3, reason: 'For the trouble' };
    // The same services, which have read the settings already.
    const answer = await admin.adjustments.ask({ ...asked, requestKey: keys(), requestId: 'req_1' });
    await clearSettings();
    expect(answer).toEqual({ outcome: 'waiting' });
    expect(await balance()).toBe(5);
    expect(await auditLog()).toEqual([['adjustment-asked', '+3']]);
  });
});

describe('the forms of the admin panel', () => {
  it('an adjustment’s form leads back to the person with its outcome', async () => {
    expect(await give()).toEqual({ status: 302, location: `/admin/people/${person.id}?flash=adjustment-done` });
    expect((await give({ way: 'take', credits: '9' })).location).toContain('flash=adjustment-overdraft');
    expect((await give({ credits: '25' })).location).toContain('flash=adjustment-waiting');
    expect(await balance()).toBe(8);
    const [{ id } = { id: '' }] = await mine();
    const yes = { answer: 'yes', from: 'money' };
    expect((await post(`/admin/adjustments/${id}/decision`, yes)).location).toBe(
      '/admin/money?flash=adjustment-needs-another-admin',
    );
    expect((await post(`/admin/adjustments/${id}/decision`, yes, bob.cookie)).location).toBe(
      '/admin/money?flash=adjustment-done',
    );
    expect(await balance()).toBe(33);
  });

  it.each([
    ['no credits', { credits: '' }],
    ['none', { credits: '0' }],
    ['a part of one', { credits: '1.5' }],
    ['fewer than none', { credits: '-3' }],
    ['too many', { credits: '10001' }],
    ['no reason', { reason: '  ' }],
    ['a reason that is too long', { reason: 'x'.repeat(501) }],
    ['another way', { way: 'double' }],
    ['no key', { requestKey: '' }],
  ])('an adjustment with %s is refused, and nothing moves', async (_what, form) => {
    expect((await give(form)).location).toContain('flash=adjustment-invalid');
    expect(await mine()).toEqual([]);
  });

  it('an adjustment’s form moves nothing without a fresh sign-in of an admin', async () => {
    await env.DB.prepare('UPDATE sessions SET authenticated_at = ?2 WHERE user_id = ?1')
      .bind(ada.adminId, Date.now() - 16 * 60_000)
      .run();
    const stale = await give();
    expect(stale.location).toBe(`/admin/sign-in-again?returnTo=%2Fadmin%2Fpeople%2F${person.id}`);
    await env.DB.prepare('DELETE FROM admins WHERE google_sub = ?1').bind(bob.adminId).run();
    expect((await give({}, bob.cookie)).status).toBe(404);
    expect((await give({}, person.cookie)).status).toBe(404);
    expect((await give({}, '')).status).toBe(404);
    expect(await mine()).toEqual([]);
    expect(await balance()).toBe(5);
  });

  it('an adjustment’s form answers 404 for an unknown id', async () => {
    const none = '00000000000000000000000XYZ';
    const yes = { answer: 'yes', from: 'money' };
    expect((await post(`/admin/adjustments/adj_${none}/decision`, yes)).status).toBe(404);
    expect((await post('/admin/adjustments/anything/decision', yes)).status).toBe(404);
    const form = { way: 'give', credits: '3', reason: 'For the trouble', requestKey: keys() };
    for (const id of [`usr_${none}`, `prj_${none}`, 'anything'])
      expect((await post(`/admin/people/${id}/adjustments`, form)).status).toBe(404);
  });

  it('an adjustment updates the balance on the person’s open page', async () => {
    const headers = { Upgrade: 'websocket', Origin: origin, Cookie: person.cookie };
    const { webSocket } = await exports.default.fetch(new Request(`${origin}/live`, { headers }));
    if (!webSocket) throw new Error('no socket');
    const firstMessage = new Promise<string>((resolve) =>
      webSocket.addEventListener('message', ({ data }) => resolve(String(data))),
    );
    webSocket.accept();
    await give();
    expect(JSON.parse(await firstMessage)).toEqual([{ type: 'balance', balance: 8, version: 2 }]);
  });
});
