import type { ReactNode } from 'react';
import { buttonClass } from '~/components/button';
import { Icon, type IconName } from '~/components/icon';
import { useNonce } from '~/components/nonce';
import { aspectOf } from '~/photos/frame';
import type { SharedFilm } from '~/projects/share-views';
import { FilmBars } from './film-bars';
import { FilmPoster } from './film-poster';
import type { SharedFilmData } from './film-state';
import script from './shared-film.worker?worker&url';
import { beginSharedFilm } from './shared-film-begin';
import { buildTimeline } from './timeline';

/** The page of a shared film: plain HTML, complete as a picture. The first tap on play loads the player. */
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
      data-music={trackId ? '' : undefined}
      data-script={script}
      style={{ '--film-aspect': aspectOf(shape) } as never}
    >
      <div className="film-stage">
        <FilmPoster segment={segments[0]} clip={clips[0]} shape={shape} />
      </div>
      {segments.length === 0 ? (
        <p className="film-empty text-17">There is nothing in this film just now.</p>
      ) : (
        <div className="film-taps" data-grown data-when="paused loading playing">
          <button type="button" aria-label="Previous clip" data-do="back" />
          <button type="button" aria-label="Play film" data-do="toggle">
            <span data-when="paused" className={buttonClass('primary', 'film-play shadow-float whitespace-nowrap')}>
              <Icon name="play" />
              Play film
            </span>
            <span data-when="loading" hidden className="film-waiting" />
          </button>
          <button type="button" aria-label="Next clip" data-do="on" />
        </div>
      )}
      <h1 className="film-title text-20 md:text-25">
        <span dir="auto">{title}</span>
      </h1>
      <FilmBars segments={segments} />
      <div className="film-controls" data-when="paused loading playing">
        {trackId && <Control icon="volume-2" label="Mute" act="mute" pressed={false} />}
        <Control icon="maximize" label="Full screen" act="fullscreen" className="film-fullscreen" hidden />
      </div>
      <div className="film-end" data-when="ended" hidden>
        <p dir="auto" className="line-clamp-4 font-title text-32 text-balance wrap-anywhere">
          {title}
        </p>
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
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file, under the page's nonce */}
      <script nonce={nonce} dangerouslySetInnerHTML={{ __html: beginSharedFilm }} />
    </div>
  );
}

/** A plain link to the landing page. */
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
  hidden,
  className = '',
}: {
  icon: IconName;
  label: string;
  act: string;
  pressed?: boolean;
  /** Until the page knows that the browser can do it. */
  hidden?: boolean;
  className?: string;
}) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      data-do={act}
      hidden={hidden}
      className={`inline-grid size-11 shrink-0 place-items-center rounded-full transition ${className}`}
    >
      <Icon name={icon} />
    </button>
  );
}
