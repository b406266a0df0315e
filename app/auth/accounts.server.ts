import { eq } from 'drizzle-orm';
import { grantOnceStatement, openAccountStatement } from '~/credits/ledger.server';
import { referralStatement } from '~/credits/rewards';
import type { Base } from '~/db/base';
import { profiles, users } from '~/db/schema.server';
import { batch, type Statement, statement } from '~/db/statement';
import type { SettingsReader } from '~/settings/settings.server';
import { closesAt } from './deletion';
import type { Deletion } from './deletion.server';
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

/** Who has signed in. `isLeaving`: the account is being deleted, and this can be taken back. */
export interface Arrived {
  userId: string;
  isSuspended: boolean;
  isLeaving: boolean;
}

/** People's accounts: made at the first sign-in, updated at each. */
export function createAccounts({
  base: { db, config, clock, newId },
  settings,
  deletion,
}: {
  base: Base;
  settings: SettingsReader;
  deletion: Pick<Deletion, 'close'>;
}) {
  const secret = config.IDENTITY_SECRET;

  async function find(sub: string) {
    const [row] = await db
      .select({
        userId: profiles.userId,
        email: profiles.email,
        name: profiles.name,
        suspendedAt: users.suspendedAt,
        deletedAt: users.deletedAt,
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
    /** The id of the person of this Google account; null before the first sign-in. */
    idOf: async (sub: string): Promise<string | null> => (await find(sub))?.userId ?? null,

    /**
     * The person of this Google account, made at the first sign-in. Concurrent first sign-ins make one person. `invitedBy`:
     * a referral code; it and where the request comes from count for a new person only. An account whose deletion can no
     * longer be taken back is closed, and the person is new.
     */
    async arrive(account: GoogleAccount, from: { invitedBy: string | null; request?: Request }): Promise<Arrived> {
      const found = await find(account.sub);
      const isOver = found?.deletedAt != null && closesAt(found.deletedAt) <= clock();
      if (isOver) await deletion.close(found.userId);
      const known = isOver ? undefined : found;
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
        return toArrived(known);
      }
      try {
        return { userId: await create(account, from), isSuspended: false, isLeaving: false };
      } catch (error) {
        // A concurrent sign-in made the person, or the answer was lost after the write: read what is stored.
        const made = await find(account.sub);
        if (made) return toArrived(made);
        throw error;
      }
    },
  };
}

function toArrived(found: { userId: string; suspendedAt: number | null; deletedAt: number | null }): Arrived {
  return { userId: found.userId, isSuspended: found.suspendedAt !== null, isLeaving: found.deletedAt !== null };
}

export type Accounts = ReturnType<typeof createAccounts>;
