import type { KeptPhoto } from './kept-photo';
import type { UploadReason } from './upload-reasons';

/** A photo on its way, as its card shows it. */
export interface UploadItem {
  id: string;
  projectId: string;
  name: string;
  /** A small picture of it; an object URL of this page. */
  previewUrl: string | null;
  state: 'waiting' | 'preparing' | 'sending' | 'done' | 'failed';
  /** 0 to 1. */
  progress: number;
  /** True while nothing moves for want of a connection. */
  isWaiting: boolean;
  /** False where a reload would lose it: the browser keeps nothing. */
  isKept: boolean;
  /** Why it failed; a key of `uploadReasons`. */
  reason: UploadReason | null;
  /** The clip it has become. */
  clipId: string | null;
}

/** A photo that was picked, before anything has been done with it. */
export const itemOf = ({ id, projectId, name }: KeptPhoto): UploadItem => ({
  ...{ id, projectId, name, previewUrl: null, state: 'waiting', progress: 0 },
  ...{ isWaiting: false, isKept: true, reason: null, clipId: null },
});

/** What a page shows of an upload apart from its card. */
export interface UploadGlance {
  readonly id: string;
  readonly name: string;
  readonly isDone: boolean;
  readonly isKept: boolean;
  readonly reason: UploadReason | null;
  readonly clipId: string | null;
}

/**
 * The uploads of this page, outside of its React tree. A card subscribes to its own upload, so that bytes of one photo
 * draw one card; a page subscribes to its film, whose list changes when an upload comes, goes, fails, or arrives.
 */
export interface UploadList {
  /** `subject`: an upload, a clip or a film, by id. Returns the end of the subscription. */
  subscribe(subject: string, onChange: () => void): () => void;
  find(id: string): UploadItem | null;
  /** The same array until it changes. */
  ofProject(projectId: string): readonly UploadGlance[];
  /** The preview of the upload that became this clip. */
  previewOfClip(clipId: string): string | null;
  put(item: UploadItem): void;
  /** Removes an upload and revokes its preview. */
  remove(id: string): void;
  /** Removes the uploads of a film that have become clips. */
  forgetDone(projectId: string): void;
  all(): Iterable<UploadItem>;
}

const none: readonly UploadGlance[] = [];

export function createUploadList(): UploadList {
  const items = new Map<string, UploadItem>();
  const byClip = new Map<string, string>();
  const lists = new Map<string, readonly UploadGlance[]>();
  const listeners = new Map<string, Set<() => void>>();

  function tell(subject: string) {
    for (const listener of [...(listeners.get(subject) ?? [])]) listener();
  }
  function changeList(projectId: string) {
    const glances = [...items.values()].filter((item) => item.projectId === projectId).map(glanceAt);
    lists.set(projectId, glances);
    tell(projectId);
  }

  function remove(id: string) {
    const item = items.get(id);
    if (!item) return;
    items.delete(id);
    if (item.clipId) byClip.delete(item.clipId);
    if (item.previewUrl) URL.revokeObjectURL(item.previewUrl);
    tell(id);
    if (item.clipId) tell(item.clipId);
    changeList(item.projectId);
  }

  return {
    subscribe(subject, onChange) {
      const those = listeners.get(subject) ?? new Set();
      listeners.set(subject, those.add(onChange));
      return () => {
        those.delete(onChange);
        if (those.size === 0 && listeners.get(subject) === those) listeners.delete(subject);
      };
    },
    find: (id) => items.get(id) ?? null,
    ofProject: (projectId) => lists.get(projectId) ?? none,
    previewOfClip: (clipId) => items.get(byClip.get(clipId) ?? '')?.previewUrl ?? null,
    put(item) {
      const before = items.get(item.id);
      items.set(item.id, item);
      if (item.clipId) byClip.set(item.clipId, item.id);
      tell(item.id);
      if (item.clipId && before?.previewUrl !== item.previewUrl) tell(item.clipId);
      if (!before || !isSameGlance(glanceAt(before), glanceAt(item))) changeList(item.projectId);
    },
    remove,
    forgetDone(projectId) {
      for (const item of [...items.values()])
        if (item.projectId === projectId && item.state === 'done') remove(item.id);
    },
    all: () => items.values(),
  };
}

const glanceAt = ({ id, name, state, isKept, reason, clipId }: UploadItem): UploadGlance => ({
  ...{ id, name, isDone: state === 'done', isKept, reason, clipId },
});

const isSameGlance = (one: UploadGlance, other: UploadGlance) =>
  one.isDone === other.isDone &&
  one.isKept === other.isKept &&
  one.reason === other.reason &&
  one.clipId === other.clipId;
