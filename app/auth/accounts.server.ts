import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Credits } from '~/credits/credits.server';
import type { Base } from '~/db/base';
import { generations, profiles, projects, sessions, uploads, users } from '~/db/schema.server';
import { openStates } from '~/db/statement';
import type { SettingsReader } from '~/settings/settings.server';
import { keyedHashOf } from './secrets.server';

/** Who Google says is there. `sub` never changes; e-mail and name may. */
export interface GoogleAccount {
  sub: string;
  email: string;
  name: string;
}

/** People's accounts: made at the first sign-in, updated at each, deleted on request. */
export function createAccounts({
  base: { db, config, clock, newId },
  credits,
  settings,
}: {
  base: Base;
  credits: Pick<Credits, 'ledger' | 'rewards'>;
  settings: SettingsReader;
}) {
  const { ledger, rewards } = credits;
  const secret = config.SESSION_SECRET;
  async function find(sub: string) {
    const [row] = await db
      .select({
        userId: profiles.userId,
        email: profiles.email,
        name: profiles.name,
        suspendedAt: users.suspendedAt,
      })
      .from(profiles)
      .innerJoin(users, eq(users.id, profiles.userId))
      .where(eq(profiles.googleSub, sub));
    return row;
  }

  /** User, profile, credit account, welcome credits and who invited them together, or nothing. */
  async function create({ sub, email, name }: GoogleAccount, invitedBy: string | null): Promise<string> {
    const userId = newId('usr');
    const now = clock();
    const { signupCredits } = await settings.read();
    const run = (sql: string, ...values: (string | number)[]) => db.$client.prepare(sql).bind(...values);
    const statements = [
      run('INSERT INTO users (id, created_at) VALUES (?1, ?2)', userId, now),
      run(
        'INSERT INTO profiles (user_id, google_sub, email, name, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)',
        userId,
        sub,
        email,
        name,
        now,
      ),
      ledger.openAccountStatement(userId),
    ];
    // The key outlives the account: who comes back after deleting it is welcome, but not granted twice.
    const signupKey = `signup:${keyedHashOf({ secret, value: `signup:${sub}` })}`;
    if (signupCredits > 0)
      statements.push(ledger.grantOnceStatement({ key: signupKey, userId, credits: signupCredits, kind: 'signup' }));
    if (invitedBy !== null) statements.push(rewards.referralStatement({ code: invitedBy, userId, signupKey }));
    await db.$client.batch(statements);
    return userId;
  }

  return {
    /**
     * The person behind this Google account, made now if they are new. Two first sign-ins at once make one person.
     * `invitedBy` is the code of an invitation; it means something to somebody new and to nobody else.
     */
    async arrive(
      account: GoogleAccount,
      { invitedBy }: { invitedBy: string | null },
    ): Promise<{ userId: string; isSuspended: boolean }> {
      const known = await find(account.sub);
      if (known) {
        const { email, name } = account;
        if (known.email !== email || known.name !== name)
          await db.update(profiles).set({ email, name, updatedAt: clock() }).where(eq(profiles.userId, known.userId));
        return { userId: known.userId, isSuspended: known.suspendedAt !== null };
      }
      try {
        return { userId: await create(account, invitedBy), isSuspended: false };
      } catch (error) {
        // The other one was quicker, or the answer got lost after the write: what is stored counts.
        const made = await find(account.sub);
        if (made) return { userId: made.userId, isSuspended: made.suspendedAt !== null };
        throw error;
      }
    },

    /**
     * Removes name, address and every session, stops what is being made, and takes the films away; the sweeper erases
     * them a day later. The opaque id stays, because the journal of credits points to it.
     */
    async remove(userId: string): Promise<void> {
      const now = clock();
      const open = sql`${generations.state} IN ${sql.raw(openStates)}`;
      await db.batch([
        db.delete(sessions).where(eq(sessions.userId, userId)),
        db.delete(profiles).where(eq(profiles.userId, userId)),
        db
          .update(projects)
          .set({ deletedAt: now })
          .where(and(eq(projects.userId, userId), isNull(projects.deletedAt))),
        // Each try finds out at its next step, and asks the provider to stop as well.
        db
          .update(generations)
          .set({ state: 'canceled', stateAt: now })
          .where(and(eq(generations.userId, userId), open)),
        db
          .update(uploads)
          .set({ expiresAt: now })
          .where(and(eq(uploads.userId, userId), eq(uploads.state, 'open'))),
        db
          .update(users)
          .set({ deletedAt: now })
          .where(and(eq(users.id, userId), isNull(users.deletedAt))),
      ]);
    },
  };
}
