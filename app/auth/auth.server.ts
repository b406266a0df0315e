import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { createCookies } from './cookies';
import type { Device, Person } from './people';
import { createSessions, type Session } from './sessions.server';

/** Who is there, and how they come and go. */
export function createAuth({ db, clock, appOrigin }: { db: Database; clock: Clock; appOrigin: string }) {
  const cookies = createCookies({ appOrigin });
  const sessions = createSessions({ db, clock, cookies });

  return {
    /** The session of this request, or null. */
    findSession: (request: Request): Promise<Session | null> => sessions.find(request),

    /** Who is signed in, or null. */
    async findUser(request: Request): Promise<Person | null> {
      return (await sessions.find(request))?.user ?? null;
    },

    /**
     * Who is signed in. Otherwise throws a response: pages lead to the landing page, which brings the person back here
     * after signing in; anything else gets a 401.
     */
    async requireUser(request: Request): Promise<Person> {
      const session = await sessions.find(request);
      if (session) return session.user;
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw Response.json({ reason: 'signed-out' }, { status: 401 });
      const { pathname, search } = new URL(request.url);
      const Location = `/?${new URLSearchParams({ returnTo: pathname + search })}`;
      throw new Response(null, { status: 302, headers: { Location } });
    },

    /** The devices on which this person is signed in; `request` tells which one is asking. */
    async sessionsOf(userId: string, request?: Request): Promise<Device[]> {
      return sessions.devices({ userId, current: request ? await sessions.find(request) : null });
    },
  };
}

export type Auth = ReturnType<typeof createAuth>;
