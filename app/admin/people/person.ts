import type { PurchaseState } from '~/billing/purchases';
import type { GenerationState } from '~/generations/pipeline/states';

/** What the admin panel shows of one person beside the balance: the newest rows of each kind. Times in ms since 1970. */
export interface PersonDetails {
  projects: ProjectLine[];
  generations: GenerationLine[];
  purchases: PurchaseLine[];
  /** The referral by which the person came, and those of the people they invited. */
  invitedBy: ReferralLine | null;
  invited: ReferralLine[];
  feedback: FeedbackLine[];
  /** The moderation limit: pictures that may still be declined today, of how many, and until when nothing is sent. */
  refusals: { left: number; most: number; until: number | null };
}

export interface ProjectLine {
  id: string;
  /** Null once it is deleted. */
  title: string | null;
  status: 'in_progress' | 'completed';
  createdAt: number;
  clips: number;
}

export interface GenerationLine {
  id: string;
  clipId: string;
  createdAt: number;
  state: GenerationState;
  provider: string;
  cost: number;
  failureReason: string | null;
}

export interface PurchaseLine {
  id: string;
  userId: string;
  createdAt: number;
  packId: string;
  credits: number;
  amount: number;
  currency: string;
  state: PurchaseState;
  refundedAmount: number;
  disputedAmount: number;
  disputeStatus: string | null;
  /** Credits to be taken back that the balance did not hold. */
  owed: number;
}

export interface ReferralLine {
  userId: string;
  name: string | null;
  createdAt: number;
  rewardedAt: number | null;
  rewardedFor: 'film' | 'purchase' | null;
  credits: number;
}

export interface FeedbackLine {
  generationId: string;
  createdAt: number;
  reason: string;
  words: string;
}

/** How many rows of each kind are shown. */
export const mostShown = 20;
