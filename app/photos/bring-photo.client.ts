import { pause } from '~/components/waking';
import type { KeptPhoto } from './kept-photo';
import type { Preparer } from './prepare.client';
import { sendPhoto } from './send-photo.client';
import type { TakenAtReader } from './taken-at';
import type { UploadReason } from './upload-reasons';
import type { UploadStore } from './upload-store.client';

/** Attempts without any progress, with a connection by all that the browser knows, before a person is asked. */
const mostAttempts = 6;

/** Bytes in one request, and what they shrink to after failures. */
const chunkSizes = [1024, 512, 256, 128, 64].map((kilobytes) => kilobytes * 1024);

/** What one photo came to. */
export type Brought =
  | { outcome: 'done'; clipId: string }
  | { outcome: 'stopped' }
  | { outcome: 'failed'; reason: UploadReason };

/** Events of a photo's upload for the page. */
interface BringNews {
  /** Stores what has become of the photo. */
  keep(news: Partial<KeptPhoto>): Promise<void>;
  /** The server has opened an upload. It is stored with the next `keep`: its request key finds it again as well. */
  onUrl(uploadUrl: string): void;
  /** `thumbnail`: a small picture of it, if it was prepared just now. */
  onPrepared(thumbnail: ArrayBuffer | null): void;
  /** Remembers the content of a photo of this film; true when another one with the same is on its way from this page. */
  isUnderWay(contentHash: string): boolean;
  /** 0 to 1. */
  onProgress(part: number): void;
  /** True while nothing moves for want of a connection. */
  onWaiting(isWaiting: boolean): void;
}

/**
 * Prepares one photo after another and sends it, as often as it takes. How large a request may be is learnt from all
 * photos: it halves after each failure, and doubles after each photo that arrived.
 */
export function createBringer({
  store,
  preparer,
  takenAt,
}: {
  store: UploadStore;
  preparer: Preparer;
  takenAt: TakenAtReader;
}) {
  let chunk = 0;

  async function prepared({ photo, signal, news }: Order) {
    const { content } = photo;
    if (content.kind === 'prepared') return { outcome: 'ready', content, thumbnail: null } as const;
    const order = { signal, onWaiting: news.onWaiting };
    let result = await preparer.prepare({ ...order, file: content.file });
    if (result.outcome === 'refused' && result.reason === 'not-given') {
      // The device took the file back, but the browser may have kept a copy of it.
      const kept = await store.find(photo.id);
      if (kept?.content.kind === 'original') result = await preparer.prepare({ ...order, file: kept.content.file });
    }
    if (result.outcome === 'refused') return result;
    const { bytes, thumbnail, taken, contentHash } = result;
    const prepared = { kind: 'prepared', bytes, takenAt: takenAt.read(taken), contentHash } as const;
    return { outcome: 'ready', content: prepared, thumbnail } as const;
  }

  return async function bring(order: Order): Promise<Brought> {
    const { photo, signal, news } = order;
    const made = await prepared(order);
    if (signal.aborted) return { outcome: 'stopped' };
    if (made.outcome === 'refused') return { outcome: 'failed', reason: made.reason };
    const { content, thumbnail } = made;
    // Until it is stored the original is, so that nothing waits for a busy disk.
    if (photo.content !== content) void news.keep({ content });
    news.onPrepared(thumbnail);
    if (content.contentHash && !photo.keepsBoth && news.isUnderWay(content.contentHash))
      return { outcome: 'failed', reason: 'already-here' };

    let { uploadUrl } = photo;
    let best = 0;
    for (let attempt = 0, fruitless = 0; fruitless < mostAttempts; attempt++) {
      const before = best;
      const sent = await sendPhoto({
        bytes: content.bytes,
        metadata: {
          ...{ projectId: photo.projectId, requestKey: photo.id, fileName: photo.name },
          ...(content.takenAt === null ? {} : { takenAt: String(content.takenAt) }),
          ...(content.contentHash && { contentHash: content.contentHash }),
          ...(photo.keepsBoth && { keepsBoth: 'true' as const }),
        },
        uploadUrl,
        chunkBytes: chunkSizes[chunk] as number,
        signal,
        onUrl: (url) => {
          uploadUrl = url;
          news.onUrl(url);
        },
        onProgress: (part) => {
          if (part > best) news.onWaiting(false);
          best = Math.max(best, part);
          news.onProgress(part);
        },
      });
      if (sent.outcome === 'stopped') return sent;
      if (sent.outcome === 'refused') return { outcome: 'failed', reason: sent.reason };
      if (sent.outcome === 'done') {
        chunk = Math.max(0, chunk - 1);
        return sent;
      }
      chunk = Math.min(chunkSizes.length - 1, chunk + 1);
      news.onWaiting(true);
      // Each time it is stored, the page copies the whole photo: that is worth it once the connection has broken.
      if (uploadUrl !== photo.uploadUrl) void news.keep({ uploadUrl });
      // A connection that transfers anything is kept; so is one that the browser reports as offline, until it returns.
      if (best > before) attempt = fruitless = 0;
      else if (navigator.onLine) fruitless++;
      await pause({ attempt, signal });
    }
    return { outcome: 'failed', reason: 'connection' };
  };
}

interface Order {
  photo: KeptPhoto;
  signal: AbortSignal;
  news: BringNews;
}
