import type { LiveFrame } from '~/live/frames';
import type { GenerationView, ProjectView } from '~/projects/views';
import { mergeFrame, mergeGap, mergeLoaded, type StudioView } from './merge-view';
import { type Optimism, withEntry, withMember } from './optimism';

/** A film as its page shows it, and what the server has not confirmed yet. */
interface State {
  view: StudioView;
  optimism: Optimism;
}

/** What changes it: a load, a live frame, a gap in those, and changes made on this page. */
type Change =
  | { type: 'loaded'; view: StudioView }
  | { type: 'frame'; frame: LiveFrame }
  | { type: 'gap' }
  | { type: 'position'; clipId: string; position: string | undefined }
  | { type: 'approval'; clipId: string; approved: GenerationView | null | undefined }
  | { type: 'removed'; clipId: string; removed: boolean }
  | { type: 'project'; project: Partial<ProjectView> };

/** The film after a change. */
export function reduceStudio(state: State, change: Change): State {
  const { view, optimism } = state;
  switch (change.type) {
    case 'loaded':
      return { ...state, view: mergeLoaded(view, change.view) };
    case 'frame':
      return { ...state, view: mergeFrame(view, change.frame) };
    case 'gap':
      return { ...state, view: mergeGap(view) };
    case 'position':
      return {
        ...state,
        optimism: { ...optimism, positions: withEntry(optimism.positions, change.clipId, change.position) },
      };
    case 'approval':
      return {
        ...state,
        optimism: { ...optimism, approvals: withEntry(optimism.approvals, change.clipId, change.approved) },
      };
    case 'removed':
      return {
        ...state,
        optimism: { ...optimism, removed: withMember(optimism.removed, change.clipId, change.removed) },
      };
    case 'project':
      return { ...state, optimism: { ...optimism, project: change.project } };
    default:
      return change satisfies never;
  }
}
