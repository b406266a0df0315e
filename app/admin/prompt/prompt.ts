import type { GenerationView } from '~/projects/views';

/** Figures of a version, counted by triggers. `generations` are all; neither ready nor failed ones are open or canceled. */
export interface Quality {
  generations: number;
  ready: number;
  failed: number;
  /** Ready generations that are approved in a film. */
  approved: number;
  /** Ready generations for which a person gave this feedback. */
  wrongFace: number;
  oddMovement: number;
  other: number;
}

/** One version of the system prompt. Version 1 is part of Echoes and has neither author nor date. */
export interface PromptVersion {
  version: number;
  text: string;
  note: string;
  author: { id: string; name: string } | null;
  createdAt: number | null;
  quality: Quality;
}

/** The live version: its text, since when (ms) and by whom, and the version to go back to. */
export interface LivePrompt {
  version: number;
  text: string;
  /** The version of the setting; going live names the one its admin saw. */
  settingVersion: number;
  since: number | null;
  by: { id: string; name: string } | null;
  /** The version that was live before, or null. */
  previous: number | null;
}

/** A run of words: in both texts, only in the new one, or only in the old one. */
export interface DifferencePart {
  text: string;
  kind: 'same' | 'added' | 'removed';
}

/** A sample photo with its clip, once it has one, and the clip's newest generation with a version. */
export interface SampleGeneration {
  /** The name of its picture under /scenes. */
  scene: string;
  name: string;
  clipId: string | null;
  made: GenerationView | null;
}

/** The subject of audit entries about the system prompt: the setting that names the live version. */
export const promptSubject = 'systemPrompt';

/** Most letters of a version's note, and of the reason for going live. */
export const mostNoteLetters = 300;

/** Below this count no share is shown. */
const fewest = 20;

/** A part of a count, as a share where the count is large enough. */
export interface Share {
  count: number;
  of: number;
  /** In per cent, with its 95 % bounds; null for a small count. */
  percent: { share: number; low: number; high: number } | null;
}

/** The share of `count` in `of`, with Wilson's bounds; without a share for a small count. */
export function shareOf(count: number, of: number): Share {
  if (of < fewest) return { count, of, percent: null };
  const z = 1.96;
  const share = Math.min(1, count / of);
  const middle = share + z ** 2 / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const bound = (value: number) => Math.round((100 * value) / (1 + z ** 2 / of));
  return {
    count,
    of,
    percent: { share: Math.round(100 * share), low: bound(middle - spread), high: bound(middle + spread) },
  };
}

/** The share in words: "46 of 50: 92 % (81 to 97)", or only "3 of 4" for a small count. */
export function shareText({ count, of, percent }: Share): string {
  if (of === 0) return 'None yet';
  const counted = `${count} of ${of}`;
  return percent === null ? counted : `${counted}: ${percent.share} % (${percent.low} to ${percent.high})`;
}
