import { useEffect, useState } from 'react';
import { Icon } from '~/components/icon';
import type { SecondTry } from '~/generations/feedback';
import { isOpen } from '~/generations/pipeline/states';
import type { Shape } from '~/photos/frame';
import { FramedPhoto } from '~/photos/framed-photo';
import type { ClipView, GenerationView } from '~/projects/views';
import type { PresetView } from '~/settings/preset-choice';
import { get } from './post';

/**
 * Every generation of a clip, newest first, and whether the next one is free. Read when the panel opens and again
 * whenever a generation changes its state.
 */
export function useClipGenerations(clip: ClipView): { generations: GenerationView[]; isSecondFree: boolean } {
  const [isSecondFree, setSecondFree] = useState(false);
  const [generations, setGenerations] = useState<GenerationView[]>(() => known(clip));
  const { latest } = clip;
  const moved = `${clip.id} ${latest?.id} ${latest?.state}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `moved` changes with the clip's generations
  useEffect(() => {
    let left = false;
    setGenerations((before) =>
      before[0] && clip.latest && before.some(({ id }) => id === clip.latest?.id) ? before : known(clip),
    );
    if (latest)
      get<{ generations: GenerationView[]; secondTry: SecondTry }>(`/clips/${clip.id}/generations`).then((answer) => {
        if (!answer.ok || left) return;
        setGenerations(answer.value.generations);
        setSecondFree(answer.value.secondTry.isFree);
      });
    return () => {
      left = true;
    };
  }, [moved]);
  // A live frame can be newer than the list that was read before it.
  return { generations: generations.map((one) => (one.id === latest?.id ? latest : one)), isSecondFree };
}

function known({ latest, ready, approved }: ClipView): GenerationView[] {
  const byId = new Map([latest, ready, approved].flatMap((one) => (one ? [[one.id, one] as const] : [])));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** The generations as a row of small pictures; a ready one can be opened. */
export function ClipGenerations({
  clip,
  generations,
  presets,
  shape,
  shownId,
  onShow,
}: {
  clip: ClipView;
  generations: readonly GenerationView[];
  presets: readonly PresetView[];
  shape: Shape;
  shownId: string | null;
  onShow: (generationId: string) => void;
}) {
  if (generations.length < 2) return null;
  return (
    <ol aria-label="Tries of this clip" className="-mx-1 flex gap-2 overflow-x-auto p-1">
      {generations.map((one, index) => {
        const number = generations.length - index;
        const word = wordOf(one, clip.approved?.id === one.id);
        return (
          <li key={one.id} className={`shrink-0 ${shape === '16:9' ? 'w-24' : 'w-16'}`}>
            <button
              type="button"
              disabled={one.state !== 'ready'}
              aria-pressed={shownId === one.id}
              aria-label={`Try ${number}, ${presets.find(({ id }) => id === one.presetId)?.name ?? 'own way'}: ${word}`}
              onClick={() => onShow(one.id)}
              className={`relative block w-full overflow-hidden rounded-control ${shownId === one.id ? 'outline-2 outline-offset-2 outline-light' : ''}`}
            >
              <FramedPhoto
                url={clip.photo.url}
                size={clip.photo}
                frame={clip.frame}
                shape={shape}
                width="6rem"
                className={one.state === 'ready' ? '' : 'opacity-40'}
              />
              {one.videoUrl && (
                // A frame from the middle of the video, where generations differ most.
                <video
                  src={`${one.videoUrl}#t=${one.durationSeconds / 2}`}
                  muted
                  playsInline
                  preload="metadata"
                  aria-hidden="true"
                  tabIndex={-1}
                  className="absolute inset-0 size-full object-cover"
                />
              )}
              {clip.approved?.id === one.id && (
                <span className="room absolute end-1 bottom-1 grid size-6 place-items-center rounded-full">
                  <Icon name="check" size={14} />
                </span>
              )}
            </button>
            <span aria-hidden="true" className="block truncate pt-1 text-center text-13 text-quiet">
              {one.state === 'ready' ? number : word}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function wordOf({ state }: GenerationView, approved: boolean): string {
  if (approved) return 'Approved';
  if (state === 'failed') return 'Failed';
  if (state === 'canceled') return 'Canceled';
  return isOpen(state) ? 'Under way' : 'Ready';
}
