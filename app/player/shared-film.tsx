import type { ReactNode } from 'react';
import { buttonClass } from '~/components/button';
import { Icon, type IconName } from '~/components/icon';
import { useNonce } from '~/components/nonce';
import { aspectOf } from '~/photos/frame';
import type { SharedFilm } from '~/projects/share-views';
import { FilmPoster } from './film-poster';
import script from './shared-film.worker?worker&url';
import type { SharedFilmData } from './shared-film-data';
import { buildTimeline } from './timeline';

/**
 * Until somebody presses play, this is all the page runs: it makes the sound inside the tap, where browsers want that,
 * and fetches the player.
 */
const begin = `addEventListener('click',e=>{const f=document.querySelector('.film'),p=e.target.closest('[data-do=toggle]');
if(!p||f.dataset.filmState!=='paused'||window.filmAudio!==undefined)return;
window.filmAudio=typeof AudioContext==='undefined'?null:new AudioContext();f.dataset.filmState='loading';
import(f.dataset.script).catch(()=>{window.filmAudio=undefined;f.dataset.filmState='paused'})})`;

/** A shared film: complete as a picture, and nothing else on the page. Its player comes when it is asked for. */
export function SharedFilmPage({ film, token, ticket }: { film: SharedFilm; token: string; ticket: string }) {
  const nonce = useNonce();
  const { title, shape, trackId, clips } = film;
  const { segments } = buildTimeline({ clips, shape });
  const carried: SharedFilmData = { film, token, ticket };
  return (
    <div
      className="film room"
      data-film-state="paused"
      data-film-clip={0}
      data-variant="full"
      data-grown
      data-script={script}
      style={{ '--film-aspect': aspectOf(shape) } as never}
    >
      <div className="film-stage">
        <FilmPoster segment={segments[0]} clip={clips[0]} />
      </div>
      {segments.length === 0 ? (
        <p className="film-empty text-17">There is nothing in this film just now.</p>
      ) : (
        <div className="film-taps" data-grown data-when="paused loading playing">
          <button type="button" aria-label="Previous clip" data-do="back" />
          <button type="button" aria-label="Play film" data-do="toggle">
            <span data-when="paused" className={buttonClass('primary', 'shadow-float whitespace-nowrap')}>
              <Icon name="play" />
              Play film
            </span>
            <span data-when="loading" className="film-waiting" />
          </button>
          <button type="button" aria-label="Next clip" data-do="on" />
        </div>
      )}
      <div className="film-bars" aria-hidden="true">
        {segments.map((segment) => (
          <span key={segment.clipId}>
            <i />
          </span>
        ))}
      </div>
      <h1 className="film-title text-20 md:text-25">{title}</h1>
      <div className="film-controls" data-when="paused loading playing">
        {trackId && <Control icon="volume-2" label="Mute" act="mute" pressed={false} />}
        <Control icon="maximize" label="Full screen" act="fullscreen" className="film-fullscreen" />
      </div>
      <div className="film-end" data-when="ended">
        <p className="font-title text-32 text-balance">{title}</p>
        <div className="flex flex-wrap justify-center gap-3">
          <button type="button" data-do="again" className={buttonClass()}>
            <Icon name="rotate-ccw" />
            Play again
          </button>
          <Home className={buttonClass('quiet')}>Made with Echoes</Home>
        </div>
      </div>
      <Home className="film-made link" when="paused">
        Made with Echoes
      </Home>
      <p className="sr-only" aria-live="polite" data-says />
      <script
        type="application/json"
        id="film"
        // biome-ignore lint/security/noDangerouslySetInnerHtml: JSON in which nothing can end the script
        dangerouslySetInnerHTML={{ __html: JSON.stringify(carried).replaceAll('<', '\\u003c') }}
      />
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own constant, under the page's nonce */}
      <script nonce={nonce} dangerouslySetInnerHTML={{ __html: begin }} />
    </div>
  );
}

/** The house that made it: a plain link, on a page without our scripts. */
function Home({ className, when, children }: { className: string; when?: string; children: ReactNode }) {
  return (
    <a href="/" className={className} data-when={when}>
      {children}
    </a>
  );
}

function Control({
  icon,
  label,
  act,
  pressed,
  className = '',
}: {
  icon: IconName;
  label: string;
  act: string;
  pressed?: boolean;
  className?: string;
}) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      data-do={act}
      className={`inline-grid size-11 shrink-0 place-items-center rounded-full transition ${className}`}
    >
      <Icon name={icon} />
    </button>
  );
}
