import * as v from 'valibot';

const schema = v.object({
  projectId: v.string(),
  requestKey: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{8,64}$/)),
  /** For display only, never a path or a key: cleaned, and cut to 120 characters. */
  fileName: v.optional(
    v.pipe(
      v.string(),
      v.transform((name) => [...name.replace(/[\p{C}/\\]/gu, '')].slice(0, 120).join('') || 'photo'),
    ),
    'photo',
  ),
  /** When the photo was taken, in ms since 1970; null for an invalid value. */
  takenAt: v.fallback(
    v.nullable(
      v.pipe(v.string(), v.regex(/^-?\d{1,15}$/), v.transform(Number), v.minValue(-2.3e12), v.maxValue(4.2e12)),
    ),
    null,
  ),
  /** SHA-256 of the file that was picked, as hex; null for an invalid value, and where the device could not tell. */
  contentHash: v.fallback(v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))), null),
  /** The person wants the photo though it is in the film already. */
  keepsBoth: v.pipe(
    v.optional(v.string(), ''),
    v.transform((value) => value === 'true'),
  ),
});

/** The facts of a photo that its page sends when it opens the upload. */
export type UploadMetadata = Omit<Read, 'contentHash' | 'keepsBoth'> & Partial<Pick<Read, 'contentHash' | 'keepsBoth'>>;

type Read = v.InferOutput<typeof schema>;

/** Reads tus' Upload-Metadata header (`name base64,name base64`); null when a required value is missing or malformed. */
export function readUploadMetadata(header: string | undefined): UploadMetadata | null {
  const values: Record<string, string> = {};
  for (const pair of (header ?? '').split(',')) {
    const [name, value = ''] = pair.trim().split(' ');
    if (!name || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return null;
    values[name] = new TextDecoder().decode(Uint8Array.from(atobOf(value), (letter) => letter.charCodeAt(0)));
  }
  const read = v.safeParse(schema, values);
  return read.success ? read.output : null;
}

function atobOf(base64: string): string {
  // A length that base64 cannot have decodes to an empty text, which no field accepts.
  return base64.replace(/=+$/, '').length % 4 === 1 ? '' : atob(base64.replace(/=+$/, ''));
}
