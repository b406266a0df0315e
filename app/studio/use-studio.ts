import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import { useReload } from '~/components/reload';
import { pause } from '~/components/waking';
import type { Stopped } from '~/generations/stop';
import type { LiveFrame } from '~/live/frames';
import { type Frame, frameFields } from '~/photos/frame';
import type { ClipView, GenerationView, ManyClipsAct, ProjectView } from '~/projects/views';
import { isGone, type StudioView } from './merge-view';
import type { Retry } from './next-action';
import { noOptimism, withOptimism } from './optimism';
import { type Neighbours, positionMeanwhile } from './order';
import { type Answer, send } from './post';
import { createRequestKeys } from './request-keys';
import { reduceStudio } from './studio-state';
import type { Complaint } from './what-is-wrong';

/** What is chosen and typed for a clip's next generation. */
export interface Draft {
  /** Null until the person moves it: the clip's own frame then stays as it is. */
  frame: Frame | null;
  presetId: string;
  words: string;
}

/** The generations that were started, and why not all. */
export interface ManyStarted {
  started: string[];
  stopped: { outcome: string; until?: number } | null;
}

/** What a person may change about a project. */
export type ProjectChange = Partial<Pick<ProjectView, 'title' | 'shape' | 'clipSeconds' | 'trackId'>>;

/**
 * The project as this page shows it: the loader's data with live frames and unconfirmed changes merged in. Each action
 * shows its change at once, returns the server's answer, and takes a refused change back.
 */
export function useStudio(loaded: StudioView) {
  const [{ view, optimism }, change] = useReducer(reduceStudio, { view: loaded, optimism: noOptimism });
  const reload = useReload();
  useEffect(() => change({ type: 'loaded', view: loaded }), [loaded]);

  const clips = useMemo(() => withOptimism(view.clips, optimism), [view.clips, optimism]);
  const onFrame = useCallback((frame: LiveFrame) => change({ type: 'frame', frame }), []);
  const onReconnect = useCallback(() => {
    change({ type: 'gap' });
    void reload();
  }, [reload]);
  const projectId = view.project.id;

  // Moves are sent one after the other: each names neighbours that the move before it may have placed.
  const moves = useRef<Promise<unknown>>(Promise.resolve());
  // Pending draft saves, awaited before a paid generation.
  const keeping = useRef<Promise<unknown>>(Promise.resolve());
  const actions = useMemo(() => {
    const keys = () => createRequestKeys({ store: sessionStorage, newKey: () => crypto.randomUUID() });
    const merge = (clip: ClipView) => change({ type: 'frame', frame: { type: 'clip', clip } });

    /** Drafts whose saving has got no answer, by clip. */
    const unsaved = new Map<string, Draft>();
    async function save(clipId: string, draft: Draft): Promise<Answer<{ clip: ClipView }>> {
      const { frame, presetId, words } = draft;
      unsaved.set(clipId, draft);
      const answer = await kept(put(clipId, { ...(frame && frameFields(frame)), presetId, words }, true));
      if (unsaved.get(clipId) === draft && (answer.ok || answer.status > 0)) unsaved.delete(clipId);
      return answer;
    }
    /** Saves a draft until it is answered, or until a newer one of this clip takes its place. */
    async function saveLater(clipId: string, draft: Draft): Promise<void> {
      for (let attempt = 0; unsaved.get(clipId) === draft; attempt++) {
        await pause({ attempt });
        if (unsaved.get(clipId) === draft) await save(clipId, draft);
      }
    }

    function kept<T>(answer: Promise<T>): Promise<T> {
      keeping.current = Promise.all([keeping.current, answer]);
      return answer;
    }

    async function put(clipId: string, fields: Record<string, string>, outlivesPage = false) {
      const answer = await send<{ clip: ClipView }>(`/clips/${clipId}/details`, { fields, outlivesPage });
      if (answer.ok) merge(answer.value.clip);
      return answer;
    }

    async function pay<T>(subject: string, url: string, fields: Record<string, string | readonly string[]>) {
      await keeping.current;
      const answer = await send<T>(url, { fields: { ...fields, requestKey: keys().keyFor(subject) } });
      // A request without an answer may have been charged, so its key is kept for the next press.
      if (answer.ok || (answer.status > 0 && answer.status < 500)) keys().answered(subject);
      void reload();
      return answer;
    }

    return {
      /** Puts a clip between two others. */
      move(clip: ClipView, { after, before }: Neighbours, others: readonly ClipView[]) {
        const at = (id: string | null) => others.find((other) => other.id === id)?.position ?? null;
        change({ type: 'position', clipId: clip.id, position: positionMeanwhile(at(after), at(before)) });
        const sent = moves.current.then(async () => {
          const answer = await send<{ clip: ClipView }>(`/clips/${clip.id}/position`, {
            fields: { after: after ?? '', before: before ?? '' },
          });
          if (answer.ok) merge(answer.value.clip);
          else void reload();
          change({ type: 'position', clipId: clip.id, position: undefined });
          return answer;
        });
        moves.current = sent;
        return sent;
      },

      /** Takes a clip out of the film, or puts it back. */
      async remove(clipId: string, removed: boolean) {
        if (removed) change({ type: 'removed', clipId, removed });
        const answer = await send(`/clips/${clipId}/deletion`, { method: removed ? 'POST' : 'DELETE' });
        if (!removed || !answer.ok) {
          change({ type: 'removed', clipId, removed: false });
          void reload();
        }
        return answer;
      },

      /** Changes several clips at once. Those that are taken out go at once, and come back where that is refused. */
      async changeMany(clipIds: readonly string[], act: ManyClipsAct) {
        const isRemoval = act.kind === 'remove';
        const remove = (removed: boolean) => {
          for (const clipId of clipIds) change({ type: 'removed', clipId, removed });
        };
        if (isRemoval) remove(true);
        const answer = await kept(
          send<{ clips: ClipView[] }>(`/projects/${projectId}/clips`, { fields: { ...act, clipIds } }),
        );
        if (answer.ok) answer.value.clips.forEach(merge);
        if (!isRemoval || !answer.ok) {
          if (isRemoval || act.kind === 'restore') remove(false);
          if (!answer.ok || act.kind === 'restore') void reload();
        }
        return answer;
      },

      /** Approves a generation for the film; null takes the approval back, and the photo plays. */
      async approve(clipId: string, approved: GenerationView | null) {
        change({ type: 'approval', clipId, approved });
        const answer = await send<{ clip: ClipView }>(`/clips/${clipId}/approval`, {
          method: approved ? 'POST' : 'DELETE',
          fields: approved ? { generationId: approved.id } : {},
        });
        if (answer.ok) merge(answer.value.clip);
        else void reload();
        change({ type: 'approval', clipId, approved: undefined });
        return answer;
      },

      /** Saves a clip's draft. One that gets no answer is saved again by itself. */
      async keep(clipId: string, draft: Draft): Promise<Answer<{ clip: ClipView }>> {
        const answer = await save(clipId, draft);
        if (!answer.ok && answer.status === 0) void saveLater(clipId, draft);
        return answer;
      },

      /** Moves the frame of a clip that nobody has framed; the server leaves any other. */
      propose: (clipId: string, frame: Frame) => put(clipId, { ...frameFields(frame), proposed: 'true' }),

      /** After a failure. */
      leaveAsPhoto: (clipId: string) => put(clipId, { leaveAsPhoto: 'true' }),

      /** Pays for one generation. */
      bringToLife(clipId: string, { presetId, words }: Draft) {
        return pay(`clip:${clipId}`, `/clips/${clipId}/generations`, { presetId, words });
      },

      /** Pays for one generation of each of these clips. */
      bringAllToLife(clipIds: readonly string[]) {
        return pay<ManyStarted>(`project:${projectId}`, `/projects/${projectId}/generations`, { clipIds });
      },

      /** Pays for one more generation of each of these failed clips. */
      tryFailedAgain({ clipIds, failedIds }: Retry) {
        return pay<ManyStarted>(`retry:${failedIds.join()}`, `/projects/${projectId}/generations`, { clipIds });
      },

      /** Sends a complaint about a generation. It starts the free second try; `cost` is set when that was used before. */
      complain(generationId: string, { reason, words }: Complaint) {
        const url = `/generations/${generationId}/feedback`;
        return pay<{ cost?: number }>(`feedback:${generationId}`, url, { reason, words });
      },

      /** Cancels every open generation of this project. */
      async stopAll() {
        const answer = await send<Stopped>(`/projects/${projectId}/cancellation`);
        void reload();
        return answer;
      },

      /** Cancels one open generation; the offers, loaded again, know how many more can be stopped today. */
      async cancel(generationId: string) {
        const answer = await send(`/generations/${generationId}/cancellation`);
        void reload();
        return answer;
      },

      async changeProject(project: ProjectChange) {
        change({ type: 'project', project });
        const fields = Object.fromEntries(Object.entries(project).map(([name, value]) => [name, String(value ?? '')]));
        const answer = await kept(send<{ project: ProjectView }>(`/projects/${projectId}/details`, { fields }));
        if (answer.ok && answer.value.project)
          change({ type: 'frame', frame: { type: 'project', project: answer.value.project } });
        else void reload();
        change({ type: 'project', project: {} });
        return answer;
      },
    };
  }, [projectId, reload]);

  return {
    project: { ...view.project, ...optimism.project },
    clips,
    balance: view.balance.balance,
    isGone: isGone(view),
    actions,
    onFrame,
    onReconnect,
  };
}

export type Studio = ReturnType<typeof useStudio>;
