// Secrets are replaced one by one, the new one beside the old (docs/operating.md): nothing that people hold ends by it.
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Config } from '~/config.server';
import { createIds } from '~/db/ids';
import { createCallbacks } from '~/providers/callbacks.server';
import { createServices } from '~/services.server';
import { createIssuer } from '~/testing/issuer';
import { seedPerson, seedProject, seedSession, testConfig } from '~/testing/services';

const config = testConfig();
const origin = config.APP_ORIGIN;
const young = 'a-new-secret-0123456789';
const under = (changed: Partial<typeof config>) =>
  createServices({ env, config: { ...config, ...changed }, fetch: () => Promise.reject(new Error('no network')) });
const phases = { before: {}, during: {}, after: {} } as Record<'before' | 'during' | 'after', Partial<typeof config>>;
for (const name of ['SESSION_SECRET', 'MEDIA_SIGNING_SECRET'] as const) {
  phases.during = { ...phases.during, [name]: [young, ...config[name]] };
  phases.after = { ...phases.after, [name]: [young] };
}

const callbacksUnder = ({ MEDIA_SIGNING_SECRET: secrets = config.MEDIA_SIGNING_SECRET }: Partial<Config>) =>
  createCallbacks({ secrets, appOrigin: origin });

describe('a secret that is being replaced', () => {
  it('while a secret is replaced, links to media, shares and webhooks stay valid, and new ones are signed with the new secret', async () => {
    const userId = await seedPerson();
    const { projectId } = await seedProject({ userId });
    const link = { key: `u/${userId}/p/pho_1.jpg`, userId };
    const request = new Request(origin);
    const made = under(phases.before);
    const shared = await made.projects.shares.create({ userId, projectId, request });
    const token = new URL(shared.outcome === 'shared' ? shared.share.url : origin).pathname.slice('/s/'.length);
    const generationId = createIds({ clock: Date.now })('gen');
    const callback =
      callbacksUnder(phases.before).addressOf({ provider: 'luma', generationId }).split('/').at(-1) ?? '';
    const mediaUrl = new URL(made.media.links.ownerPath(link), origin);
    for (const [phase, isValid] of [
      ['during', true],
      ['after', false],
    ] as const) {
      const services = under(phases[phase]);
      expect(services.media.links.check(mediaUrl) !== null).toBe(isValid);
      expect((await services.projects.shares.open(token)) !== null).toBe(isValid);
      expect(callbacksUnder(phases[phase]).check({ provider: 'luma', token: callback }) !== null).toBe(isValid);
    }
    const fresh = new URL(under(phases.during).media.links.ownerPath(link), origin);
    expect(under(phases.after).media.links.check(fresh)).not.toBeNull();
  });

  it('replacing a secret ends no session and no open sign-in, and grants no welcome credit again', async () => {
    const cookie = await seedSession(await seedPerson());
    const find = (changed: Partial<typeof config>) =>
      under(changed).auth.findUser(new Request(origin, { headers: { Cookie: cookie } }));
    expect(await find(phases.after)).not.toBeNull();

    const issuer = await createIssuer();
    const account = { sub: 'rita', email: 'rita@example.com', email_verified: true, name: 'Rita' };
    const signIn = async (begun: Partial<typeof config>, ended: Partial<typeof config>) => {
      const services = (changed: Partial<typeof config>, redirect: URL) =>
        createServices({ env, config: { ...config, ...changed }, fetch: issuer.fetchFor({ redirect, account }) });
      const post = new Request(`${origin}/auth/google`, { method: 'POST', body: new URLSearchParams() });
      const there = await services(begun, new URL(origin)).auth.signIn({ request: post, requestId: 'req' });
      const redirect = new URL(there.headers.get('Location') ?? '');
      const Cookie = there.headers.get('Set-Cookie')?.split(';')[0] ?? '';
      const back = `${origin}/auth/google/callback?code=good&state=${redirect.searchParams.get('state')}`;
      const request = new Request(back, { headers: { Cookie } });
      const here = await services(ended, redirect).auth.signIn({ request, requestId: 'req' });
      const session = here.headers
        .getSetCookie()
        .map((value) => value.split(';')[0])
        .join('; ');
      return under(ended).auth.findUser(new Request(origin, { headers: { Cookie: session } }));
    };
    const first = await signIn(phases.before, phases.during);
    const balanceOf = async (id = '') => (await under({}).credits.ledger.balance(id)).balance;
    expect(await balanceOf(first?.id)).toBe(1);
    await under({}).auth.deleteAccount(first?.id ?? '');
    await under({}).auth.closeAccount(first?.id ?? '');
    const second = await signIn(phases.during, phases.after);
    expect(second?.id).not.toBe(first?.id);
    expect(await balanceOf(second?.id)).toBe(0);
    // Cookies sealed with the old secret are not opened once it is removed.
    expect(await signIn(phases.before, phases.after)).toBeNull();
  });

  it('a visitor of a shared film counts once, before and after a secret is replaced', async () => {
    const userId = await seedPerson();
    const { projectId } = await seedProject({ userId });
    const owner = new Request(origin, { headers: { 'CF-Connecting-IP': '192.0.2.1' } });
    const { shares, visits } = under(phases.before).projects;
    const shared = await shares.create({ userId, projectId, request: owner });
    if (shared.outcome !== 'shared') throw new Error(shared.outcome);
    const request = new Request(origin, { headers: { 'CF-Connecting-IP': '192.0.2.9' } });
    const share = { id: shared.share.id, userId };
    for (const its of [visits, under(phases.after).projects.visits])
      await its.take({ share, seconds: 5, ticket: its.open({ shareId: share.id, request }), visitorId: null, request });
    expect((await shares.sheet({ userId, projectId }))?.share?.views).toBe(1);
  });
});
