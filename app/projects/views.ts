import { type GenerationState, isOpen } from '~/generations/pipeline/states';
import type { Frame, Shape } from '~/photos/frame';

/** What a person sees of a clip, in one word (docs/glossary.md). */
export type ClipStatus = 'still' | 'generating' | 'ready' | 'error';

/** One try as a page shows it. Times in ms since 1970. */
export interface GenerationView {
  id: string;
  state: GenerationState;
  /** 0..1 while the provider says so, else null. */
  progress: number | null;
  /** The provider holds it back for now (too much at once); it goes on by itself. */
  heldBack: boolean;
  createdAt: number;
  stateAt: number;
  durationSeconds: number;
  presetId: string;
  words: string;
  cost: number;
  /** Why it failed: a key of `failureTexts` (app/providers/failure-messages.ts), or null. */
  failureReason: string | null;
  /** Signed URL once ready, else null. */
  videoUrl: string | null;
}

/** A clip with all a card, the review and the player need. Frames of the live channel carry the same shape. */
export interface ClipView {
  id: string;
  projectId: string;
  /** Fractional index: clips sort by this text. */
  position: string;
  /** Grows with every change; an older view never replaces a newer one. */
  version: number;
  status: ClipStatus;
  photo: { id: string; url: string; width: number; height: number; takenAt: number | null };
  frame: Frame;
  presetId: string;
  words: string;
  /** The newest try, whatever its state. */
  latest: GenerationView | null;
  /** The newest ready try: what is offered for approval. */
  ready: GenerationView | null;
  /** The try the person approved: what the film plays. Null plays the photo as a moving still. */
  approved: GenerationView | null;
}

/** A project as its pages show it. */
export interface ProjectView {
  id: string;
  title: string;
  shape: Shape;
  clipSeconds: number;
  trackId: string | null;
  status: 'in_progress' | 'completed';
  version: number;
}

/** A project on the wall of films. */
export interface ProjectCard {
  id: string;
  title: string;
  shape: Shape;
  clipCount: number;
  /** Length of the film in seconds. */
  seconds: number;
  /** The first clip: its photo, and its video where it is approved. */
  cover: { photoUrl: string; videoUrl: string | null; frame: Frame; width: number; height: number } | null;
}

/** The word for a clip, from its newest try and whether any try is ready. */
export function clipStatus({ latest, hasReady }: { latest: GenerationState | null; hasReady: boolean }): ClipStatus {
  if (latest !== null && isOpen(latest)) return 'generating';
  if (hasReady) return 'ready';
  return latest === 'failed' ? 'error' : 'still';
}
