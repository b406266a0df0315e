import { and, desc, eq, gt, isNull } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { defineRead, maybe } from '~/db/reads.server';
import { admins, profiles, sessions, users } from '~/db/schema.server';
import { all, run, statement } from '~/db/statement';
import { described, log } from '~/log';
import type { Cookies } from './cookies';
import type { Device, Person } from './people';
import { hashOf, newSecret } from './secrets.server';

const hour = 3_600_000;
const day = 24 * hour;
const idle = 14 * day;
const absolute = 30 * day;
/** How long a sign-in is fresh, for acts that move money or cannot be undone. */
const fresh = 15 * 60_000;
/** The most sessions of one person: signing in again and again must not fill the table. */
const mostSessions = 50;
const endOldest = `DELETE FROM sessions WHERE user_id = ?1 AND id_hash IN
  (SELECT id_hash FROM sessions WHERE user_id = ?1 ORDER BY seen_at DESC LIMIT -1 OFFSET ${mostSessions - 1})`;
const endOne = 'DELETE FROM sessions WHERE user_id = ?1 AND id_hash = ?2 RETURNING id_hash AS idHash';
const endOthers = 'DELETE FROM sessions WHERE user_id = ?1 AND id_hash <> ?2 RETURNING id_hash AS idHash';
/** The name of the session cookie, without the prefix of https origins. */
export const sessionCookie = 'echoes';

/** A valid session. `idHash`: the key of its row; `endsAt`: its end if no further request comes (ms since 1970). */
export interface Session {
  user: Person;
  idHash: string;
  endsAt: number;
  /** True within fifteen minutes of the moment at which Google asked the person who they are, as far as it says so. */
  isFresh: boolean;
  /** When the person asked for the deletion of the account (ms); such a session opens the page of that and nothing else. */
  leavingSince: number | null;
}

/** A sign-in. `authenticatedAt`: when Google last asked the person who they are (ms). */
type SessionBegin = { userId: string; request: Request; authenticatedAt?: number | null };

const sessionRead = defineRead(
  ['idHash', 'now', 'idleSince'],
  {
    seenAt: sessions.seenAt,
    expiresAt: sessions.expiresAt,
    authenticatedAt: sessions.authenticatedAt,
    leavingSince: users.deletedAt,
    id: users.id,
    adminSub: maybe(admins.googleSub),
    name: profiles.name,
    email: profiles.email,
  },
  (query, given) =>
    query
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .innerJoin(profiles, eq(profiles.userId, users.id))
      .leftJoin(admins, eq(admins.googleSub, profiles.googleSub))
      .where(
        and(
          eq(sessions.idHash, given.idHash),
          gt(sessions.expiresAt, given.now),
          gt(sessions.seenAt, given.idleSince),
          isNull(users.suspendedAt),
        ),
      ),
);

/**
 * Sessions: a random id in the cookie, its hash in D1. They end after 14 days without a request and 30 days after the
 * sign-in. Made for each request: all loaders of a page share one read of the session.
 */
export function createSessions({ db, clock, cookies }: { db: Database; clock: Clock; cookies: Cookies }) {
  const asked = new Map<string, Promise<Session | null>>();

  async function read(secret: string): Promise<Session | null> {
    const idHash = hashOf(secret);
    const now = clock();
    const [row] = await db.ask(sessionRead, { idHash, now, idleSince: now - idle });
    if (!row) return null;
    // Written at most once an hour, so that most requests write nothing.
    // A database that refuses writes must not lock people out of what they can still read.
    if (row.seenAt <= now - hour)
      await db
        .update(sessions)
        .set({ seenAt: now })
        .where(eq(sessions.idHash, idHash))
        .catch((error: unknown) => log({ event: 'error', where: 'session seen', ...described(error) }));
    return {
      user: { id: row.id, name: row.name, email: row.email, isAdmin: row.adminSub !== null },
      idHash,
      isFresh: row.authenticatedAt !== null && row.authenticatedAt > now - fresh,
      leavingSince: row.leavingSince,
      endsAt: Math.min(row.expiresAt, now + idle),
    };
  }

  async function end(request: Request): Promise<void> {
    const secret = cookies.read(request, sessionCookie);
    if (!secret) return;
    asked.delete(secret);
    await db.delete(sessions).where(eq(sessions.idHash, hashOf(secret)));
  }

  async function endBy(sql: string, userId: string, idHash: string): Promise<string[]> {
    asked.clear();
    return (await all<{ idHash: string }>(db, statement(sql, userId, idHash))).map((ended) => ended.idHash);
  }

  async function findAny(request: Request): Promise<Session | null> {
    const secret = cookies.read(request, sessionCookie);
    if (!secret) return null;
    const known = asked.get(secret) ?? read(secret);
    asked.set(secret, known);
    return known;
  }

  return {
    /** The session of this request, or null. Of an account that is being deleted it is none. */
    async find(request: Request): Promise<Session | null> {
      const session = await findAny(request);
      return session?.leavingSince === null ? session : null;
    },

    /** The session of this request, if its account is being deleted; else null. */
    async findLeaving(request: Request): Promise<Session | null> {
      const session = await findAny(request);
      return session !== null && session.leavingSince !== null ? session : null;
    },

    /** The session of this request if it was read already, else null; never reads. */
    async known(request: Request): Promise<Session | null> {
      return (await asked.get(cookies.read(request, sessionCookie) ?? '')?.catch(() => null)) ?? null;
    },

    /**
     * Begins a session with a new id, ends the browser's former session, and returns the Set-Cookie value. Of a person with
     * very many sessions the oldest end.
     */
    async begin({ userId, request, authenticatedAt = null }: SessionBegin): Promise<string> {
      await end(request);
      await run(db, statement(endOldest, userId));
      const secret = newSecret();
      const now = clock();
      await db.insert(sessions).values({
        idHash: hashOf(secret),
        userId,
        userAgent: (request.headers.get('User-Agent') ?? '').slice(0, 300),
        createdAt: now,
        seenAt: now,
        expiresAt: now + absolute,
        authenticatedAt,
      });
      return cookies.keep(sessionCookie, secret, absolute / 1000);
    },

    /** Ends the session of this browser and returns the Set-Cookie value that deletes the cookie. */
    async end(request: Request): Promise<string> {
      await end(request);
      return cookies.forget(sessionCookie);
    },

    /** Ends all sessions of this person. */
    async endAll(userId: string): Promise<void> {
      asked.clear();
      await db.delete(sessions).where(eq(sessions.userId, userId));
    },

    /** Ends one session of this person; none that is somebody else's or has ended. Returns the keys of what ended. */
    endOne: (userId: string, idHash: string): Promise<string[]> => endBy(endOne, userId, idHash),

    /** Ends all sessions of this person but the one with this key. Returns the keys of what ended. */
    endOthers: (userId: string, idHash: string): Promise<string[]> => endBy(endOthers, userId, idHash),

    /** The devices on which this person is signed in, the last used first. */
    async devices({ userId, current }: { userId: string; current: Session | null }): Promise<Device[]> {
      const now = clock();
      const rows = await db
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, now), gt(sessions.seenAt, now - idle)))
        .orderBy(desc(sessions.seenAt))
        .limit(100);
      return rows.map((row) => ({
        id: row.idHash,
        userAgent: row.userAgent,
        signedInAt: row.createdAt,
        seenAt: row.seenAt,
        isThisOne: row.idHash === current?.idHash,
      }));
    },
  };
}

export type Sessions = ReturnType<typeof createSessions>;
