import type { UploadReason } from './upload-reasons';

/** The version of the tus protocol that the door speaks, and its extensions. */
export const tus = {
  version: '1.0.0',
  /** The answer to OPTIONS, and to a client that speaks another version. */
  abilities: {
    'Tus-Version': '1.0.0',
    'Tus-Extension': 'creation,expiration,checksum,termination',
    'Tus-Checksum-Algorithm': 'sha1,sha256',
  },
  contentType: 'application/offset+octet-stream',
  /** Headers of every response. */
  headers: { 'Tus-Resumable': '1.0.0', 'Cache-Control': 'no-store' },
} as const;

/** Refusals that concern one request of the protocol, not the photo. */
export type ProtocolReason =
  | 'already-done'
  | 'checksum-unknown'
  | 'checksum-wrong'
  | 'content-type'
  | 'cut-off'
  | 'header'
  | 'key-taken'
  | 'method'
  | 'part-too-small'
  | 'too-long'
  | 'version'
  | 'wrong-offset';

/** The HTTP status of each reason. 460 is defined by tus for a wrong checksum. */
export const statusOf: Readonly<Record<UploadReason | ProtocolReason, number>> = {
  'already-done': 409,
  'already-here': 409,
  'black-frame': 422,
  canceled: 410,
  'checksum-unknown': 400,
  'checksum-wrong': 460,
  connection: 400,
  'content-type': 415,
  'cut-off': 400,
  damaged: 422,
  'day-full': 429,
  empty: 422,
  expired: 410,
  'film-full': 422,
  header: 400,
  'key-taken': 409,
  maintenance: 503,
  method: 405,
  'not-a-photo': 415,
  'not-found': 404,
  'not-given': 422,
  'part-too-small': 400,
  pdf: 415,
  'signed-out': 401,
  'storage-full': 422,
  'tiff-or-raw': 415,
  'too-heavy': 422,
  'too-large': 422,
  'too-long': 413,
  'too-many-bytes': 413,
  'too-many-pixels': 422,
  'too-small': 422,
  unexpected: 500,
  unreadable: 422,
  unsupported: 415,
  version: 412,
  video: 415,
  'wrong-offset': 409,
};

/** Reads a header that holds a number of bytes; null for anything else. */
export function byteCount(header: string | null | undefined): number | null {
  return /^\d{1,12}$/.test(header ?? '') ? Number(header) : null;
}
