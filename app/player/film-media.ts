/** What a film plays on. Made inside a tap where there is one: some browsers let sound and videos start only there. */
export interface FilmMedia {
  /** Null where there is no music to play, or no Web Audio. */
  audio: AudioContext | null;
  videos: [HTMLVideoElement, HTMLVideoElement];
}

/** `music`: whether the film has any; sound is opened only for music. Call inside a tap where there is one. */
export function createFilmMedia({ music }: { music: boolean }): FilmMedia {
  const media: FilmMedia = { audio: music ? openSound() : null, videos: [createVideo(), createVideo()] };
  for (const video of media.videos) unlockVideo(video);
  return media;
}

/** Where a tap leaves what it made for a player that comes later: a script still to be loaded, or the next page. */
interface FilmMediaWindow {
  filmMedia?: FilmMedia | undefined;
}

/** Call inside the tap on a link that leads to a film. */
export function carryFilmMedia({ music }: { music: boolean }): void {
  takeFilmMedia()
    ?.audio?.close()
    .catch(() => undefined);
  Object.assign(window, { filmMedia: createFilmMedia({ music }) });
}

/** What a tap has left, once. */
export function takeFilmMedia(): FilmMedia | undefined {
  const left = window as unknown as FilmMediaWindow;
  const { filmMedia } = left;
  left.filmMedia = undefined;
  return filmMedia;
}

/** Call inside a tap: opens sound and starts it. Null where the browser has none. */
export function openSound(): AudioContext | null {
  try {
    // iPhones mute Web Audio by the ring switch, unless the page says that it plays media.
    if ('audioSession' in navigator) Object.assign(navigator.audioSession as object, { type: 'playback' });
    const audio = new AudioContext();
    audio.resume().catch(() => undefined);
    return audio;
  } catch {
    return null;
  }
}

/** Call inside a tap: a video that was played there once may be played at any time, also in Low Power Mode. */
export function unlockVideo(video: HTMLVideoElement): void {
  video.play().catch(() => undefined);
  video.pause();
}

/** Muted and inline: no other videos may play side by side on a phone. */
function createVideo(): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  video.disablePictureInPicture = true;
  video.disableRemotePlayback = true;
  video.tabIndex = -1;
  return video;
}
