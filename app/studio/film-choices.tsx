import { useEffect, useRef, useState } from 'react';
import { creditsInWords } from '~/components/balance';
import { IconButton } from '~/components/button';
import { Sheet } from '~/components/sheet';
import type { Offer } from '~/generations/timeline';
import { aspectOf, shapes } from '~/photos/frame';
import { type Track, tracks } from '~/player/tracks';
import type { ProjectView } from '~/projects/views';
import { type Choice, shapeWords } from './choices';
import type { ProjectChange } from './use-studio';
import { aboutText } from './words';

const titles: Readonly<Record<Choice, string>> = {
  music: 'Music',
  shape: 'Shape of the film',
  length: 'Length of new clips',
};

/** The sheet for the project's music, shape or length of clips; a choice is saved at once. */
export default function FilmChoices({
  choice,
  project,
  offers,
  onChange,
  onClose,
}: {
  choice: Choice;
  project: ProjectView;
  offers: Readonly<Record<number, Offer | null>>;
  onChange: (change: ProjectChange) => void;
  onClose: () => void;
}) {
  return (
    <Sheet open onClose={onClose} title={titles[choice]} place="middle">
      {choice === 'music' && <Music trackId={project.trackId} onChange={(trackId) => onChange({ trackId })} />}
      {choice === 'shape' && (
        <fieldset className="grid">
          <legend className="sr-only">{titles.shape}</legend>
          {shapes.map((shape) => (
            <Row
              key={shape}
              name="shape"
              checked={shape === project.shape}
              onChoose={() => onChange({ shape })}
              title={shapeWords[shape]}
              about={{ '9:16': 'For phones', '16:9': 'For televisions', '1:1': 'For albums' }[shape]}
            >
              <span
                aria-hidden="true"
                className="h-10 rounded-sm border-2 border-current"
                style={{ aspectRatio: aspectOf(shape) }}
              />
            </Row>
          ))}
          <p className="pt-3 text-15 text-quiet">
            Clips that are ready keep the shape they were made in, and are cut to fit. Photos follow at once.
          </p>
        </fieldset>
      )}
      {choice === 'length' && (
        <fieldset className="grid">
          <legend className="sr-only">{titles.length}</legend>
          {Object.entries(offers).map(([seconds, offer]) => (
            <Row
              key={seconds}
              name="length"
              checked={Number(seconds) === project.clipSeconds}
              disabled={!offer}
              onChoose={() => onChange({ clipSeconds: Number(seconds) })}
              title={`${seconds} seconds`}
              about={
                offer
                  ? `${creditsInWords(offer.creditsPerClip)}, ready in ${aboutText(offer.expectedSeconds)}`
                  : 'Cannot be made just now'
              }
            />
          ))}
        </fieldset>
      )}
    </Sheet>
  );
}

function Row({
  name,
  checked,
  disabled,
  onChoose,
  title,
  about,
  children,
}: {
  name: string;
  checked: boolean;
  disabled?: boolean;
  onChoose: () => void;
  title: string;
  about: string;
  children?: React.ReactNode;
}) {
  return (
    <div className="flex items-center border-b border-line last-of-type:border-0">
      <label className="flex min-h-16 grow items-center gap-3 py-2 has-disabled:opacity-55 has-focus-visible:outline-2 has-focus-visible:outline-light">
        <input
          type="radio"
          name={name}
          checked={checked}
          disabled={disabled}
          onChange={onChoose}
          className="size-5 shrink-0 accent-light"
        />
        <span className="grid grow">
          <span className={checked ? 'font-semibold' : ''}>{title}</span>
          <span className="text-15 text-quiet">{about}</span>
        </span>
      </label>
      {children}
    </div>
  );
}

/** How long a track plays as a sample. */
const listenSeconds = 20;

function Music({ trackId, onChange }: { trackId: string | null; onChange: (trackId: string | null) => void }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [playingId, setPlayingId] = useState<string | null>(null);
  useEffect(() => {
    const element = audio.current;
    return () => element?.pause();
  }, []);
  const listen = (track: Track) => {
    const element = audio.current;
    if (!element) return;
    if (playingId === track.id) return element.pause();
    element.src = track.file;
    element.play().then(
      () => setPlayingId(track.id),
      () => setPlayingId(null),
    );
  };
  return (
    <fieldset className="grid">
      <legend className="sr-only">{titles.music}</legend>
      {tracks.map((track) => (
        <Row
          key={track.id}
          name="music"
          checked={track.id === trackId}
          onChoose={() => onChange(track.id)}
          title={track.title}
          about={track.mood}
        >
          <IconButton
            icon={playingId === track.id ? 'pause' : 'play'}
            label={playingId === track.id ? `Stop ${track.title}` : `Listen to ${track.title}`}
            onClick={() => listen(track)}
          />
        </Row>
      ))}
      <Row
        name="music"
        checked={trackId === null}
        onChoose={() => onChange(null)}
        title="No music"
        about="The film plays in silence"
      />
      {/* biome-ignore lint/a11y/useMediaCaption: music without words */}
      <audio
        ref={audio}
        preload="none"
        onPause={() => setPlayingId(null)}
        onEnded={() => setPlayingId(null)}
        onTimeUpdate={(event) => event.currentTarget.currentTime > listenSeconds && event.currentTarget.pause()}
      />
    </fieldset>
  );
}
