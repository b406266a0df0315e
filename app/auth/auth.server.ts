import { createCookieSessionStorage } from '@remix-run/cloudflare';
import { Authenticator } from 'remix-auth';
import { readCode } from '~/credits/invitation';
import type { Base } from '~/db/base';
import { flash } from '~/flash';
import { lazy } from '~/lazy';
import type { Live } from '~/live/channel.server';
import { log } from '~/log';
import { wantsJson } from '~/problem';
import type { SettingsReader } from '~/settings/settings.server';
import { createAccounts } from './accounts.server';
import { createAttempts } from './attempts.server';
import { away, clearingSite, createCookies } from './cookies';
import { type GoogleClient, OpenIdGoogleStrategy, type SignIn } from './google-strategy.server';
import { isReading } from './own-origin';
import type { Admin, Device, Person } from './people';
import { safePath } from './safe-path';
import { createSessions, type Session, sessionCookie } from './sessions.server';

/** Keeps a referral code until the friend has signed in. */
const invitationCookie = 'echoes-invite';
const invitationSeconds = 30 * 24 * 3600;

/** How long after signing in an admin may change money or settings. */
const freshMilliseconds = 15 * 60_000;

/** Sign-in, sessions, roles and the end of an account. */
export function createAuth({
  base,
  live,
  settings,
  fetch,
}: {
  base: Base;
  live: Live;
  settings: SettingsReader;
  fetch: typeof globalThis.fetch;
}) {
  const { db, config, clock } = base;
  const appOrigin = config.APP_ORIGIN;
  const cookies = createCookies({ appOrigin });
  const sessions = createSessions({ db, clock, cookies });
  const attempts = lazy(() => createAttempts({ secrets: config.SESSION_SECRET, clock, cookies }));
  const accounts = lazy(() => createAccounts({ base, settings }));
  const google: GoogleClient = {
    issuer: config.GOOGLE_ISSUER,
    clientId: config.GOOGLE_CLIENT_ID,
    clientSecret: config.GOOGLE_CLIENT_SECRET,
    callbackUrl: `${appOrigin}/auth/google/callback`,
    fetch,
  };

  /** Made for sign-in requests only. */
  function createAuthenticator(request: Request): Authenticator<SignIn> {
    const invitedBy = readCode(cookies.read(request, invitationCookie));
    const strategy = new OpenIdGoogleStrategy({ google, attempts: attempts() }, async ({ profile, extraParams }) => {
      const email = profile.emails[0].value.slice(0, 320);
      const account = { sub: profile.id, email, name: profile.displayName.slice(0, 200) };
      const { userId, isSuspended } = await accounts().arrive(account, { invitedBy, request });
      const returnTo = String(extraParams.returnTo);
      return isSuspended
        ? { outcome: 'refused', problem: 'account-suspended', returnTo: null, detail: userId }
        : { outcome: 'signed-in', userId, returnTo };
    });
    // remix-auth requires a session storage. Nothing is written to it.
    const noStorage = createCookieSessionStorage({ cookie: { name: 'unused', secrets: [''] } });
    return new Authenticator<SignIn>(noStorage).use(strategy);
  }

  async function requireAdmin(request: Request): Promise<Admin> {
    const session = await sessions.find(request);
    if (!session?.user.isAdmin) throw new Response(null, { status: 404 });
    const isFresh = session.signedInAt > clock() - freshMilliseconds;
    return { id: session.user.id, name: session.user.name, isFresh };
  }

  return {
    /** A Set-Cookie value that keeps a referral code for 30 days or until the person has signed in. */
    rememberInvitation: (code: string): string => cookies.keep(invitationCookie, code, invitationSeconds),

    /** The referral code that this browser keeps, or null. */
    rememberedInvitation: (request: Request): string | null => readCode(cookies.read(request, invitationCookie)),

    /** True if a request brings a session cookie, which may be made up or ended. */
    hasSessionCookie: (request: Request): boolean => cookies.read(request, sessionCookie) !== null,

    /** The session of this request, or null. */
    findSession: (request: Request): Promise<Session | null> => sessions.find(request),

    /** The session of this request if it was read already, else null; reads nothing. For the log. */
    knownSession: (request: Request): Promise<Session | null> => sessions.known(request),

    /** The signed-in person, or null. */
    async findUser(request: Request): Promise<Person | null> {
      return (await sessions.find(request))?.user ?? null;
    },

    /**
     * The signed-in person. Otherwise throws a response: a redirect to the landing page with `returnTo` for a page, a 401
     * for a form post or a program.
     */
    async requireUser(request: Request): Promise<Person> {
      const session = await sessions.find(request);
      if (session) return session.user;
      if (!isReading(request.method) || wantsJson(request.headers))
        throw Response.json({ outcome: 'signed-out' }, { status: 401 });
      const { pathname, search } = new URL(request.url);
      const toLanding = away(`/?${new URLSearchParams({ returnTo: pathname + search })}`);
      // The session has ended by itself or elsewhere. Photos that were not sent stay for its person.
      throw cookies.read(request, sessionCookie) === null ? toLanding : clearingSite(toLanding, { all: false });
    },

    /**
     * The signed-in admin. For any other person throws a 404, as if the page did not exist. The role is read with each
     * request.
     */
    requireAdmin: (request: Request): Promise<Admin> => requireAdmin(request),

    /**
     * The signed-in admin, if they signed in within the last fifteen minutes: required to change money or settings.
     * Otherwise throws: a redirect to sign in again and back to the form for a page, a 403 for a program.
     */
    async requireFreshAdmin(request: Request): Promise<Admin> {
      const admin = await requireAdmin(request);
      if (admin.isFresh) return admin;
      if (wantsJson(request.headers)) throw Response.json({ outcome: 'sign-in-again' }, { status: 403 });
      const { pathname } = new URL(request.headers.get('Referer') ?? '/admin', appOrigin);
      throw away(`/admin/sign-in-again?${new URLSearchParams({ returnTo: safePath(pathname) })}`);
    },

    /**
     * Signs in with Google: the form post (field `returnTo`) redirects to Google, the callback into Echoes with a new
     * session. A refused sign-in redirects to the landing page, whose flash message is the problem.
     */
    async signIn({ request, requestId }: { request: Request; requestId: string }): Promise<Response> {
      let ended: SignIn;
      try {
        ended = await createAuthenticator(request).authenticate('google', request);
      } catch (thrown) {
        // remix-auth throws the redirect to Google.
        if (thrown instanceof Response) return thrown;
        throw thrown;
      }
      const attemptEnds = attempts().end(request);
      if (ended.outcome === 'signed-in') {
        const { userId, returnTo } = ended;
        log({ event: 'sign-in', requestId, outcome: 'signed-in', userId });
        const session = await sessions.begin({ userId, request });
        const isInvited = cookies.read(request, invitationCookie) !== null;
        return away(returnTo, session, ...attemptEnds, ...(isInvited ? [cookies.forget(invitationCookie)] : []));
      }
      const { problem, returnTo, detail } = ended;
      log({ event: 'sign-in', requestId, outcome: problem, detail });
      // After Back or a second tap the attempt is used up, and the person is signed in already.
      if (problem === 'sign-in-expired' && (await sessions.find(request))) return away('/projects', ...attemptEnds);
      return away(flash(returnTo === null ? '/' : `/?${new URLSearchParams({ returnTo })}`, problem), ...attemptEnds);
    },

    /**
     * Ends the session of this browser, or with `everywhere` every session of this person, and closes their live
     * connections. `cleared`: no photo in this browser waits to be sent, so it may empty its storage.
     */
    async signOut(
      request: Request,
      { everywhere, cleared }: { everywhere: boolean; cleared: boolean },
    ): Promise<Response> {
      const session = await sessions.find(request);
      if (session && everywhere) await sessions.endAll(session.user.id);
      const setCookie = await sessions.end(request);
      if (session) await live.signOut({ userId: session.user.id, session: everywhere ? null : session.idHash });
      return clearingSite(away('/', setCookie), { all: cleared });
    },

    /**
     * Ends one session of this person and closes its sockets, or with `others` all but the one of this request. Ending one
     * that has ended, or is another person's, changes nothing.
     */
    async signOutDevices(request: Request, which: { sessionId: string } | 'others'): Promise<void> {
      const session = await sessions.find(request);
      if (!session) return;
      const userId = session.user.id;
      const { endOne, endOthers } = sessions;
      const ended = await (which === 'others' ? endOthers(userId, session.idHash) : endOne(userId, which.sessionId));
      await Promise.all(ended.map((idHash) => live.signOut({ userId, session: idHash })));
    },

    /** The devices on which this person is signed in; the one of `request` is marked. */
    async sessionsOf(userId: string, request?: Request): Promise<Device[]> {
      return sessions.devices({ userId, current: request ? await sessions.find(request) : null });
    },

    /** Deletes the person's account, signs all devices out, and redirects to the landing page. */
    async deleteAccount(userId: string): Promise<Response> {
      await accounts().remove(userId);
      await live.signOut({ userId, session: null });
      return clearingSite(away(flash('/', 'account-deleted'), cookies.forget(sessionCookie)), { all: true });
    },
  };
}
