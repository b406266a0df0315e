import { createLayer, type Layer } from './layer.client';
import { opacityAt, type Timeline } from './timeline';

/** Frames after which a change has surely reached the screen. */
const framesUntilVisible = 3;

/**
 * The two layers of the film. `front` is the visible one. `back` is filled behind it or, just after a swap, still
 * shows the old picture until the new one covers it. `onFree` is called when the back may be filled again.
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
  /** True for cuts instead of fades. */
  cuts: boolean;
  onBroken: (layer: Layer) => void;
  onFree: () => void;
}) {
  /** True while the back shows the old picture below the front; `fades`: the front becomes opaque over time. */
  let covering = false;
  let fades = false;
  let uncovering = false;
  /** True if the front was drawn opaque. */
  let covers = false;

  /** Frees the back behind an opaque front, a few frames later, when the front is on the screen. */
  function uncover() {
    if (uncovering || (!covering && 'filmShown' in stage.dataset)) return;
    uncovering = true;
    const above = pair.front;
    afterFrames(framesUntilVisible, () => {
      uncovering = false;
      if (pair.front !== above || !above.ready) {
        // Another swap came between, and its front may be opaque without a further draw.
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

    /** True while the back must not be filled. */
    get covering() {
      return covering;
    },
    /** True while both layers are visible and move. */
    get fading() {
      return covering && fades;
    },

    /** Swaps the layers; `fading`: over the fade's time, else as soon as the new front is ready. */
    swap({ fading }: { fading: boolean }) {
      [pair.front, pair.back] = [pair.back, pair.front];
      covering = true;
      fades = fading;
    },

    /** Ends a fade at once. */
    cutShort() {
      fades = false;
    },

    /** Draws the film's second `position`. */
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

    /** Called inside a tap. A back that waited for it is cleared, to be filled again. */
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
