/** What an admin may open of one clip, and what they have open now. Times in ms since 1970. */
export interface MediaAccessView {
  clipId: string;
  owner: { id: string; name: string | null };
  /** Whether the photo is still there, and the tries whose video is. */
  hasPhoto: boolean;
  tries: { id: string; at: number; provider: string }[];
  /** What this admin has opened in the last minutes, by links that work for them alone until `until`. */
  open: OpenedView[];
}

export interface OpenedView {
  subject: string;
  kind: 'photo' | 'clip';
  url: string;
  until: number;
  reason: string;
}

/** How long an admin sees what they have opened, in ms. */
export const accessMilliseconds = 5 * 60_000;
