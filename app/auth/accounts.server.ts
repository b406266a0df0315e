import { and, eq, isNull } from 'drizzle-orm';
import { grantOnceStatement, openAccountStatement } from '~/credits/ledger.server';
import { referralStatement } from '~/credits/rewards';
import type { Base } from '~/db/base';
import { profiles, projects, sessions, uploads, users } from '~/db/schema.server';
import { batch, type Statement, statement, statementOf } from '~/db/statement';
import { cancelStatement } from '~/db/stops';
import type { SettingsReader } from '~/settings/settings.server';
import { accountHashOf, arrivalOf } from './secrets.server';

/** A Google account. `sub` never changes; e-mail address and name can. */
export interface GoogleAccount {
  sub: string;
  email: string;
  name: string;
}

const insertUser = 'INSERT INTO users (id, created_at, account_hash) VALUES (?1, ?2, ?3)';
const insertProfile = `INSERT INTO profiles (user_id, google_sub, email, name, updated_at)
  VALUES (?1, ?2, ?3, ?4, ?5)`;

const insertArrival = 'INSERT INTO arrivals (user_id, network_hash, device_hash, at) VALUES (?1, ?2, ?3, ?4)';

/** People's accounts: made at the first sign-in, updated at each, deleted on request. */
export function createAccounts({
  base: { db, config, clock, newId },
  settings,
}: {
  base: Base;
  settings: SettingsReader;
}) {
  const secret = config.IDENTITY_SECRET;

  async function find(sub: string) {
    const [row] = await db
      .select({
        userId: profiles.userId,
        email: profiles.email,
        name: profiles.name,
        suspendedAt: users.suspendedAt,
        accountHash: users.accountHash,
      })
      .from(profiles)
      .innerJoin(users, eq(users.id, profiles.userId))
      .where(eq(profiles.googleSub, sub));
    return row;
  }

  /** Makes user, profile, credit account, welcome credits and referral in one batch. */
  async function create(
    { sub, email, name }: GoogleAccount,
    { invitedBy, request }: { invitedBy: string | null; request?: Request },
  ): Promise<string> {
    const userId = newId('usr');
    const now = clock();
    const { signupCredits } = await settings.read();
    const accountHash = accountHashOf({ secret, sub });
    const writes: Statement[] = [
      statement(insertUser, userId, now, accountHash),
      statement(insertProfile, userId, sub, email, name, now),
      openAccountStatement(userId),
    ];
    // The key is the same after the account was deleted and made again, so welcome credits are granted once.
    const signupKey = `signup:${accountHash}`;
    if (signupCredits > 0)
      writes.push(grantOnceStatement({ key: signupKey, userId, credits: signupCredits, kind: 'signup' }, now));
    if (invitedBy !== null) writes.push(referralStatement({ code: invitedBy, userId, now }));
    const arrival = request && arrivalOf({ secret, request });
    if (arrival) writes.push(statement(insertArrival, userId, arrival.networkHash, arrival.deviceHash, now));
    await batch(db, writes);
    return userId;
  }

  return {
    /**
     * The person of this Google account, made at the first sign-in. Concurrent first sign-ins make one person. `invitedBy`:
     * a referral code; it and where the request comes from count for a new person only.
     */
    async arrive(
      account: GoogleAccount,
      from: { invitedBy: string | null; request?: Request },
    ): Promise<{ userId: string; isSuspended: boolean }> {
      const known = await find(account.sub);
      if (known) {
        const { email, name, sub } = account;
        // People from before the account hash was kept get it at their next sign-in.
        if (known.accountHash === known.userId)
          await db
            .update(users)
            .set({ accountHash: accountHashOf({ secret, sub }) })
            .where(eq(users.id, known.userId));
        if (known.email !== email || known.name !== name)
          await db.update(profiles).set({ email, name, updatedAt: clock() }).where(eq(profiles.userId, known.userId));
        return { userId: known.userId, isSuspended: known.suspendedAt !== null };
      }
      try {
        return { userId: await create(account, from), isSuspended: false };
      } catch (error) {
        // A concurrent sign-in made the person, or the answer was lost after the write: read what is stored.
        const made = await find(account.sub);
        if (made) return { userId: made.userId, isSuspended: made.suspendedAt !== null };
        throw error;
      }
    },

    /**
     * Deletes the personal data and all sessions, cancels open generations that may be stopped, and deletes the projects;
     * erasure removes their media a day later. The opaque id stays, because the ledger refers to it.
     */
    async remove(userId: string): Promise<void> {
      const now = clock();
      const owned = [
        // First: by trigger an admin's role goes with it, as long as the profile says whose it is.
        db
          .update(users)
          .set({ deletedAt: now })
          .where(and(eq(users.id, userId), isNull(users.deletedAt))),
        db.delete(sessions).where(eq(sessions.userId, userId)),
        db.delete(profiles).where(eq(profiles.userId, userId)),
        db
          .update(projects)
          .set({ deletedAt: now })
          .where(and(eq(projects.userId, userId), isNull(projects.deletedAt))),
        db
          .update(uploads)
          .set({ expiresAt: now })
          .where(and(eq(uploads.userId, userId), eq(uploads.state, 'open'))),
      ];
      // A canceled generation's object sees this at its next step, and cancels the task at the provider. One that can no
      // longer be stopped goes on, and is erased with the rest.
      await batch(db, [...owned.map(statementOf), cancelStatement({ userId, ids: null, now })]);
    },
  };
}
