import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { batch, statement } from '~/db/statement';
import { moderationLimit } from '~/generations/moderation-limit.server';
import type { SettingsReader } from '~/settings/settings.server';
import {
  type FeedbackLine,
  type GenerationLine,
  mostShown,
  type PersonDetails,
  type ProjectLine,
  type PurchaseLine,
  type ReferralLine,
} from './person';

/** Feedback has no index by person: it is looked up for this many of the person's newest generations. */
const mostGenerationsAsked = 200;

// Each reads an index that begins with the person, newest first.
const projects = `SELECT j.id, CASE WHEN j.deleted_at IS NULL AND u.deleted_at IS NULL THEN j.title END AS title, j.status, j.created_at AS createdAt,
    (SELECT count(*) FROM clips c WHERE c.user_id = j.user_id AND c.project_id = j.id AND c.deleted_at IS NULL) AS clips
  FROM projects j JOIN users u ON u.id = j.user_id WHERE j.user_id = ?1 ORDER BY j.id DESC LIMIT ?2`;
const generations = `SELECT id, clip_id AS clipId, created_at AS createdAt, state, provider, cost, failure_reason AS failureReason
  FROM generations WHERE user_id = ?1 ORDER BY id DESC LIMIT ?2`;
const purchases = `SELECT p.id, p.user_id AS userId, p.created_at AS createdAt, p.pack_id AS packId, p.credits, p.amount, p.currency,
    p.state, p.refunded_amount AS refundedAmount, p.disputed_amount AS disputedAmount, p.dispute_status AS disputeStatus,
    (SELECT coalesce(sum(r.credits - r.moved), 0) FROM reversals r WHERE r.purchase_id = p.id) AS owed
  FROM purchases p WHERE p.user_id = ?1 ORDER BY p.id DESC LIMIT ?2`;
const invitedBy = `SELECT r.referrer_user_id AS userId, p.name, r.created_at AS createdAt, r.rewarded_at AS rewardedAt,
    r.rewarded_for AS rewardedFor, r.referred_credits AS credits
  FROM referrals r LEFT JOIN profiles p ON p.user_id = r.referrer_user_id WHERE r.referred_user_id = ?1`;
const invited = `SELECT r.referred_user_id AS userId, p.name, r.created_at AS createdAt, r.rewarded_at AS rewardedAt,
    r.rewarded_for AS rewardedFor, r.referrer_credits AS credits
  FROM referrals r LEFT JOIN profiles p ON p.user_id = r.referred_user_id
  WHERE r.referrer_user_id = ?1 ORDER BY r.rewarded_at DESC LIMIT ?2`;
const feedback = `SELECT f.generation_id AS generationId, f.created_at AS createdAt, f.reason, f.words
  FROM (SELECT g.id FROM generations g WHERE g.user_id = ?1 ORDER BY g.id DESC LIMIT ?3) t
    JOIN generation_feedback f ON f.generation_id = t.id ORDER BY t.id DESC LIMIT ?2`;

/** What an admin sees of one person: the newest rows of each kind, and neither photos nor videos. */
export async function personDetails(
  { db, settings, clock }: { db: Database; settings: SettingsReader; clock: Clock },
  userId: string,
): Promise<PersonDetails> {
  const { mostRefusalsPerDay: most } = await settings.read();
  const [answers, refusals] = await Promise.all([
    batch<unknown>(db, [
      statement(projects, userId, mostShown),
      statement(generations, userId, mostShown),
      statement(purchases, userId, mostShown),
      statement(invitedBy, userId),
      statement(invited, userId, mostShown),
      statement(feedback, userId, mostShown, mostGenerationsAsked),
    ]),
    moderationLimit(db, { userId, most, now: clock() }),
  ]);
  const rowsOf = <Row>(index: number) => (answers[index] ?? []) as Row[];
  return {
    projects: rowsOf<ProjectLine>(0),
    generations: rowsOf<GenerationLine>(1),
    purchases: rowsOf<PurchaseLine>(2),
    invitedBy: rowsOf<ReferralLine>(3)[0] ?? null,
    invited: rowsOf<ReferralLine>(4),
    feedback: rowsOf<FeedbackLine>(5),
    refusals: { ...refusals, most },
  };
}
