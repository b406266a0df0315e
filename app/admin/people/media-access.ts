/** What an admin may open of one clip, and what they have open now. Times in ms since 1970. */
export interface MediaAccessView {
  clipId: string;
  owner: { id: string; name: string | null };
  /** Whether the photo is stored, and the generations whose video is. */
  hasPhoto: boolean;
  generations: { id: string; at: number; provider: string }[];
  /** What this admin opened in the last minutes, by links that work for this admin alone until `until`. */
  open: OpenedView[];
}

export interface OpenedView {
  subject: string;
  kind: 'photo' | 'clip';
  url: string;
  until: number;
  reason: string;
}

/** How long an opened photo or clip is shown, in ms. */
export const accessMilliseconds = 5 * 60_000;
