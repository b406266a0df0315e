import { sizedUrl, smallerPhotos } from '~/photos/photo-sizes';
import type { FilmClip } from '~/projects/share-views';
import type { Layer, OpenPart } from './layer.client';
import { createMediaCache } from './media-cache.client';
import { type Segment, type Timeline, withAddresses, withDuration } from './timeline';

/** Above this, what comes after the next clip is not loaded ahead: a phone closes a page that takes too much. */
const mostBytesAhead = 48 * 1024 * 1024;

/** The photo of a still in the size that this screen needs; above twice the pixels nobody sees more. */
function stillUrl(url: string): string {
  const pixels = Math.min(innerWidth, innerHeight) * Math.min(2, devicePixelRatio);
  return pixels <= 1.1 * smallerPhotos.medium.shortSide ? sizedUrl(url, 'medium') : url;
}

/**
 * Fills layers with segments out of memory, and holds the timeline, which learns the videos' true lengths and fresh
 * addresses on the way. At most the files of three clips, and of what is still visible, are in memory: their videos, and
 * the photos of those two that stand in a layer.
 */
export function createFilmLoader({
  timeline: given,
  refreshClips,
  onFilled,
  onLength,
}: {
  timeline: Timeline;
  refreshClips: () => Promise<readonly FilmClip[]>;
  /** A layer has become ready. */
  onFilled: () => void;
  /** The film has become longer or shorter. */
  onLength: (seconds: number) => void;
}) {
  let timeline = given;
  const cache = createMediaCache({
    addressOf(index, part) {
      const segment = timeline.segments[index];
      if (part === 'video') return segment?.url ?? '';
      return segment ? stillUrl(segment.photoUrl) : '';
    },
    renewAddresses: async () => {
      timeline = withAddresses(timeline, await refreshClips());
    },
  });
  const opener =
    (index: number): OpenPart =>
    (part) =>
      cache.open(index, part);

  return {
    get timeline() {
      return timeline;
    },

    /** Fills a layer with the segment `index`, at `atSeconds` of it. */
    fill(layer: Layer, index: number, atSeconds: number) {
      const segment = timeline.segments[index];
      if (!segment) return;
      void layer.fill(segment, atSeconds, opener(index)).then((seconds) => {
        if (layer.index !== index || !layer.ready) return;
        // The file knows its length better than the request for it did.
        if (seconds !== null && Number.isFinite(seconds) && Math.abs(seconds - segment.durationSeconds) > 0.02) {
          timeline = withDuration(timeline, index, seconds);
          onLength(timeline.lengthSeconds);
        }
        onFilled();
        // A video that breaks has its photo at hand, also without a network then.
        if (seconds !== null && cache.bytes() < mostBytesAhead) void cache.open(index, 'photo');
      });
    },

    /** Shows the photo in place of a video that cannot go on. */
    giveWay: (layer: Layer) => void layer.giveWay(opener(layer.index)),

    /** Loads what follows the segment that is being made ready. */
    loadAhead(index: number) {
      const segment: Segment | undefined = timeline.segments[index];
      if (segment && cache.bytes() < mostBytesAhead)
        void cache.open(index, segment.kind === 'video' ? 'video' : 'photo');
    },

    /** Frees the files of all other segments. */
    keepOnly: cache.keepOnly,
  };
}
