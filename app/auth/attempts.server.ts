import { and, eq, gt } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { signInAttempts } from '~/db/schema.server';
import type { Cookies } from './cookies';
import { hashOf, newSecret } from './secrets.server';

const tenMinutes = 600_000;
const cookieName = 'echoes-attempt';

/** What a sign-in keeps until Google redirects the person back. */
export interface Attempt {
  nonce: string;
  codeVerifier: string;
  returnTo: string;
}

/**
 * Sign-ins that were begun. Each belongs to one browser, ends after ten minutes and is used once. The tabs of a browser
 * share its cookie and have an attempt each.
 */
export function createAttempts({ db, clock, cookies }: { db: Database; clock: Clock; cookies: Cookies }) {
  return {
    /** Begins a sign-in. Google returns `state`; `setCookie` ties the attempt to this browser. */
    async begin(request: Request, attempt: Attempt): Promise<{ state: string; setCookie: string }> {
      const known = cookies.read(request, cookieName);
      const browser = known && /^[\w-]{43}$/.test(known) ? known : newSecret();
      const state = newSecret();
      const now = clock();
      await db.insert(signInAttempts).values({
        ...attempt,
        stateHash: hashOf(state),
        browserHash: hashOf(browser),
        createdAt: now,
        expiresAt: now + tenMinutes,
      });
      return { state, setCookie: cookies.keep(cookieName, browser, tenMinutes / 1000) };
    },

    /** Uses up the attempt. Null if it does not exist, has ended, was used before, or was begun by another browser. */
    async take(request: Request, state: string): Promise<Attempt | null> {
      const browser = cookies.read(request, cookieName);
      if (!browser) return null;
      const [row] = await db
        .delete(signInAttempts)
        .where(
          and(
            eq(signInAttempts.stateHash, hashOf(state)),
            eq(signInAttempts.browserHash, hashOf(browser)),
            gt(signInAttempts.expiresAt, clock()),
          ),
        )
        .returning();
      return row ? { nonce: row.nonce, codeVerifier: row.codeVerifier, returnTo: row.returnTo } : null;
    },
  };
}

export type Attempts = ReturnType<typeof createAttempts>;
