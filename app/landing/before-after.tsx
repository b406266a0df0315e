import { useNonce } from '~/components/nonce';

// The range moves the divider. Without the script the divider stays in the middle.
const follow = `for(const r of document.querySelectorAll('[data-divider]')){r.hidden=false;
const f=()=>r.parentNode.style.setProperty('--at',r.value+'%');r.addEventListener('input',f);f()}`;

/** A photo on the left and its clip on the right, with a divider that can be dragged. */
export function BeforeAfter() {
  const nonce = useNonce();
  return (
    <figure className="w-full max-w-[26rem] justify-self-center">
      <div className="relative aspect-3/4 overflow-hidden rounded-photo [--at:50%]">
        <img
          src="/scenes/bench-by-the-sea-480.jpg"
          alt=""
          loading="lazy"
          className="absolute inset-0 size-full object-cover"
        />
        <video
          muted
          preload="none"
          loop
          playsInline
          disablePictureInPicture
          aria-hidden="true"
          tabIndex={-1}
          className="absolute inset-0 size-full object-cover"
        >
          <source media="(prefers-reduced-motion: no-preference)" src="/film/before-after.mp4" type="video/mp4" />
        </video>
        <img
          src="/scenes/bench-by-the-sea.jpg"
          srcSet="/scenes/bench-by-the-sea-480.jpg 480w, /scenes/bench-by-the-sea.jpg 1080w"
          sizes="(min-width: 48rem) 26rem, 100vw"
          alt="Two people on a bench look out to sea at dusk."
          loading="lazy"
          className="absolute inset-0 size-full object-cover [clip-path:inset(0_calc(100%-var(--at))_0_0)]"
        />
        <input
          type="range"
          data-divider
          hidden
          min={4}
          max={96}
          defaultValue={50}
          aria-label="How much of the photo covers the clip"
          className="peer absolute inset-0 z-1 m-0 size-full cursor-ew-resize touch-pan-y appearance-none opacity-0"
        />
        <div
          aria-hidden="true"
          className="pointer-events-none absolute inset-y-0 left-(--at) w-0.5 -translate-x-1/2 bg-[oklch(0.98_0.01_80)] peer-focus-visible:outline-3 peer-focus-visible:outline-light"
        >
          <span className="absolute top-1/2 left-1/2 grid size-11 -translate-1/2 place-items-center rounded-full bg-[oklch(0.98_0.01_80)] text-[oklch(0.2_0.01_60)] shadow-float">
            <svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.75">
              <title>Drag</title>
              <path d="m9 7-5 5 5 5M15 7l5 5-5 5" strokeLinecap="round" strokeLinejoin="round" />
            </svg>
          </span>
        </div>
      </div>
      <figcaption className="mt-3 flex justify-between text-13 text-quiet">
        <span>The photo</span>
        <span>The clip</span>
      </figcaption>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file, under the page's nonce */}
      <script nonce={nonce} dangerouslySetInnerHTML={{ __html: follow }} />
    </figure>
  );
}
