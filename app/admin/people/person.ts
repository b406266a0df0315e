import type { PurchaseState } from '~/billing/purchases';
import type { GenerationState } from '~/generations/pipeline/states';

/** What the desk knows of one person beside their balance: the newest of each, never a picture. Times in ms since 1970. */
export interface PersonDetails {
  films: ProjectLine[];
  tries: GenerationLine[];
  purchases: PurchaseLine[];
  /** Who invited them, and whom they invited. */
  invitedBy: ReferralLine | null;
  invited: ReferralLine[];
  feedback: FeedbackLine[];
  /** Pictures of theirs that film services may still decline today, of how many, and until when nothing more is sent. */
  refusals: { left: number; most: number; until: number | null };
}

export interface ProjectLine {
  id: string;
  /** Null once it was deleted. */
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
  /** Credits that went back with the money and that the balance did not hold. */
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

/** Of each kind, so many of the newest are shown. */
export const mostShown = 20;
