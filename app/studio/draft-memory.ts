import { middleFrame } from '~/photos/frame';
import type { Draft } from './use-studio';

const nameOf = (clipId: string) => `echoes:draft:${clipId}`;

/**
 * Holds a draft that the server does not have yet, for a reload of its tab: a phone may take a page that was put away, and
 * a page of an earlier deployment reloads itself. Null forgets it.
 */
export function rememberDraft(clipId: string, draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(nameOf(clipId), JSON.stringify(draft));
    else sessionStorage.removeItem(nameOf(clipId));
  } catch {
    // A browser that stores nothing loses the draft with the page.
  }
}

/** The draft that this tab holds of a clip; null without one, or where another version of Echoes wrote it. */
export function rememberedDraft(clipId: string): Draft | null {
  try {
    const { frame, presetId, words } = JSON.parse(sessionStorage.getItem(nameOf(clipId)) ?? '{}');
    const isFrame = frame === null || Object.keys(middleFrame).every((part) => Number.isFinite(frame?.[part]));
    return isFrame && typeof presetId === 'string' && typeof words === 'string' ? { frame, presetId, words } : null;
  } catch {
    return null;
  }
}
