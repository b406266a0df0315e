/** A photo on its way as it is kept on the device, so that a reload or a flat battery costs nothing. */
export interface KeptPhoto {
  /** The request key: made once per photo, the same for every attempt. */
  id: string;
  /** Whose it is: nobody else who signs in on this device gets it. */
  person: string;
  projectId: string;
  name: string;
  /** The original until it is prepared, then what travels. */
  content: { kind: 'original'; file: File } | PreparedContent;
  /** Where the server takes it, once it has said so. */
  uploadUrl: string | null;
  /** The person wants it though it is in the film already. */
  keepsBoth?: boolean;
  addedAt: number;
}

interface PreparedContent {
  kind: 'prepared';
  bytes: ArrayBuffer;
  takenAt: number | null;
  /** SHA-256 of the file, as hex; missing in photos that an earlier version stored. */
  contentHash?: string | null;
}

/** The browser's database of photos on their way. */
export const keptPhotos = { database: 'echoes-uploads', version: 1, table: 'photos', key: 'id' } as const;

/** The id of the person for whom this page was made; empty on pages of visitors. */
export const personHere = (): string => document.documentElement.dataset.person ?? '';

/** A photo as it was picked, with a key of its own. */
export function newlyPicked({ file, projectId }: { file: File; projectId: string }): KeptPhoto {
  const content = { kind: 'original', file } as const;
  const picked = { id: newRequestKey(), person: personHere(), projectId, name: file.name };
  return { ...picked, content, uploadUrl: null, addedAt: Date.now() };
}

/** 128 random bits. `crypto.randomUUID` is missing on pages that do not come over https. */
export function newRequestKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Compares file names with numbers as numbers, so that photos keep the order in which a camera saved them. */
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export const inOrderOfNames = (photos: readonly KeptPhoto[]): KeptPhoto[] =>
  [...photos].sort((one, other) => byName.compare(one.name, other.name));
