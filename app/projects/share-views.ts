import type { ClipView, GenerationView, ProjectView } from './views';

/** How many days a share is open unless it is revoked. */
export const shareDays = 30;

/** The part of a clip that the player needs, and the only part that visitors get. */
export interface FilmClip extends Pick<ClipView, 'id' | 'frame'> {
  photo: Pick<ClipView['photo'], 'url' | 'width' | 'height' | 'colour'>;
  approved: Pick<GenerationView, 'videoUrl' | 'durationSeconds'> | null;
}

/** A film as a share shows it. */
export interface SharedFilm extends Pick<ProjectView, 'title' | 'shape' | 'trackId'> {
  clips: FilmClip[];
  /** Length in seconds. */
  seconds: number;
}

/** The open share of a project, as its owner sees it. Times in ms since 1970. */
export interface ShareView {
  id: string;
  url: string;
  expiresAt: number;
  /** How many visitors started the film, and how many watched it to the end. */
  views: number;
  watched: number;
  /** The clip whose photo link previews show; null for none. */
  previewClipId: string | null;
}

/** The data of the sheet for sharing. */
export interface ShareSheetView {
  /** The project's open share, or null. */
  share: ShareView | null;
  /** The project's photos, one of which previews may show. */
  photos: { clipId: string; url: string }[];
  /**
   * The credits for a film that is watched to its end from `viewers` networks; null when earned already, or switched off.
   * `most` films of a person are rewarded in 30 days, and `left` of them are open.
   */
  reward: { credits: number; viewers: number; most: number; left: number } | null;
}

/** The path of a share. */
export const sharePath = (token: string) => `/s/${token}`;

/** The problem page of a share that is not open, for any reason. */
export const goneFilm = {
  status: 404,
  title: 'This film is not shown here any more',
  sentence: 'Its link has ended, or whoever made it took it back. Ask them for a new one.',
  nextStep: { label: 'See what Echoes is', to: '/' },
} as const;
