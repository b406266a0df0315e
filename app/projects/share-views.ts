import type { ClipView, GenerationView, ProjectView } from './views';

/** How long a link plays its film, unless it is ended before. */
export const shareDays = 30;

/** What the player needs of a clip, and all that a visitor gets to know of one. */
export interface FilmClip extends Pick<ClipView, 'id' | 'frame'> {
  photo: Pick<ClipView['photo'], 'url' | 'width' | 'height'>;
  approved: Pick<GenerationView, 'videoUrl' | 'durationSeconds'> | null;
}

/** A film as its link shows it. */
export interface SharedFilm extends Pick<ProjectView, 'title' | 'shape' | 'trackId'> {
  clips: FilmClip[];
  /** Length in seconds. */
  seconds: number;
}

/** A film's open link, as its owner sees it. Times in ms since 1970. */
export interface ShareView {
  id: string;
  url: string;
  expiresAt: number;
  /** Visitors who began to watch, and those who watched to the end. */
  views: number;
  watched: number;
  /** The clip whose photo a preview of the link shows; null shows none. */
  previewClipId: string | null;
}

/** All the sheet for sharing needs. */
export interface ShareSheetView {
  /** The film's open link, or null. */
  share: ShareView | null;
  /** The film's photos, to choose one for previews. */
  photos: { clipId: string; url: string }[];
  /** What a film earns when so many visitors have watched it; null where it has earned that, or nothing is given. */
  reward: { credits: number; viewers: number } | null;
}

/** The path of a link. */
export const sharePath = (token: string) => `/s/${token}`;

/** The words for a link that shows nothing (any more), whatever the reason. */
export const goneFilm = {
  status: 404,
  title: 'This film is not shown here any more',
  sentence: 'Its link has ended, or whoever made it took it back. Ask them for a new one.',
  nextStep: { label: 'See what Echoes is', to: '/' },
} as const;
