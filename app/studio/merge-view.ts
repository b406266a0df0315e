import type { LiveFrame } from '~/live/frames';
import type { ClipView, ProjectView } from '~/projects/views';

/** A film as an open page knows it: what was loaded, with every frame since put in. */
export interface StudioView {
  project: ProjectView;
  clips: ClipView[];
  balance: { balance: number; version: number };
  /** What only frames have told; kept by the functions below, absent in what a loader gives. */
  heard?: Heard;
}

interface Heard {
  /** Clips that were taken away, with the version that did it: an older frame does not bring them back. */
  removed: Readonly<Record<string, number>>;
  /** Clips that frames told of since the last load: a load that began before them does not take them away. */
  fresh: readonly string[];
  /** The version with which the film was taken away, while it is. */
  goneVersion: number | null;
}

const nothing: Heard = { removed: {}, fresh: [], goneVersion: null };

/** Whether the film was deleted, here or on another device. */
export function isGone(view: StudioView): boolean {
  return (view.heard?.goneVersion ?? null) !== null;
}

/** The view with this frame in it. Frames may come twice, late or in any order: the newest version always wins. */
export function mergeFrame(view: StudioView, frame: LiveFrame): StudioView {
  const heard = view.heard ?? nothing;
  switch (frame.type) {
    case 'clip': {
      const { clip } = frame;
      if (clip.projectId !== view.project.id || clip.version <= knownVersion(view, clip.id)) return view;
      const clips = inOrder([...view.clips.filter(({ id }) => id !== clip.id), clip]);
      return {
        ...view,
        clips,
        heard: { ...heard, removed: without(heard.removed, clip.id), fresh: withId(heard, clip.id) },
      };
    }
    case 'clip-removed': {
      const { projectId, clipId, version } = frame;
      if (projectId !== view.project.id || version <= knownVersion(view, clipId)) return view;
      const clips = view.clips.filter(({ id }) => id !== clipId);
      const fresh = heard.fresh.filter((id) => id !== clipId);
      return { ...view, clips, heard: { ...heard, removed: { ...heard.removed, [clipId]: version }, fresh } };
    }
    case 'project': {
      const { project } = frame;
      if (project.id !== view.project.id || project.version <= view.project.version) return view;
      return { ...view, project, heard: { ...heard, goneVersion: stillGone(heard, project) } };
    }
    case 'project-removed':
      if (frame.projectId !== view.project.id) return view;
      if (frame.version <= Math.max(view.project.version, heard.goneVersion ?? 0)) return view;
      return { ...view, heard: { ...heard, goneVersion: frame.version } };
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

/** The view after a load. What frames have told since the load began is newer, and stays. */
export function mergeLoaded(view: StudioView, loaded: StudioView): StudioView {
  if (loaded.project.id !== view.project.id) return loaded;
  const heard = view.heard ?? nothing;
  const mine = new Map(view.clips.map((clip) => [clip.id, clip]));
  const clips: ClipView[] = [];
  for (const clip of loaded.clips) {
    if (clip.version <= (heard.removed[clip.id] ?? 0)) continue;
    const known = mine.get(clip.id);
    // At equal versions the loaded one has the younger links.
    clips.push(known && known.version > clip.version ? known : clip);
    mine.delete(clip.id);
  }
  for (const id of heard.fresh) {
    const clip = mine.get(id);
    if (clip && !loaded.clips.some((other) => other.id === id)) clips.push(clip);
  }
  return {
    project: loaded.project.version >= view.project.version ? loaded.project : view.project,
    clips: inOrder(clips),
    balance: loaded.balance.version >= view.balance.version ? loaded.balance : view.balance,
    heard: {
      removed: heard.removed,
      fresh: [],
      goneVersion: stillGone(heard, loaded.project),
    },
  };
}

/** The view when frames may have been missed: the next load alone says which clips there are. */
export function mergeGap(view: StudioView): StudioView {
  return view.heard ? { ...view, heard: { ...view.heard, fresh: [] } } : view;
}

function knownVersion(view: StudioView, clipId: string): number {
  const removed = view.heard?.removed[clipId] ?? 0;
  return Math.max(removed, view.clips.find(({ id }) => id === clipId)?.version ?? 0);
}

function stillGone({ goneVersion }: Heard, project: ProjectView): number | null {
  return goneVersion !== null && goneVersion > project.version ? goneVersion : null;
}

/** By position, and by id where two devices chose the same one: the same order on every device. */
function inOrder(clips: ClipView[]): ClipView[] {
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return clips.sort((a, b) => compare(a.position, b.position) || compare(a.id, b.id));
}

function without(removed: Heard['removed'], clipId: string): Heard['removed'] {
  const { [clipId]: _, ...rest } = removed;
  return rest;
}

function withId({ fresh }: Heard, clipId: string): readonly string[] {
  return fresh.includes(clipId) ? fresh : [...fresh, clipId].sort();
}
