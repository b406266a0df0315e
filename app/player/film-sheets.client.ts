import { createSegmentLayer, type SegmentLayer } from './segment-layer.client';
import { opacityAt, type Timeline } from './timeline';

/** By then what was drawn above has reached the screen. */
const framesUntilSeen = 3;

/**
 * The two sheets of the film: `front` is the one that is seen, `back` is being made ready behind it or, just after a
 * change, still holds the old picture until the new one covers it all. `onFree` tells that the back is free again.
 */
export function createFilmSheets({
  stage,
  cuts,
  onWaiting,
  onFree,
}: {
  stage: HTMLElement;
  cuts: boolean;
  onWaiting: (layer: SegmentLayer) => void;
  onFree: () => void;
}) {
  /** The back still holds the picture until the front covers it; `fades`: by and by. */
  let covering = false;
  let fades = false;
  let uncovering = false;

  /** The front covers all: a few frames later, when that has surely reached the screen, the back is free. */
  function uncover() {
    if (uncovering || (!covering && 'filmShown' in stage.dataset)) return;
    uncovering = true;
    const above = sheets.front;
    afterFrames(framesUntilSeen, () => {
      uncovering = false;
      if (sheets.front !== above || !above.ready) return;
      stage.dataset.filmShown = '';
      if (!covering) return;
      covering = false;
      sheets.back.clear();
      onFree();
    });
  }

  const sheets = {
    front: createSegmentLayer({ onWaiting }),
    back: createSegmentLayer({ onWaiting }),

    /** True while the back may not be filled. */
    get covering() {
      return covering;
    },
    /** True while both are seen and both move. */
    get fading() {
      return covering && fades;
    },

    /** What was made ready comes to the front; with `fading` as the order of the film says, else as soon as it is there. */
    swap({ fading }: { fading: boolean }) {
      [sheets.front, sheets.back] = [sheets.back, sheets.front];
      covering = true;
      fades = fading;
    },

    /** A fade that is under way ends now. */
    cutShort() {
      fades = false;
    },

    /** Draws the moment `position` of the film. */
    draw({ timeline, index, position }: { timeline: Timeline; index: number; position: number }) {
      const segment = timeline.segments[index];
      if (!segment) return;
      const opacity = sheets.fading ? opacityAt(segment, position, { cuts }) : 1;
      const shown = sheets.front.ready ? opacity : 0;
      const look = (layer: SegmentLayer, layerOpacity: number) => {
        const start = timeline.segments[layer.index]?.startSeconds ?? 0;
        const above = layer === sheets.front;
        layer.look({ opacity: layerOpacity, above, localSeconds: position - start, moving: !cuts });
      };
      look(sheets.front, shown);
      look(sheets.back, covering ? 1 : 0);
      if (shown === 1) uncover();
    },

    pause() {
      sheets.front.pause();
      sheets.back.pause();
    },

    /** Call inside a person's tap. */
    allow() {
      sheets.front.allow();
      sheets.back.allow();
    },

    dispose() {
      for (const layer of [sheets.front, sheets.back]) {
        layer.clear();
        layer.element.remove();
      }
      delete stage.dataset.filmShown;
    },
  };
  for (const { element } of [sheets.front, sheets.back]) stage.appendChild(element);
  return sheets;
}

function afterFrames(count: number, act: () => void) {
  requestAnimationFrame(() => (count > 1 ? afterFrames(count - 1, act) : act()));
}
