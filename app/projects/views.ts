import { type GenerationState, isOpen } from '~/generations/pipeline/states';
import type { Stopping } from '~/generations/stop';
import type { Frame, FrameOrigin, Shape } from '~/photos/frame';

/** The status of a clip (docs/glossary.md). */
export type ClipStatus = 'still' | 'generating' | 'ready' | 'error';

/** A generation as a page shows it. Times in ms since 1970. */
export interface GenerationView {
  id: string;
  state: GenerationState;
  /** The provider's progress, 0..1; null while unknown. */
  progress: number | null;
  /** True while the provider or the breaker holds it back; it continues by itself. */
  heldBack: boolean;
  createdAt: number;
  stateAt: number;
  durationSeconds: number;
  presetId: string;
  words: string;
  cost: number;
  /** A gift or an admin's gift uses no credit, and none comes back; the person's own gift does (decision 0020). */
  paidBy: 'credits' | 'gift' | 'admin';
  /** Whether it can be stopped, while it is open. */
  stopping: Stopping;
  /** The failure reason: a key of `failureTexts` (app/providers/failure-messages.ts), or null. */
  failureReason: string | null;
  /** Signed URL once ready, else null. */
  videoUrl: string | null;
}

/** A clip as pages show it; live frames carry the same type. */
export interface ClipView {
  id: string;
  projectId: string;
  /** Fractional index: clips sort by this text. */
  position: string;
  /** Counted up with every change; an older view never replaces a newer one. */
  version: number;
  status: ClipStatus;
  /** The person has left the clip as a photo after its last failure. */
  isLeftAsPhoto: boolean;
  /** In ms since 1970, as the next one. */
  addedAt: number;
  /** When the person said that it stays beside the clips that look like it: those that were there by then. */
  keptApartAt: number | null;
  photo: { id: string; url: string; width: number; height: number; takenAt: number | null; colour: string | null };
  frame: Frame;
  frameOrigin: FrameOrigin;
  presetId: string;
  words: string;
  /** The newest generation, in any state. */
  latest: GenerationView | null;
  /** The newest ready generation, which can be approved. */
  ready: GenerationView | null;
  /** The approved generation, which the film plays; null plays the photo as a moving still. */
  approved: GenerationView | null;
}

/**
 * What is done to several clips of a film at once: taken out, put back, kept beside those that look like them, stacked with
 * these again, or given a preset.
 */
export type ManyClipsAct =
  | { kind: 'remove' | 'restore' | 'keep-apart' | 'stack' }
  | { kind: 'preset'; presetId: string };

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

/** A project as the projects page shows it. */
export interface ProjectCard {
  id: string;
  title: string;
  shape: Shape;
  clipCount: number;
  /** Length of the film in seconds. */
  seconds: number;
  /** The first clip: its photo, and its video where it is approved. */
  cover: {
    photoUrl: string;
    videoUrl: string | null;
    frame: Frame;
    width: number;
    height: number;
    colour: string | null;
  } | null;
}

/** The status of a clip, from the state of its newest generation, whether any is ready, and whether it was left. */
export function clipStatus({
  latest,
  hasReady,
  isLeftAsPhoto,
}: {
  latest: GenerationState | null;
  hasReady: boolean;
  isLeftAsPhoto: boolean;
}): ClipStatus {
  if (latest !== null && isOpen(latest)) return 'generating';
  if (hasReady) return 'ready';
  return latest === 'failed' && !isLeftAsPhoto ? 'error' : 'still';
}
