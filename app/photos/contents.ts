import type { KeptPhoto } from './kept-photo';

/** The contents on their way from this page: of two uploads with the same file into one film, one brings it. */
export interface Contents {
  /** True when another upload brings this content; it is this one's from now on otherwise. */
  isTaken(photo: KeptPhoto, contentHash: string): boolean;
  /** An upload does not arrive. Returns true where others may have been left because of it. */
  release(photo: KeptPhoto): boolean;
  /** True for two photos of one film with the same content. */
  areSame(one: KeptPhoto, other: KeptPhoto): boolean;
}

/** `isUnderWay` tells whether an upload is still being brought. */
export function createContents(isUnderWay: (id: string) => boolean): Contents {
  const bringers = new Map<string, string>();
  const keyOf = ({ projectId, content }: KeptPhoto) =>
    content.kind === 'prepared' && content.contentHash ? `${projectId} ${content.contentHash}` : null;
  return {
    isTaken({ id, projectId }, contentHash) {
      const key = `${projectId} ${contentHash}`;
      const other = bringers.get(key) ?? id;
      if (other !== id && isUnderWay(other)) return true;
      bringers.set(key, id);
      return false;
    },
    release(photo) {
      const key = keyOf(photo);
      return key !== null && bringers.get(key) === photo.id && bringers.delete(key);
    },
    areSame: (one, other) => keyOf(one) !== null && keyOf(one) === keyOf(other),
  };
}
