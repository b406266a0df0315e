import { readCode } from '~/credits/invitation';
import type { Base } from '~/db/base';
import { flash } from '~/flash';
import { lazy } from '~/lazy';
import type { Live } from '~/live/channel.server';
import { wantsJson } from '~/problem';
import type { SettingsReader } from '~/settings/settings.server';
import { createAccounts } from './accounts.server';
import { away, clearingSite, createCookies } from './cookies';
import { deletionPath } from './deletion';
import { createDeletion, type Deletion } from './deletion.server';
import { createKeptForms, type KeptForm } from './kept-form.server';
import { isReading } from './own-origin';
import type { Admin, Device, Person } from './people';
import { safePath, signInAgainPath } from './safe-path';
import { createSessions, type Session, sessionCookie } from './sessions.server';
import { createSignIn, invitationCookie } from './sign-in.server';

const invitationSeconds = 30 * 24 * 3600;

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
  const deletion = lazy(() => createDeletion({ db, clock }));
  const accounts = lazy(() => createAccounts({ base, settings, deletion: deletion() }));
  const signIn = lazy(() => createSignIn({ base, cookies, sessions, accounts: accounts(), fetch }));
  const keptForms = lazy(() => createKeptForms({ secrets: config.SESSION_SECRET, clock, cookies }));

  async function requireAdmin(request: Request): Promise<Admin> {
    const session = await sessions.find(request);
    if (!session?.user.isAdmin) throw new Response(null, { status: 404 });
    return { id: session.user.id, name: session.user.name, isFresh: session.isFresh };
  }

  return {
    /** A Set-Cookie value that keeps a referral code for 30 days or until the person has signed in. */
    rememberInvitation: (code: string): string => cookies.keep(invitationCookie, code, invitationSeconds),

    /** The referral code that this browser keeps, or null. */
    rememberedInvitation: (request: Request): string | null => readCode(cookies.read(request, invitationCookie)),

    /** True if a request brings a session cookie, which may be made up or ended. */
    hasSessionCookie: (request: Request): boolean => cookies.read(request, sessionCookie) !== null,

    /** The session of this request, if its account is being deleted; else null. */
    findLeaving: (request: Request): Promise<Session | null> => sessions.findLeaving(request),

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
     * for a form post or a program. While the account is being deleted, every page leads to the one that says so.
     */
    async requireUser(request: Request): Promise<Person> {
      const session = await sessions.find(request);
      if (session) return session.user;
      if (!isReading(request.method) || wantsJson(request.headers))
        throw Response.json({ outcome: 'signed-out' }, { status: 401 });
      if (await sessions.findLeaving(request)) throw away(deletionPath);
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
     * The signed-in admin, if their sign-in is fresh: required for what moves money, settings or rights. Otherwise throws: for
     * a page a redirect to a fresh sign-in, which keeps the form that was sent and leads back to it; a 403 for a program.
     */
    async requireFreshAdmin(request: Request): Promise<Admin> {
      const admin = await requireAdmin(request);
      if (admin.isFresh) return admin;
      if (wantsJson(request.headers)) throw Response.json({ outcome: 'sign-in-again' }, { status: 403 });
      const { pathname } = new URL(request.headers.get('Referer') ?? '/admin', appOrigin);
      const kept = isReading(request.method) ? [] : [await keptForms().keep(request, admin.id)];
      throw away(signInAgainPath(safePath(pathname)), ...kept);
    },

    /** The form that this admin sent when their sign-in was not fresh; null where none is kept. */
    keptForm: (request: Request, adminId: string): Promise<KeptForm | null> => keptForms().read(request, adminId),

    /** Signs in with Google, and ends each sign-in (sign-in.server.ts). */
    signIn: (asked: { request: Request; requestId: string }): Promise<Response> => signIn()(asked),

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

    /** The deletion of accounts, without signing anybody out; the two below are what a person does. */
    get deletion(): Deletion {
      return deletion();
    },

    /** Asks for the deletion of the person's account, signs all devices out, and redirects to the landing page. */
    async deleteAccount(userId: string): Promise<Response> {
      await deletion().ask(userId);
      await live.signOut({ userId, session: null });
      return clearingSite(away(flash('/', 'account-leaving'), cookies.forget(sessionCookie)), { all: true });
    },

    /** Closes an account that is being deleted for good, and redirects to the landing page. */
    async closeAccount(userId: string): Promise<Response> {
      await deletion().close(userId);
      return clearingSite(away(flash('/', 'account-deleted'), cookies.forget(sessionCookie)), { all: true });
    },
  };
}
