import { type ReactNode, useRef, useState } from 'react';
import { creditsInWords } from '~/components/balance';
import { Button, Parts } from '~/components/button';
import { Icon } from '~/components/icon';
import { Sheet } from '~/components/sheet';
import { usePressGuard } from '~/components/use-press-guard';
import { FramedPhoto } from '~/photos/framed-photo';
import type { ClipView, ProjectView } from '~/projects/views';
import type { PresetView } from '~/settings/preset-choice';
import { type Attention, attentions, attentionWords, bringable, clipsByAttention } from './attention';
import { ChosenPhotos } from './chosen-photos';
import { NotePlace, type useNote } from './note';
import { type Neighbours, neighboursAt } from './order';
import type { PhotoMarks } from './photo-marks';
import type { useManyActs } from './use-many-acts';
import { useSortable } from './use-sortable';
import { aboutText, clipWord } from './words';

/** All clips of a film as a grid: to sort them, and to do one thing to several. */
export function ClipsSheet({
  clips,
  project,
  marks,
  attention,
  presets,
  balance,
  offer,
  notes,
  acts,
  onAttention,
  onBring,
  onMove,
  onOpen,
  onClose,
}: {
  clips: readonly ClipView[];
  project: ProjectView;
  marks: PhotoMarks;
  attention: Attention;
  presets: readonly PresetView[];
  balance: number;
  /** What a clip costs, and the measured wait for `count` of them in seconds. */
  offer: { creditsPerClip: number; canMake: boolean; seconds: (count: number) => number };
  notes: ReturnType<typeof useNote>;
  acts: ReturnType<typeof useManyActs>;
  onAttention: (attention: Attention) => void;
  onBring: (clipIds: string[]) => void;
  onMove: (clip: ClipView, neighbours: Neighbours) => void;
  onOpen: (clipId: string) => void;
  onClose: () => void;
}) {
  const [chosenIds, setChosenIds] = useState<ReadonlySet<string>>(new Set());
  const groups = clipsByAttention(clips, marks.warnings);
  const shown = groups[attention];
  // What is not shown is not chosen: nothing happens to a clip out of sight.
  const chosen = shown.filter(({ id }) => chosenIds.has(id));
  const choose = (id: string, isChosen: boolean) =>
    setChosenIds((ids) => new Set(isChosen ? [...ids, id] : [...ids].filter((one) => one !== id)));
  const list = useRef<HTMLOListElement>(null);
  const Sortable = useSortable(list);
  const ids = shown.map(({ id }) => id);

  const tile = (id: string, handle: ReactNode) => {
    const clip = shown.find((one) => one.id === id);
    if (!clip) return null;
    const warning = marks.warnings.get(id);
    const place = clips.indexOf(clip) + 1;
    const word = clipWord(clip);
    return (
      <div className="relative grid gap-1" data-tile={id}>
        <label
          className={`relative block overflow-hidden rounded-photo has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-light ${chosenIds.has(id) ? 'outline-3 outline-offset-2 outline-light' : ''}`}
        >
          <input
            type="checkbox"
            checked={chosenIds.has(id)}
            onChange={(event) => choose(id, event.target.checked)}
            aria-label={`Clip ${place}: ${word}${warning ? `, ${warning}` : ''}`}
            className="absolute start-2 top-2 z-10 size-6 accent-light"
          />
          <FramedPhoto
            url={clip.photo.url}
            size={clip.photo}
            frame={clip.frame}
            shape={project.shape}
            width="min(30vw, 9rem)"
          />
          {warning && (
            <span className="room absolute end-1.5 top-1.5 grid size-7 place-items-center rounded-full">
              <Icon name="circle-help" size={18} />
            </span>
          )}
          <span className="room tabular absolute inset-x-1.5 bottom-1.5 truncate rounded-full px-2 py-1 text-center text-13 font-medium">
            {place} · {word}
          </span>
        </label>
        {handle && <div className="flex justify-center">{handle}</div>}
      </div>
    );
  };

  return (
    <Sheet open onClose={onClose} title="All clips" place="wide">
      <fieldset className="flex flex-wrap items-center gap-2">
        <legend className="sr-only">Which clips</legend>
        {attentions.map(
          (one) =>
            (one === 'all' || one === attention || groups[one].length > 0) && (
              <label
                key={one}
                className="relative inline-flex min-h-11 items-center rounded-full border border-edge px-4 text-15 has-checked:border-ink has-checked:bg-line has-checked:font-semibold has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-light"
              >
                <input
                  type="radio"
                  name="attention"
                  className="sr-only"
                  checked={one === attention}
                  onChange={() => {
                    setChosenIds(new Set());
                    onAttention(one);
                  }}
                />
                <span className="tabular">{attentionWords(one, groups[one].length)}</span>
              </label>
            ),
        )}
        <Button
          kind="plain"
          size="small"
          disabled={shown.length === 0}
          onClick={() => setChosenIds(new Set(chosen.length === shown.length ? [] : ids))}
        >
          {chosen.length === shown.length && shown.length > 0 ? 'Choose none' : 'Choose all'}
        </Button>
      </fieldset>
      <ol
        ref={list}
        aria-label="All clips"
        className="grid grid-cols-[repeat(auto-fill,minmax(min(6.5rem,45%),1fr))] gap-3 px-1 pt-1 pb-4 md:grid-cols-[repeat(auto-fill,minmax(8rem,1fr))]"
      >
        {Sortable && attention === 'all' ? (
          <Sortable
            kind="grid"
            ids={ids}
            labelOf={(id) => `clip ${ids.indexOf(id) + 1}`}
            onMove={(id, index) => {
              const clip = clips.find((one) => one.id === id);
              const neighbours = neighboursAt(ids, id, index);
              if (clip && neighbours) onMove(clip, neighbours);
            }}
            renderCard={tile}
            itemClassName=""
          />
        ) : (
          ids.map((id) => <li key={id}>{tile(id, attention === 'all' && <span className="size-11" />)}</li>)
        )}
      </ol>
      <Footer {...{ chosen, clips, presets, balance, offer, marks, notes, acts, onBring, onOpen }} />
    </Sheet>
  );
}

/** What is done to the chosen clips. It says how many they are, and shows those that a credit would go to. */
function Footer({
  chosen,
  clips,
  presets,
  balance,
  offer,
  marks,
  notes,
  acts,
  onBring,
  onOpen,
}: Pick<
  Parameters<typeof ClipsSheet>[0],
  'clips' | 'presets' | 'balance' | 'offer' | 'marks' | 'notes' | 'acts' | 'onBring' | 'onOpen'
> & { chosen: readonly ClipView[] }) {
  const { clipIds, credits, left } = bringable(chosen, { ...offer, balance });
  const guard = usePressGuard(chosen.map(({ id }) => id).join());
  const ids = chosen.map(({ id }) => id);
  const [only] = chosen.length === 1 ? chosen : [];
  const preset = chosen.every(({ presetId }) => presetId === chosen[0]?.presetId) ? chosen[0]?.presetId : undefined;
  return (
    <div
      {...guard}
      className="sticky bottom-0 z-20 -mx-4 mt-auto -mb-[max(1rem,env(safe-area-inset-bottom))] grid gap-2 border-t border-line bg-raised px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:-mx-6 md:-mb-6 md:px-6"
    >
      <NotePlace notes={notes} className="empty:hidden" />
      <p role="status" className="tabular text-15 text-quiet">
        {chosen.length === 0 ? 'Choose clips to do something to all of them.' : `${chosen.length} chosen.`}
        {left > 0 && ` Your credits reach for ${clipIds.length} of ${clipIds.length + left}.`}
      </p>
      {clipIds.length > 0 && <ChosenPhotos {...{ clipIds, clips, warnings: marks.warnings, onOpen }} />}
      {chosen.length > 0 && (
        <div className="flex flex-wrap gap-2">
          {clipIds.length > 0 && (
            <Button className="tabular grow basis-full md:basis-auto" onClick={() => onBring(clipIds)}>
              <Parts>
                {`Bring ${clipIds.length} to life · ${creditsInWords(credits)} · ${aboutText(offer.seconds(clipIds.length))}`}
              </Parts>
            </Button>
          )}
          <select
            aria-label="How they move"
            value={preset ?? ''}
            onChange={(event) => void acts.setPreset(chosen, event.target.value, presets)}
            className="min-h-12 min-w-0 flex-[1_1_7rem] rounded-control border border-edge bg-raised px-3 text-15 md:flex-none"
          >
            {preset === undefined && <option value="">How they move</option>}
            {presets
              .filter(({ on, id }) => on || id === preset)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </select>
          <Button kind="quiet" size="small" icon="trash-2" onClick={() => void acts.takeOut(ids)}>
            Take out
          </Button>
          {only && (
            <Button kind="quiet" size="small" icon="eye" onClick={() => onOpen(only.id)}>
              Open
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
