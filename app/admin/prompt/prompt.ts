import type { GenerationView } from '~/projects/views';

/** How a version did, counted as it happens. `tries` are all of them; those neither ready nor failed are under way or stopped. */
export interface Quality {
  tries: number;
  ready: number;
  failed: number;
  /** Ready tries that stand in a film. */
  approved: number;
  /** Ready tries of which people said that this was wrong. */
  wrongFace: number;
  oddMovement: number;
  other: number;
}

/** One version of the system prompt. Version 1 has no author and no date: Echoes comes with it. */
export interface PromptVersion {
  version: number;
  text: string;
  note: string;
  author: { id: string; name: string } | null;
  createdAt: number | null;
  quality: Quality;
}

/** What is live: the text that new tries get, since when and by whom, and the version to go back to. Times in ms. */
export interface LivePrompt {
  version: number;
  text: string;
  /** The setting's own count: who goes live says which one they saw. */
  settingVersion: number;
  since: number | null;
  by: { id: string; name: string } | null;
  /** The version that was live before; null where none was. */
  previous: number | null;
}

/** A run of words that is in both texts, only in the new one, or only in the old one. */
export interface DifferencePart {
  text: string;
  kind: 'same' | 'added' | 'removed';
}

/** One of the sample photos, as a clip where it has been tried before, with its newest try of a version. */
export interface SampleGeneration {
  /** The name of its picture under /scenes. */
  scene: string;
  name: string;
  clipId: string | null;
  made: GenerationView | null;
}

/** What all acts about the system prompt are done to: the setting that says which version is live. */
export const promptSubject = 'systemPrompt';

/** Most letters of what an admin says about a version, or why it goes live. */
export const mostNoteLetters = 300;

/** Fewer than these say nothing about a share. */
const fewest = 20;

/** A share of a count, or why there is none to speak of. */
export interface Share {
  count: number;
  of: number;
  /** In per cent, with the bounds between which the true share lies 19 times in 20; null where there are too few. */
  percent: { share: number; low: number; high: number } | null;
}

/** How many of how many: with so few that the share could be anything, only the count. The bounds are Wilson's. */
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

/** The share in words: "46 of 50: 92 % (81 to 97)", or "3 of 4" where that is all that can be said. */
export function shareText({ count, of, percent }: Share): string {
  if (of === 0) return 'None yet';
  const counted = `${count} of ${of}`;
  return percent === null ? counted : `${counted}: ${percent.share} % (${percent.low} to ${percent.high})`;
}
