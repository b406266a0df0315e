import { createCookieSessionStorage } from '@remix-run/cloudflare';
import { Authenticator } from 'remix-auth';
import { readCode } from '~/credits/invitation';
import type { Base } from '~/db/base';
import { flash } from '~/flash';
import { log } from '~/log';
import type { Accounts } from './accounts.server';
import { createAttempts } from './attempts.server';
import { away, type Cookies } from './cookies';
import { deletionPath } from './deletion';
import { type GoogleClient, OpenIdGoogleStrategy, type SignIn, type VerifiedSignIn } from './google-strategy.server';
import { signInAgainPath } from './safe-path';
import type { Sessions } from './sessions.server';

/** Keeps a referral code until the friend has signed in. */
export const invitationCookie = 'echoes-invite';

/** Signing in with Google. Made for sign-in requests only. */
export function createSignIn({
  base: { config, clock },
  cookies,
  sessions,
  accounts,
  fetch,
}: {
  base: Pick<Base, 'config' | 'clock'>;
  cookies: Cookies;
  sessions: Sessions;
  accounts: Accounts;
  fetch: typeof globalThis.fetch;
}) {
  const attempts = createAttempts({ secrets: config.SESSION_SECRET, clock, cookies });
  const google: GoogleClient = {
    issuer: config.GOOGLE_ISSUER,
    clientId: config.GOOGLE_CLIENT_ID,
    clientSecret: config.GOOGLE_CLIENT_SECRET,
    callbackUrl: `${config.APP_ORIGIN}/auth/google/callback`,
    fetch,
  };

  /** The person of a request, also of an account that is being deleted. */
  async function signedIn(request: Request): Promise<string | null> {
    const session = (await sessions.find(request)) ?? (await sessions.findLeaving(request));
    return session?.user.id ?? null;
  }

  function createAuthenticator(request: Request): Authenticator<SignIn> {
    const invitedBy = readCode(cookies.read(request, invitationCookie));
    const client = { google, attempts, clock, signedIn };
    const strategy = new OpenIdGoogleStrategy(client, async ({ profile, extraParams }) => {
      const { returnTo, authenticatedAt, freshFor } = extraParams as unknown as VerifiedSignIn;
      const email = profile.emails[0].value.slice(0, 320);
      const account = { sub: profile.id, email, name: profile.displayName.slice(0, 200) };
      const isFresh = freshFor !== null;
      // Another Google account proves nothing, and must not become a person here by the way.
      if (isFresh && (await accounts.idOf(account.sub)) !== freshFor)
        return { outcome: 'refused', problem: 'sign-in-other-account', returnTo, isFresh, detail: freshFor };
      const { userId, isSuspended, isLeaving } = await accounts.arrive(account, { invitedBy, request });
      return isSuspended
        ? { outcome: 'refused', problem: 'account-suspended', returnTo: null, isFresh: false, detail: userId }
        : { outcome: 'signed-in', userId, returnTo, authenticatedAt, isLeaving };
    });
    // remix-auth requires a session storage. Nothing is written to it.
    const noStorage = createCookieSessionStorage({ cookie: { name: 'unused', secrets: [''] } });
    return new Authenticator<SignIn>(noStorage).use(strategy);
  }

  /**
   * Signs in with Google: the form post (field `returnTo`) redirects to Google, the callback into Echoes with a new session.
   * A refused sign-in redirects to the landing page, whose flash message is the problem. With the field `fresh` Google has to
   * ask the signed-in person anew; a refusal then leaves their session as it is, and leads back to where they were.
   */
  return async function signIn({ request, requestId }: { request: Request; requestId: string }): Promise<Response> {
    let ended: SignIn;
    try {
      ended = await createAuthenticator(request).authenticate('google', request);
    } catch (thrown) {
      // remix-auth throws the redirect to Google.
      if (thrown instanceof Response) return thrown;
      throw thrown;
    }
    const attemptEnds = attempts.end(request);
    if (ended.outcome === 'signed-in') {
      const { userId, returnTo, authenticatedAt, isLeaving } = ended;
      log({ event: 'sign-in', requestId, outcome: 'signed-in', userId });
      const session = await sessions.begin({ userId, request, authenticatedAt });
      const forgotten = cookies.read(request, invitationCookie) === null ? [] : [cookies.forget(invitationCookie)];
      return away(isLeaving ? deletionPath : returnTo, session, ...attemptEnds, ...forgotten);
    }
    const { problem, returnTo, isFresh, detail } = ended;
    log({ event: 'sign-in', requestId, outcome: problem, detail });
    if (isFresh && returnTo !== null) return away(flash(signInAgainPath(returnTo), problem), ...attemptEnds);
    // After Back or a second tap the attempt is used up, and the person is signed in already.
    if (problem === 'sign-in-expired' && (await sessions.find(request))) return away('/projects', ...attemptEnds);
    return away(flash(returnTo === null ? '/' : `/?${new URLSearchParams({ returnTo })}`, problem), ...attemptEnds);
  };
}
