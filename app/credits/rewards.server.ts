import { eq } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { referralCodes, referrals, shareRewards } from '~/db/schema.server';
import type { Live } from '~/live/channel.server';
import type { Settings } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { newCode } from './invitation';
import type { Ledger } from './ledger.server';
import { insertCode, insertReferral, insertShareReward, rewardForProject, rewardForPurchase } from './rewards';

/** What an invitation promises: to both people, or nothing any more (all its rewards are used, or there are none). */
export interface Invitation {
  referrerId: string;
  promise: Pick<Settings, 'referrerCredits' | 'referredCredits' | 'referralRewardFor'> | null;
}

/** How a person's invitations stand. */
export interface InvitationsView {
  code: string | null;
  /** Friends who came by the link, and those of them both were rewarded for. */
  joined: number;
  rewarded: number;
}

/**
 * Credits that are earned. Every rule is part of the one statement that makes the fact, and the credits themselves are
 * booked by the schema (migrations/0005, parts 3 and 4): called twice or at once, each function has its effect once.
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
  const run = (sql: string, ...values: (string | number)[]) => db.$client.prepare(sql).bind(...values);

  async function tellBalance(userId: string): Promise<void> {
    await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
  }

  async function rewardedCount(referrerId: string): Promise<{ joined: number; rewarded: number }> {
    const counted = await run(
      'SELECT count(*) AS joined, count(rewarded_at) AS rewarded FROM referrals WHERE referrer_user_id = ?1',
      referrerId,
    ).first<{ joined: number; rewarded: number }>();
    return counted ?? { joined: 0, rewarded: 0 };
  }

  /** Rewards the person's pending referral if `sql` finds its reason; both balances move on every open page. */
  async function reward(what: 'film' | 'purchase', sql: string, userId: string, ...reason: string[]): Promise<boolean> {
    const { referrerCredits, referredCredits, referralCap, referralRewardFor } = await settings.read();
    if (referralRewardFor !== 'either' && referralRewardFor !== what) return false;
    if (referrerCredits + referredCredits === 0) return false;
    const [before] = await db.select().from(referrals).where(eq(referrals.referredUserId, userId));
    if (!before || before.rewardedAt !== null) return false;
    await run(sql, userId, clock(), referrerCredits, referredCredits, referralCap, ...reason).run();
    const [after] = await db.select().from(referrals).where(eq(referrals.referredUserId, userId));
    if (!after || after.rewardedAt === null) return false;
    await Promise.all([tellBalance(userId), tellBalance(after.referrerUserId)]);
    return true;
  }

  return {
    /**
     * Call when somebody's purchase was paid, each time it is found to be so. True when it rewarded them and the friend
     * who had invited them; false when nobody did, that was rewarded before, or the settings want something else.
     */
    afterPurchase: (userId: string): Promise<boolean> => reward('purchase', rewardForPurchase, userId),

    /** The same for a film of theirs that is `completed` and has a clip in it that was paid for. */
    afterCompletedProject: (userId: string, projectId: string): Promise<boolean> =>
      reward('film', rewardForProject, userId, projectId),

    /**
     * Writes `mark`, which says that a visitor of this link has watched its film to the end, and with it, or not at all,
     * what that earns. True once the owner has the film's credits: for so many visitors of this one link, from different
     * places and none of them the owner's own.
     */
    async withVisit(shareId: string, mark: D1PreparedStatement): Promise<boolean> {
      const { shareCredits, shareViewers } = await settings.read();
      const earns = run(insertShareReward, shareId, clock(), shareCredits, shareViewers);
      await db.$client.batch(shareCredits === 0 ? [mark] : [mark, earns]);
      const [made] = await db.select().from(shareRewards).where(eq(shareRewards.shareId, shareId));
      if (made) await tellBalance(made.userId);
      return made !== undefined;
    },

    /** This person's code for inviting, made now if there is none. Asked twice at once, both get the same. */
    async code(userId: string): Promise<string> {
      for (;;) {
        const code = newCode((count) => crypto.getRandomValues(new Uint8Array(count)));
        await run(insertCode, code, userId, clock()).run();
        const [row] = await db.select().from(referralCodes).where(eq(referralCodes.userId, userId));
        if (row) return row.code;
      }
    },

    /** The person's code, if they have asked for one, and what came of it. */
    async invitations(userId: string): Promise<InvitationsView> {
      const [[row], counted] = await Promise.all([
        db.select().from(referralCodes).where(eq(referralCodes.userId, userId)),
        rewardedCount(userId),
      ]);
      return { code: row?.code ?? null, ...counted };
    },

    /** What the invitation with this code promises; null for a code of nobody, or of somebody who has left. */
    async invitation(code: string): Promise<Invitation | null> {
      const found = await run(
        'SELECT u.id FROM referral_codes c JOIN users u ON u.id = c.user_id WHERE c.code = ?1 AND u.deleted_at IS NULL',
        code,
      ).first<{ id: string }>();
      if (!found) return null;
      const { referrerCredits, referredCredits, referralRewardFor, referralCap } = await settings.read();
      const { rewarded } = await rewardedCount(found.id);
      const isOver = rewarded >= referralCap || referredCredits === 0;
      return { referrerId: found.id, promise: isOver ? null : { referrerCredits, referredCredits, referralRewardFor } };
    },

    /**
     * The statement that remembers who invited somebody: part of the batch that makes their account, and nothing where
     * the invitation does not hold. `signupKey` is the ledger's key of their welcome credits, which outlives accounts.
     */
    referralStatement({ code, userId, signupKey }: { code: string; userId: string; signupKey: string }) {
      return run(insertReferral, code, userId, clock(), signupKey);
    },
  };
}

export type Rewards = ReturnType<typeof createRewards>;
