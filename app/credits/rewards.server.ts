import { eq } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { referralCodes, referrals, shareRewards } from '~/db/schema.server';
import { batch, first, run, type Statement, statement } from '~/db/statement';
import type { Live } from '~/live/channel.server';
import type { Settings } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { newCode } from './invitation';
import type { Ledger } from './ledger.server';
import {
  codeStatement,
  networkStatement,
  projectRewardStatement,
  purchaseRewardStatement,
  type Reward,
  rewardedFilmsStatement,
  shareRewardStatement,
  sweepNetworksStatement,
} from './rewards';

/** An invitation. `promise`: the rewards of both people; null if all rewards are used or none is set. */
export interface Invitation {
  referrerId: string;
  promise: Pick<Settings, 'referrerCredits' | 'referredCredits' | 'referralRewardFor'> | null;
}

/** A visitor who watched the film of a share to its end, and their network, hashed for the owner. */
interface Watched {
  shareId: string;
  visitor: string;
  network: string;
}

/** A person's referrals in numbers. */
export interface InvitationsView {
  code: string | null;
  /** Friends who signed up by the code, and the rewarded ones of them. */
  joined: number;
  rewarded: number;
}

const countReferrals =
  'SELECT count(*) AS joined, count(rewarded_at) AS rewarded FROM referrals WHERE referrer_user_id = ?1';
const findReferrer = `SELECT u.id, u.suspended_at IS NOT NULL AS isSuspended FROM referral_codes c JOIN users u ON u.id = c.user_id
  WHERE c.code = ?1 AND u.deleted_at IS NULL`;

/**
 * Credits that people earn by referrals and shares. The conditions are part of each statement (`rewards.ts`) and triggers
 * book the credits (migrations/0005, parts 3 and 4), so a function that is called twice or concurrently has its effect once.
 */
export function createRewards({
  db,
  ledger,
  live,
  settings,
  clock,
}: {
  db: Database;
  ledger: Ledger;
  live: Live;
  settings: SettingsReader;
  clock: Clock;
}) {
  async function publishBalance(userId: string): Promise<void> {
    await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
  }

  async function rewardedCount(referrerId: string): Promise<{ joined: number; rewarded: number }> {
    const counted = await first<{ joined: number; rewarded: number }>(db, statement(countReferrals, referrerId));
    return counted ?? { joined: 0, rewarded: 0 };
  }

  /** Rewards the person's pending referral if the conditions of the statement hold, and tells both people's open pages. */
  async function reward(
    what: 'film' | 'purchase',
    userId: string,
    statementOf: (reward: Reward) => Statement,
  ): Promise<boolean> {
    const { referrerCredits, referredCredits, referralCap, referralRewardFor } = await settings.read();
    if (referralRewardFor !== 'either' && referralRewardFor !== what) return false;
    if (referrerCredits + referredCredits === 0) return false;
    const [before] = await db.select().from(referrals).where(eq(referrals.referredUserId, userId));
    if (!before || before.rewardedAt !== null) return false;
    await run(db, statementOf({ userId, now: clock(), referrerCredits, referredCredits, cap: referralCap }));
    const [after] = await db.select().from(referrals).where(eq(referrals.referredUserId, userId));
    if (!after || after.rewardedAt === null) return false;
    await Promise.all([publishBalance(userId), publishBalance(after.referrerUserId)]);
    return true;
  }

  return {
    /**
     * Called each time a purchase of this person is found to be paid. True if it rewarded them and their referrer; false
     * without a referral, if it was rewarded before, or if the settings reward something else.
     */
    afterPurchase: (userId: string): Promise<boolean> => reward('purchase', userId, purchaseRewardStatement),

    /** The same for a project of this person that is `completed` and has a paid clip. */
    afterCompletedProject: (userId: string, projectId: string): Promise<boolean> =>
      reward('film', userId, (one) => projectRewardStatement({ ...one, projectId })),

    /**
     * Runs `mark`, which stores that this visitor of a share has watched the film to the end; counts their network, and books
     * in the same batch the reward that this completes. True once the owner has the credits: for enough networks, none of
     * them the owner's, each counted once for an owner in 30 days, and as long as the owner's cap is not reached.
     */
    async withVisit({ shareId, visitor, network }: Watched, mark: Statement): Promise<boolean> {
      const { shareCredits, shareViewers, shareRewardsPerMonth: cap } = await settings.read();
      const now = clock();
      const counts = networkStatement({ shareId, visitor, network, now });
      const earns = shareRewardStatement({ shareId, now, credits: shareCredits, visitors: shareViewers, cap });
      await batch(db, shareCredits === 0 ? [mark] : [mark, counts, earns]);
      const [made] = await db.select().from(shareRewards).where(eq(shareRewards.shareId, shareId));
      if (made) await publishBalance(made.userId);
      return made !== undefined;
    },

    /** How many films of this person were rewarded for being watched within 30 days. */
    async rewardedFilms(userId: string): Promise<number> {
      const found = await first<{ rewarded: number }>(db, rewardedFilmsStatement({ userId, now: clock() }));
      return found?.rewarded ?? 0;
    },

    /** Deletes networks that count no longer. `now` in ms. */
    sweepNetworks: (now: number): Promise<void> => run(db, sweepNetworksStatement(now)),

    /** The person's referral code, made at the first call. Concurrent calls return the same code. */
    async code(userId: string): Promise<string> {
      for (;;) {
        const code = newCode((count) => crypto.getRandomValues(new Uint8Array(count)));
        await run(db, codeStatement({ code, userId, now: clock() }));
        const [row] = await db.select().from(referralCodes).where(eq(referralCodes.userId, userId));
        if (row) return row.code;
      }
    },

    /** The person's code, if one was made, and their referrals in numbers. */
    async invitations(userId: string): Promise<InvitationsView> {
      const [[row], counted] = await Promise.all([
        db.select().from(referralCodes).where(eq(referralCodes.userId, userId)),
        rewardedCount(userId),
      ]);
      return { code: row?.code ?? null, ...counted };
    },

    /** The invitation with this code; null for an unknown code, or if its person deleted the account. */
    async invitation(code: string): Promise<Invitation | null> {
      const found = await first<{ id: string; isSuspended: number }>(db, statement(findReferrer, code));
      if (!found) return null;
      const { referrerCredits, referredCredits, referralRewardFor, referralCap } = await settings.read();
      const { rewarded } = await rewardedCount(found.id);
      const isOver = rewarded >= referralCap || referredCredits === 0 || found.isSuspended === 1;
      return { referrerId: found.id, promise: isOver ? null : { referrerCredits, referredCredits, referralRewardFor } };
    },
  };
}

export type Rewards = ReturnType<typeof createRewards>;
