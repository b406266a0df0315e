import { Icon, type IconName } from '~/components/icon';
import { lazyPart } from '~/components/lazy-part';
import { useSheet } from '~/components/use-sheet';
import type { Offer } from '~/generations/timeline';
import { findTrack } from '~/player/tracks';
import type { ProjectView } from '~/projects/views';
import { isChoice, shapeWords } from './choices';
import { ShareFilm } from './share-film';
import type { ProjectChange } from './use-studio';

const FilmChoices = lazyPart(() => import('./film-choices'));

const shapeIcons: Readonly<Record<ProjectView['shape'], IconName>> = {
  '9:16': 'rectangle-vertical',
  '16:9': 'rectangle-horizontal',
  '1:1': 'square',
};

/** Photos, music, shape, length and sharing of the project: a bar at the bottom on a phone, a row on a wide screen. */
export function FilmBar({
  project,
  offers,
  isReady,
  onAddPhotos,
  onChange,
}: {
  project: ProjectView;
  /** Offers by clip length in seconds; null while no clip of that length can be made. */
  offers: Readonly<Record<number, Offer | null>>;
  /** False until scripts run: a sheet needs them. */
  isReady: boolean;
  onAddPhotos: () => void;
  onChange: (change: ProjectChange) => void;
}) {
  const chosen = useSheet('choose');
  const sharing = useSheet('share');
  const choice = isChoice(chosen.value) ? chosen.value : null;
  return (
    <>
      <nav
        aria-label="The film"
        className="fixed inset-x-0 bottom-0 z-10 grid grid-cols-[repeat(auto-fit,minmax(3.5rem,1fr))] border-t border-line bg-ground px-2 pb-[env(safe-area-inset-bottom)] md:static md:-mx-2 md:border-0 md:px-0"
      >
        <BarButton icon="image-plus" word="Photos" onClick={onAddPhotos} data-at-once="photos" />
        <BarButton icon="music" {...musicWords(project.trackId)} onClick={() => chosen.show('music')} />
        <BarButton
          icon={shapeIcons[project.shape]}
          word={shapeWords[project.shape]}
          about="Shape"
          onClick={() => chosen.show('shape')}
        />
        <BarButton
          icon="clock"
          word={`${project.clipSeconds} s clips`}
          about="Length"
          onClick={() => chosen.show('length')}
        />
        <BarButton icon="share-2" word="Share" onClick={() => sharing.show('')} />
      </nav>
      {isReady && <ShareFilm projectId={project.id} title={project.title} />}
      {isReady && choice && (
        <FilmChoices choice={choice} project={project} offers={offers} onChange={onChange} onClose={chosen.close} />
      )}
    </>
  );
}

/** A tune's title is too long for the bar of a phone: it is only said. */
function musicWords(trackId: string | null) {
  const track = findTrack(trackId);
  return track ? { word: 'Music', more: track.title } : { word: 'No music', about: 'Music' };
}

function BarButton({
  icon,
  word,
  about,
  more,
  ...rest
}: {
  icon: IconName;
  word: string;
  /** The name of the choice whose value is `word`. */
  about?: string;
  /** The value that `word` does not say. */
  more?: string;
  onClick: () => void;
  'data-at-once'?: string;
}) {
  return (
    <button
      type="button"
      {...rest}
      // A hidden span would be read with a space before its colon.
      aria-label={more && `${word}: ${more}`}
      className="grid min-h-14 place-content-center justify-items-center gap-0.5 rounded-control px-1 text-13 transition hover:bg-line"
    >
      <Icon name={icon} />
      <span className="max-w-full text-center leading-tight text-balance wrap-anywhere">
        {about && <span className="sr-only">{about}: </span>}
        {word}
      </span>
    </button>
  );
}
