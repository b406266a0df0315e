import { type DetailedError, Upload } from 'tus-js-client';
import { leaveWhereMoved } from '~/components/old-page';
import { onWaking } from '~/components/waking';
import { isUploadReason, type UploadReason } from './upload-reasons';

/** The result of one attempt to send. `lost`: the connection broke; the next attempt continues at this offset. */
export type Sent =
  | { outcome: 'done'; clipId: string }
  | { outcome: 'lost' }
  | { outcome: 'stopped' }
  | { outcome: 'refused'; reason: UploadReason };

export interface SendOrder {
  bytes: ArrayBuffer;
  metadata: {
    projectId: string;
    requestKey: string;
    fileName: string;
    takenAt?: string;
    contentHash?: string;
    keepsBoth?: 'true';
  };
  uploadUrl: string | null;
  /** Bytes in one request: small after a failure, so that a bad connection carries at least a part. */
  chunkBytes: number;
  signal: AbortSignal;
  onUrl(url: string): void;
  /** 0 to 1. */
  onProgress(part: number): void;
}

/**
 * A connection that carried nothing for so long counts as lost, in ms: `usual`, and `doubtful` once the browser says that
 * it is offline, or after the page was put away, which ends requests without a word.
 */
const silence = { usual: 30_000, doubtful: 5000 } as const;

/** Sends a photo, or the rest of it, once. Never throws. Aborting `signal` stops it; the server keeps what it has got. */
export function sendPhoto({
  bytes,
  metadata,
  uploadUrl,
  chunkBytes,
  signal,
  onUrl,
  onProgress,
}: SendOrder): Promise<Sent> {
  return new Promise((resolve) => {
    let clipId: string | null = null;
    let watch: ReturnType<typeof setTimeout> | undefined;
    let heardAt = Date.now();
    const ended = new AbortController();
    const end = (sent: Sent) => {
      clearTimeout(watch);
      ended.abort();
      resolve(sent);
    };
    const upload = new Upload(new Blob([bytes]), {
      endpoint: '/uploads',
      uploadUrl,
      metadata,
      chunkSize: chunkBytes,
      // The caller tries again, with smaller parts. This library would wait for `navigator.onLine`, which may be wrong.
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => upload.url && onUrl(upload.url),
      onProgress: (sent, total) => {
        hear();
        onProgress(total > 0 ? sent / total : 0);
      },
      onAfterResponse: (_request, response) => {
        hear();
        clipId = response.getHeader('Echoes-Clip') ?? clipId;
      },
      onSuccess: () => end(clipId === null ? { outcome: 'lost' } : { outcome: 'done', clipId }),
      onError: (error) => end(readError(error)),
    });
    const halt = (sent: Sent) => {
      void upload.abort();
      end(sent);
    };
    const stop = () => halt({ outcome: 'stopped' });
    const lose = () => halt({ outcome: 'lost' });
    const listen = (ms: number) => {
      clearTimeout(watch);
      watch = setTimeout(lose, ms);
    };
    const hear = () => {
      heardAt = Date.now();
      listen(silence.usual);
    };
    if (signal.aborted) return end({ outcome: 'stopped' });
    signal.addEventListener('abort', stop, { signal: ended.signal });
    addEventListener('offline', () => listen(silence.doubtful), { signal: ended.signal });
    onWaking(() => Date.now() - heardAt > silence.doubtful && lose(), ended.signal);
    hear();
    upload.start();
  });
}

/** Tells the server to throw away what it has of a photo. Never throws. */
export async function abandonPhoto(uploadUrl: string): Promise<void> {
  try {
    await Upload.terminate(uploadUrl, { retryDelays: null });
  } catch {
    // The sweeper removes it within a day.
  }
}

function readError(error: Error | DetailedError): Sent {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  const reason = response?.getHeader('Echoes-Reason');
  if (isUploadReason(reason) && reason !== 'unexpected') return { outcome: 'refused', reason };
  // No answer, a fault of ours, a part that came broken or was written by another tab: ask the server where it stands.
  const isPassing = status === 0 || status >= 500 || [400, 408, 409, 423, 429, 460].includes(status);
  if (isPassing) return { outcome: 'lost' };
  leaveWhereMoved(status);
  return { outcome: 'refused', reason: 'unexpected' };
}
