import type { ClipView, GenerationView, ProjectView } from '~/projects/views';
import { inOrder } from './order';

/** Changes that the server has not confirmed yet: shown at once, taken back when they fail. */
export interface Optimism {
  /** Positions chosen on this page, by clip id. */
  positions: ReadonlyMap<string, string>;
  /** Approved generations (null: approval taken back), by clip id. */
  approvals: ReadonlyMap<string, GenerationView | null>;
  /** Ids of the clips taken out of the film. */
  removed: ReadonlySet<string>;
  /** Changed fields of the project. */
  project: Partial<ProjectView>;
}

export const noOptimism: Optimism = { positions: new Map(), approvals: new Map(), removed: new Set(), project: {} };

/** The clips with these changes, in order. */
export function withOptimism(clips: readonly ClipView[], optimism: Optimism): ClipView[] {
  const left = clips.filter((clip) => !optimism.removed.has(clip.id));
  return inOrder(
    left.map((clip) => {
      const position = optimism.positions.get(clip.id);
      const approved = optimism.approvals.get(clip.id);
      if (position === undefined && approved === undefined) return clip;
      return {
        ...clip,
        position: position ?? clip.position,
        approved: approved === undefined ? clip.approved : approved,
      };
    }),
  );
}

/** A copy of the map with one entry set, or removed when `value` is undefined. */
export function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V | undefined): Map<string, V> {
  const next = new Map(map);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  return next;
}

/** A copy of the set with a member added or removed. */
export function withMember(set: ReadonlySet<string>, member: string, inside: boolean): Set<string> {
  const next = new Set(set);
  if (inside) next.add(member);
  else next.delete(member);
  return next;
}
