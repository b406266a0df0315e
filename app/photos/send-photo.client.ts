import { type DetailedError, Upload } from 'tus-js-client';
import { isUploadReason, type UploadReason } from './upload-reasons';

/** What one try to send came to. `lost`: the connection, so far; the next try goes on where this one stopped. */
export type Sent =
  | { outcome: 'done'; clipId: string }
  | { outcome: 'lost' }
  | { outcome: 'stopped' }
  | { outcome: 'refused'; reason: UploadReason };

export interface SendOrder {
  bytes: ArrayBuffer;
  metadata: { projectId: string; requestKey: string; fileName: string; takenAt?: string };
  uploadUrl: string | null;
  /** Bytes in one request: small after a failure, so that a bad line carries at least something. */
  chunkBytes: number;
  signal: AbortSignal;
  onUrl(url: string): void;
  /** 0 to 1. */
  onProgress(part: number): void;
}

/** Nothing sent for this long: the line is dead, though nobody says so. In ms. */
const silence = 30_000;

/** Sends a photo, or the rest of it, once. Never throws. Aborting `signal` stops it; the server keeps what it has. */
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
    const end = (sent: Sent) => {
      clearTimeout(watch);
      signal.removeEventListener('abort', stop);
      removeEventListener('offline', lose);
      resolve(sent);
    };
    const upload = new Upload(new Blob([bytes]), {
      endpoint: '/uploads',
      uploadUrl,
      metadata,
      chunkSize: chunkBytes,
      // We try again ourselves: with smaller parts, and not before there is a line.
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
    const hear = () => {
      clearTimeout(watch);
      watch = setTimeout(lose, silence);
    };
    if (signal.aborted) return end({ outcome: 'stopped' });
    signal.addEventListener('abort', stop);
    addEventListener('offline', lose);
    hear();
    upload.start();
  });
}

/** Tells the server to throw away what it has of a photo. What does not arrive there is swept away in a day. */
export async function abandonPhoto(uploadUrl: string): Promise<void> {
  try {
    await Upload.terminate(uploadUrl, { retryDelays: null });
  } catch {
    // Nothing to be done about it, and nothing that a person would have to know.
  }
}

function readError(error: Error | DetailedError): Sent {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  const reason = response?.getHeader('Echoes-Reason');
  if (isUploadReason(reason) && reason !== 'unexpected') return { outcome: 'refused', reason };
  // No answer, a fault of ours, a part that came broken or was taken by another tab: go on from where the server stands.
  const isPassing = status === 0 || status >= 500 || [400, 408, 409, 423, 429, 460].includes(status);
  return isPassing ? { outcome: 'lost' } : { outcome: 'refused', reason: 'unexpected' };
}
