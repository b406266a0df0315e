// What one person may try who is an admin and would like to be two: through the doors of the built product.
import { env, exports } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { guardedKeys } from '~/settings/guarded';
import { defaults } from '~/settings/settings';
import { createIssuer } from '~/testing/issuer';
import { clearSettings, seedPerson, testServices } from '~/testing/services';

const origin = env.APP_ORIGIN;
let issuer: Awaited<ReturnType<typeof createIssuer>>;
let serial = 0;
let person = '';

beforeAll(async () => {
  issuer = await createIssuer();
});
beforeEach(async () => {
  serial += 1;
  await clearSettings();
  person = await seedPerson({ credits: 5 });
});

/** Signs in with this Google account in a new browser; gives the person and their cookie. */
async function signIn(sub: string) {
  const account = { sub, email: `${sub}@example.com`, email_verified: true, name: sub };
  const body = new URLSearchParams({ returnTo: '/projects' });
  const post = new Request(`${origin}/auth/google`, { method: 'POST', body });
  const fetch = issuer.fetchFor({ redirect: new URL(origin), account });
  const begun = await testServices({ fetch }).auth.signIn({ request: post, requestId: 'req' });
  const redirect = new URL(begun.headers.get('Location') ?? '');
  const params = new URLSearchParams({ code: 'good', state: redirect.searchParams.get('state') ?? '' });
  const headers = { Cookie: begun.headers.get('Set-Cookie')?.split(';')[0] ?? '' };
  const request = new Request(`${origin}/auth/google/callback?${params}`, { headers });
  const back = testServices({ fetch: issuer.fetchFor({ redirect, account }) });
  const response = await back.auth.signIn({ request, requestId: 'req' });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const user = await testServices().auth.findUser(new Request(origin, { headers: { Cookie: cookie } }));
  return { id: user?.id ?? '', sub, cookie, isAdmin: user?.isAdmin };
}
type Browser = Awaited<ReturnType<typeof signIn>>;

/** What `npm run admin -- grant` writes. */
const grant = ({ sub }: { sub: string }) =>
  env.DB.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(sub).run();
async function appoint(name: string): Promise<Browser> {
  const browser = await signIn(`${name}-${serial}`);
  await grant(browser);
  return browser;
}

/** Posts a form from this browser, without scripts. */
async function post(path: string, form: Record<string, string> | string[][], { cookie }: Browser) {
  const headers = { Cookie: cookie, Origin: origin, Accept: 'text/html', Referer: `${origin}/admin/settings` };
  const init = { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' } as const;
  const response = await exports.default.fetch(new Request(origin + path, init));
  return { status: response.status, location: response.headers.get('Location'), text: await response.text() };
}
/** Deletes the account for good, at its doors. */
async function leave(browser: Browser): Promise<void> {
  expect((await post('/account/deletion', {}, browser)).location).toContain('flash=account-leaving');
  const again = await signIn(browser.sub);
  expect((await post('/account/deletion/completion', {}, again)).location).toContain('flash=account-deleted');
}
const give = (credits: number, to: string, by: Browser) =>
  post(
    `/admin/people/${to}/adjustments`,
    { way: 'give', credits: String(credits), reason: 'For the trouble', requestKey: crypto.randomUUID() },
    by,
  );
const say = (answer: 'yes' | 'no', adjustmentId: string, by: Browser) =>
  post(`/admin/adjustments/${adjustmentId}/decision`, { answer, from: 'money' }, by);
/** A value with several fields has spaces between them. */
const set = (key: string, value: string, by: Browser, version = '0') => {
  const values = value.split(' ').map((one) => ['value', one]);
  return post('/admin/settings', [['key', key], ['version', version], ...values], by);
};
const balance = async (userId: string) => (await testServices().credits.ledger.balance(userId)).balance;
const waitingFor = async (userId: string) => (await testServices().admin.adjustments.ofPerson(userId))[0]?.id ?? '';
const held = async (key: keyof typeof defaults) => (await testServices().settings.read())[key];

describe('one person as two admins', () => {
  it('an admin who deletes the account loses the role, and is no second admin after being appointed anew', async () => {
    const first = await appoint('ada');
    expect((await give(500, person, first)).location).toContain('flash=adjustment-waiting');
    const adjustmentId = await waitingFor(person);
    await leave(first);
    const again = await signIn(first.sub);
    expect(again).toMatchObject({ isAdmin: false });
    expect(again.id).not.toBe(first.id);
    expect((await say('yes', adjustmentId, again)).status).toBe(404);
    const [entry] = await testServices().admin.auditLog.list({ userId: first.id, limit: 1 });
    expect(entry).toMatchObject({ what: 'admin-revoked', reason: 'The account was deleted' });

    await grant(again);
    expect((await say('yes', adjustmentId, again)).location).toContain('flash=adjustment-needs-another-admin');
    expect(await balance(person)).toBe(5);
    const second = await appoint('bob');
    expect((await say('yes', adjustmentId, second)).location).toContain('flash=adjustment-done');
    expect(await balance(person)).toBe(505);
  });

  it('an admin cannot raise the limit, help themselves and put the limit back', async () => {
    const ada = await appoint('ada');
    const before = await balance(ada.id);
    await set('secondAdminAbove', '10000', ada);
    await give(9000, ada.id, ada);
    await set('secondAdminAbove', '', ada, '1');
    expect(await balance(ada.id)).toBe(before);
    expect(await held('secondAdminAbove')).toBe(defaults.secondAdminAbove);
  });

  it('an adjustment to oneself needs another admin, however small', async () => {
    const ada = await appoint('ada');
    const before = await balance(ada.id);
    expect((await give(1, ada.id, ada)).location).toContain('flash=adjustment-waiting');
    expect((await say('yes', await waitingFor(ada.id), ada)).location).toContain(
      'flash=adjustment-needs-another-admin',
    );
    expect(await balance(ada.id)).toBe(before);
    expect((await say('yes', await waitingFor(ada.id), await appoint('bob'))).location).toContain('adjustment-done');
    expect(await balance(ada.id)).toBe(before + 1);
  });

  it('several small adjustments cannot pass the limit of one admin, not even across two accounts of theirs', async () => {
    const ada = await appoint('ada');
    const outcomes: string[] = [];
    for (let turn = 0; turn < 5; turn += 1)
      outcomes.push((await give(8, person, ada)).location?.split('flash=')[1] ?? '');
    expect(outcomes).toEqual(['adjustment-done', 'adjustment-done', ...Array(3).fill('adjustment-waiting')]);
    await leave(ada);
    const again = await signIn(ada.sub);
    await grant(again);
    expect((await give(8, person, again)).location).toContain('flash=adjustment-waiting');
    expect(await balance(person)).toBe(5 + 16);
  });

  it('adjustments at the same moment cannot pass the limit of one admin together', async () => {
    const ada = await appoint('ada');
    await Promise.all(Array.from({ length: 6 }, () => give(8, person, ada)));
    expect(await balance(person)).toBe(5 + 16);
    expect(await auditLedger(env.DB)).toEqual([]);
  });
});

describe('a setting that guards money', () => {
  const page = async ({ cookie }: Browser) => {
    const headers = { Cookie: cookie, Accept: 'text/html' };
    const text = await (await exports.default.fetch(new Request(`${origin}/admin/settings`, { headers }))).text();
    return text.replaceAll('<!-- -->', '').split('window.__remixContext')[0] ?? '';
  };
  const answer = (text: string, to: 'yes' | 'no', by: Browser) =>
    post(/\/admin\/settings\/changes\/chg_\w+\/decision/.exec(text)?.[0] ?? '/none', { answer: to }, by);

  it.each(guardedKeys)('a guarded setting is asked for by one admin, and stays as it is: %s', async (key) => {
    const ada = await appoint('ada');
    const value =
      {
        ...{ freeSecondTry: 'off', packsOnSale: 'album', referralRewardFor: 'film', storageMegabytes: '500' },
        budgetAtProvider: '9 9 9 9 9',
      }[key as string] ?? '9';
    const before = await held(key);
    expect((await set(key, value, ada)).location).toBe('/admin/settings?flash=setting-waiting');
    expect(await held(key)).toEqual(before);
    expect(await testServices().admin.auditLog.list({ subject: key, limit: 1 })).toMatchObject([
      { what: 'setting-asked', admin: { id: ada.id } },
    ]);
    // The same form sent again asks once; another value has to wait its turn.
    expect((await set(key, value, ada)).location).toBe('/admin/settings?flash=setting-waiting');
    expect(await testServices().admin.settings.guarded.waiting()).toHaveLength(1);
  });

  it('a guarded setting changes with the yes of a second admin, and the page says who asked', async () => {
    const [ada, bob] = [await appoint('ada'), await appoint('bob')];
    await set('shareViewers', '5', ada);
    const text = await page(bob);
    expect(text).toContain('Waiting for another admin');
    expect(text).toContain(`Asked for by ${ada.sub}`);
    expect((await answer(text, 'yes', ada)).location).toContain('flash=setting-needs-another-admin');
    expect(await held('shareViewers')).toBe(defaults.shareViewers);
    expect((await answer(text, 'yes', bob)).location).toBe('/admin/settings?flash=setting-done');
    expect(await held('shareViewers')).toBe(5);
    expect((await answer(text, 'yes', bob)).location).toContain('flash=setting-');
    expect((await answer(text, 'no', ada)).location).toContain('flash=setting-decided-before');
    expect(await held('shareViewers')).toBe(5);
    expect(await testServices().admin.auditLog.list({ subject: 'shareViewers', limit: 2 })).toMatchObject([
      { what: 'setting-changed', admin: { id: bob.id }, before: '3', after: '5' },
      { what: 'setting-asked', admin: { id: ada.id } },
    ]);
  });

  it('a change is taken back by the admin who asked, and only one change of it waits', async () => {
    const [ada, bob] = [await appoint('ada'), await appoint('bob')];
    await set('shareCredits', '2', ada);
    const refused = await set('shareCredits', '3', bob);
    expect([refused.status, refused.text.includes('A change to 2 waits already')]).toEqual([409, true]);
    const text = await page(ada);
    expect(text).toContain('Take it back');
    expect((await answer(text, 'no', ada)).location).toBe('/admin/settings?flash=setting-declined');
    expect((await set('shareCredits', '3', bob)).location).toContain('flash=setting-waiting');
    expect(await held('shareCredits')).toBe(defaults.shareCredits);
  });

  it('a guarded setting is not changed by the requester’s own later account', async () => {
    const ada = await appoint('ada');
    await set('signupCredits', '50', ada);
    await leave(ada);
    const again = await signIn(ada.sub);
    await grant(again);
    expect((await answer(await page(again), 'yes', again)).location).toContain('flash=setting-needs-another-admin');
    expect(await held('signupCredits')).toBe(defaults.signupCredits);
  });

  it('an answer needs a recent sign-in, and an unknown change answers 404', async () => {
    const ada = await appoint('ada');
    expect((await post(`/admin/settings/changes/chg_${'0'.repeat(26)}/decision`, { answer: 'yes' }, ada)).status).toBe(
      404,
    );
    await set('referralCap', '99', ada);
    const text = await page(ada);
    await env.DB.prepare('UPDATE sessions SET authenticated_at = ?2 WHERE user_id = ?1').bind(ada.id, 1).run();
    expect((await answer(text, 'no', ada)).location).toContain('/admin/sign-in-again');
    const stranger = await signIn(`nobody-${serial}`);
    expect((await answer(text, 'yes', stranger)).status).toBe(404);
  });

  it('the settings page says what a house with one admin does', async () => {
    await env.DB.prepare('DELETE FROM admins').run();
    const ada = await appoint('ada');
    expect(await page(ada)).toContain('You are the only admin');
    const bob = await appoint('bob');
    expect(await page(bob)).not.toContain('You are the only admin');
  });
});
