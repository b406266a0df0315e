import { createLayer, type Layer } from './layer.client';
import { opacityAt, type Timeline } from './timeline';

/** After so many frames, what was drawn above has reached the screen. */
const framesUntilVisible = 3;

/**
 * The two layers of the film. `front` is the visible one. `back` is made ready behind it or, just after a swap, still
 * holds the old picture until the new one covers it. `onFree` tells that the back may be filled again.
 */
export function createLayerPair({
  stage,
  videos,
  cuts,
  onBroken,
  onFree,
}: {
  stage: HTMLElement;
  videos: [HTMLVideoElement, HTMLVideoElement];
  /** Changes at once instead of fading. */
  cuts: boolean;
  onBroken: (layer: Layer) => void;
  onFree: () => void;
}) {
  /** The back still holds the old picture until the front covers it; `fades`: over time. */
  let covering = false;
  let fades = false;
  let uncovering = false;
  /** The front, as it was drawn last, lets nothing of the back through. */
  let covers = false;

  /** The front covers everything: the back is free a few frames later, when that is on the screen. */
  function uncover() {
    if (uncovering || (!covering && 'filmShown' in stage.dataset)) return;
    uncovering = true;
    const above = pair.front;
    afterFrames(framesUntilVisible, () => {
      uncovering = false;
      if (pair.front !== above || !above.ready) {
        // Another swap came between: where nothing is drawn any more, the front it brought covers all the same.
        if (covers && pair.front.ready) uncover();
        return;
      }
      stage.dataset.filmShown = '';
      if (!covering) return;
      covering = false;
      pair.back.clear();
      onFree();
    });
  }

  const [front, back] = videos.map((video) => createLayer({ video, onBroken })) as [Layer, Layer];
  const pair = {
    front,
    back,

    /** True while the back may not be filled. */
    get covering() {
      return covering;
    },
    /** True while both are visible and both move. */
    get fading() {
      return covering && fades;
    },

    /** Brings the back to the front; with `fading` over the time the film says, else as soon as it is ready. */
    swap({ fading }: { fading: boolean }) {
      [pair.front, pair.back] = [pair.back, pair.front];
      covering = true;
      fades = fading;
    },

    /** Ends a fade at once. */
    cutShort() {
      fades = false;
    },

    /** Draws the moment `position` of the film. */
    draw({ timeline, index, position }: { timeline: Timeline; index: number; position: number }) {
      const segment = timeline.segments[index];
      if (!segment) return;
      const opacity = pair.fading ? opacityAt(segment, position, { cuts }) : 1;
      const drawn = pair.front.ready ? opacity : 0;
      const draw = (layer: Layer, layerOpacity: number) => {
        const start = timeline.segments[layer.index]?.startSeconds ?? 0;
        const above = layer === pair.front;
        layer.draw({ opacity: layerOpacity, above, localSeconds: position - start, moving: !cuts });
      };
      draw(pair.front, drawn);
      draw(pair.back, covering ? 1 : 0);
      covers = drawn === 1;
      if (covers) uncover();
    },

    pause() {
      pair.front.pause();
      pair.back.pause();
    },

    /** Call inside a tap. What only waited for it is to be filled anew. */
    unlock() {
      pair.front.unlock();
      pair.back.unlock();
      if (pair.back.held && !covering) pair.back.clear();
    },

    dispose() {
      for (const layer of [pair.front, pair.back]) {
        layer.clear();
        layer.element.remove();
      }
      delete stage.dataset.filmShown;
    },
  };
  for (const { element } of [front, back]) stage.appendChild(element);
  return pair;
}

function afterFrames(count: number, act: () => void) {
  requestAnimationFrame(() => (count > 1 ? afterFrames(count - 1, act) : act()));
}
