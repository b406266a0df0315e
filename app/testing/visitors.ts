// People who sign in with Google, leave, and come back: the product's own sign-in before an issuer of the test.
import { env, exports } from 'cloudflare:workers';
import { createIssuer } from './issuer';
import { testConfig, testServices } from './services';

/** A signed-in browser. */
export interface Visitor {
  userId: string;
  cookie: string;
}

/** Signs Google accounts in, by their lasting id, and deletes their accounts at the door. */
export async function createVisitors() {
  const issuer = await createIssuer();
  const origin = testConfig().APP_ORIGIN;
  const cookiesOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((value) => value.split(';')[0])
      .join('; ');

  /** Signs in; returns the browser's cookies, also where the account is being deleted. */
  async function signInLeaving(sub: string): Promise<string> {
    const account = { sub, email: `${sub}@example.com`, email_verified: true, name: sub };
    const visit = (redirect: URL, request: Request) =>
      testServices({ fetch: issuer.fetchFor({ redirect, account }) }).auth.signIn({ request, requestId: 'req' });
    const body = new URLSearchParams({ returnTo: '/projects' });
    const begun = await visit(new URL(origin), new Request(`${origin}/auth/google`, { method: 'POST', body }));
    const redirect = new URL(begun.headers.get('Location') ?? '');
    const query = new URLSearchParams({ code: 'good', state: redirect.searchParams.get('state') ?? '' });
    const headers = { Cookie: cookiesOf(begun) };
    const back = await visit(redirect, new Request(`${origin}/auth/google/callback?${query}`, { headers }));
    return cookiesOf(back);
  }

  async function signIn(sub: string): Promise<Visitor> {
    const cookie = await signInLeaving(sub);
    const person = await testServices().auth.findUser(new Request(origin, { headers: { Cookie: cookie } }));
    if (!person) throw new Error(`${sub} was not signed in`);
    return { userId: person.id, cookie };
  }

  /** A form post of this browser to a door. */
  function post(path: string, cookie: string, fields: Record<string, string> = {}): Promise<Response> {
    const headers = { Cookie: cookie, Origin: env.APP_ORIGIN, 'Sec-Fetch-Site': 'same-origin' };
    const init = { method: 'POST', headers, body: new URLSearchParams(fields), redirect: 'manual' as const };
    return exports.default.fetch(new Request(`${env.APP_ORIGIN}${path}`, init));
  }

  return {
    signIn,
    post,
    signInLeaving,
    /**
     * Deletes the account for good at its doors and signs the same Google account in again: another person, by its id.
     */
    async comeBack(sub: string, { cookie }: Visitor): Promise<Visitor> {
      const left = await post('/account/deletion', cookie);
      if (!left.headers.get('Location')?.includes('account-leaving')) throw new Error('the account was not deleted');
      const closed = await post('/account/deletion/completion', await signInLeaving(sub));
      if (!closed.headers.get('Location')?.includes('account-deleted')) throw new Error('the account was not closed');
      return signIn(sub);
    },
  };
}
