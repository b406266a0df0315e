import type { ClipView, GenerationView, ProjectView } from '~/projects/views';
import { inOrder } from './order';

/** What the person has done and the server has not confirmed yet: shown at once, taken back when it fails. */
export interface Optimism {
  /** Positions chosen here, by clip. */
  positions: ReadonlyMap<string, string>;
  /** Approved tries (null: taken back), by clip. */
  approvals: ReadonlyMap<string, GenerationView | null>;
  /** Clips taken out of the film. */
  removed: ReadonlySet<string>;
  /** What was changed about the film itself. */
  film: Partial<ProjectView>;
}

export const noOptimism: Optimism = { positions: new Map(), approvals: new Map(), removed: new Set(), film: {} };

/** The clips as the person has left them, in order. */
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

/** The same map with one entry set, or taken out where `value` is undefined. */
export function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V | undefined): Map<string, V> {
  const next = new Map(map);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  return next;
}

/** The same set with a member put in or taken out. */
export function withMember(set: ReadonlySet<string>, member: string, inside: boolean): Set<string> {
  const next = new Set(set);
  if (inside) next.add(member);
  else next.delete(member);
  return next;
}
