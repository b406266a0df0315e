import type { LiveFrame } from '~/live/frames';
import type { ClipView, ProjectView } from '~/projects/views';
import { inOrder } from './order';

/** A project as an open page knows it: the last load with every live frame since merged in. */
export interface StudioView {
  project: ProjectView;
  clips: ClipView[];
  balance: { balance: number; version: number };
  /** What only live frames say; kept by the functions below, absent in a loader's data. */
  seen?: SeenFrames;
}

interface SeenFrames {
  /** Removed clips with the version of their removal: an older frame does not bring them back. */
  removed: Readonly<Record<string, number>>;
  /** Clips of frames since the last load: a load that began before those frames does not remove them. */
  fresh: readonly string[];
  /** The version with which the project was deleted; null while it is not. */
  goneVersion: number | null;
}

const nothing: SeenFrames = { removed: {}, fresh: [], goneVersion: null };

/** True once the project was deleted, here or on another device. */
export function isGone(view: StudioView): boolean {
  return (view.seen?.goneVersion ?? null) !== null;
}

/** The view with this frame merged in. Frames may come twice, late or in any order: the newest version wins. */
export function mergeFrame(view: StudioView, frame: LiveFrame): StudioView {
  const seen = view.seen ?? nothing;
  switch (frame.type) {
    case 'clip': {
      const { clip } = frame;
      if (clip.projectId !== view.project.id || clip.version <= knownVersion(view, clip.id)) return view;
      const clips = inOrder([...view.clips.filter(({ id }) => id !== clip.id), clip]);
      return {
        ...view,
        clips,
        seen: { ...seen, removed: without(seen.removed, clip.id), fresh: withId(seen, clip.id) },
      };
    }
    case 'clip-removed': {
      const { projectId, clipId, version } = frame;
      if (projectId !== view.project.id || version <= knownVersion(view, clipId)) return view;
      const clips = view.clips.filter(({ id }) => id !== clipId);
      const fresh = seen.fresh.filter((id) => id !== clipId);
      return { ...view, clips, seen: { ...seen, removed: { ...seen.removed, [clipId]: version }, fresh } };
    }
    case 'project': {
      const { project } = frame;
      if (project.id !== view.project.id || project.version <= view.project.version) return view;
      return { ...view, project, seen: { ...seen, goneVersion: stillGone(seen, project) } };
    }
    case 'project-removed':
      if (frame.projectId !== view.project.id) return view;
      if (frame.version <= Math.max(view.project.version, seen.goneVersion ?? 0)) return view;
      return { ...view, seen: { ...seen, goneVersion: frame.version } };
    case 'balance': {
      const { balance, version } = frame;
      return version > view.balance.version ? { ...view, balance: { balance, version } } : view;
    }
    case 'purchase':
    case 'log':
    case 'signed-out':
      return view;
    default:
      return frame satisfies never;
  }
}

/** The view after a load. Frames that came since the load began are newer, and stay. */
export function mergeLoaded(view: StudioView, loaded: StudioView): StudioView {
  if (loaded.project.id !== view.project.id) return loaded;
  const seen = view.seen ?? nothing;
  const mine = new Map(view.clips.map((clip) => [clip.id, clip]));
  const clips: ClipView[] = [];
  for (const clip of loaded.clips) {
    if (clip.version <= (seen.removed[clip.id] ?? 0)) continue;
    const known = mine.get(clip.id);
    // At equal versions the loaded clip has the newer signed URLs.
    clips.push(known && known.version > clip.version ? known : clip);
    mine.delete(clip.id);
  }
  for (const id of seen.fresh) {
    const clip = mine.get(id);
    if (clip && !loaded.clips.some((other) => other.id === id)) clips.push(clip);
  }
  return {
    project: loaded.project.version >= view.project.version ? loaded.project : view.project,
    clips: inOrder(clips),
    balance: loaded.balance.version >= view.balance.version ? loaded.balance : view.balance,
    seen: {
      removed: seen.removed,
      fresh: [],
      goneVersion: stillGone(seen, loaded.project),
    },
  };
}

/** The view after a gap in the live connection: the next load alone decides which clips exist. */
export function mergeGap(view: StudioView): StudioView {
  return view.seen ? { ...view, seen: { ...view.seen, fresh: [] } } : view;
}

function knownVersion(view: StudioView, clipId: string): number {
  const removed = view.seen?.removed[clipId] ?? 0;
  return Math.max(removed, view.clips.find(({ id }) => id === clipId)?.version ?? 0);
}

function stillGone({ goneVersion }: SeenFrames, project: ProjectView): number | null {
  return goneVersion !== null && goneVersion > project.version ? goneVersion : null;
}

function without(removed: SeenFrames['removed'], clipId: string): SeenFrames['removed'] {
  const { [clipId]: _, ...rest } = removed;
  return rest;
}

function withId({ fresh }: SeenFrames, clipId: string): readonly string[] {
  return fresh.includes(clipId) ? fresh : [...fresh, clipId].sort();
}
