import type { ReactNode } from 'react';
import { Brand } from '~/components/header';
import { useNonce } from '~/components/nonce';

const motion = '(prefers-reduced-motion: no-preference)';
const wide = '(min-width: 48rem) and (orientation: landscape)';

// The films begin once the page is complete: until then they would take the connection from its first picture. WebKit
// matches `<source media>` once, while the stylesheet still loads, so each source is also matched again.
const loadLate = `addEventListener('load',function(){document.querySelectorAll('video').forEach(function(film){
film.autoplay=true;film.load()})})`;

/**
 * The first screen: a film from edge to edge, always in the dark scheme, with `children` in its lower third. Its first
 * picture stands for it under reduced motion, and where it does not play.
 */
export function Stage({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  return (
    <section className="room relative flex min-h-svh flex-col overflow-hidden">
      <picture>
        <source media={wide} srcSet="/film/landing-wide.jpg" />
        <img
          src="/film/landing.jpg"
          alt=""
          // React 18 has no camel-case name for this attribute.
          {...{ fetchpriority: 'high' }}
          className="absolute inset-0 size-full object-cover object-[50%_30%]"
        />
      </picture>
      <video
        muted
        preload="none"
        loop
        playsInline
        disablePictureInPicture
        aria-hidden="true"
        tabIndex={-1}
        className="absolute inset-0 size-full object-cover object-[50%_30%]"
      >
        <source media={`${motion} and ${wide}`} src="/film/landing-wide.mp4" type="video/mp4" />
        <source media={`${motion} and (max-width: 47.99rem)`} src="/film/landing.mp4" type="video/mp4" />
        <source media={`${motion} and (orientation: portrait)`} src="/film/landing.mp4" type="video/mp4" />
      </video>
      <div className="absolute inset-x-0 top-0 h-32 bg-linear-to-b from-ground/60 to-transparent" />
      <div className="column relative flex min-h-16 items-center pt-[env(safe-area-inset-top)]">
        <Brand to="/" />
      </div>
      {/* The gradient is as tall as the text on it. */}
      <div className="relative mt-auto bg-linear-to-t from-ground/95 from-20% via-ground/70 via-65% to-transparent pt-48">
        <div className="column grid justify-items-start gap-4 pb-[max(2rem,env(safe-area-inset-bottom))] md:pb-18">
          {children}
        </div>
      </div>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file, under the page's nonce */}
      <script nonce={nonce} dangerouslySetInnerHTML={{ __html: loadLate }} />
    </section>
  );
}
