import { type RefObject, useEffect, useRef } from 'react';

/** A swipe shorter than this (px) and slower than this (px per ms) puts the sheet back. */
const farPixels = 110;
const fastPixels = 0.6;
/** A finger that has moved less than this (px) has no direction yet. */
const directionPixels = 8;

/**
 * Closes a sheet by one finger that swipes down, from its head or from content that is scrolled to its top. The sheet
 * follows the finger.
 */
export function useSwipeDown(sheet: RefObject<HTMLElement | null>, onClose: () => void): void {
  const latest = useRef(onClose);
  useEffect(() => {
    latest.current = onClose;
  });
  useEffect(() => {
    const element = sheet.current;
    if (!element) return;
    let start: { x: number; y: number; at: number } | null = null;
    let isFollowing = false;
    const release = () => {
      start = null;
      isFollowing = false;
      element.style.translate = '';
      element.style.transition = '';
    };
    const onStart = ({ touches, target, timeStamp }: TouchEvent) => {
      release();
      const [finger] = touches;
      if (touches.length !== 1 || !finger || !(target instanceof Element) || isTaken(target, element)) return;
      start = { x: finger.clientX, y: finger.clientY, at: timeStamp };
    };
    const onMove = ({ touches }: TouchEvent) => {
      const [finger] = touches;
      if (!start || !finger) return;
      const [right, down] = [finger.clientX - start.x, finger.clientY - start.y];
      if (touches.length !== 1 || down < -directionPixels || (!isFollowing && Math.abs(right) > Math.abs(down)))
        return release();
      if (down < directionPixels) return;
      isFollowing = true;
      element.style.transition = 'none';
      element.style.translate = `0 ${down}px`;
    };
    const onEnd = ({ changedTouches, timeStamp }: TouchEvent) => {
      const down = start && changedTouches[0] ? changedTouches[0].clientY - start.y : 0;
      const isFast = start !== null && down / Math.max(1, timeStamp - start.at) > fastPixels;
      const isClosed = isFollowing && (down > farPixels || isFast);
      release();
      if (isClosed) latest.current();
    };
    const listening = new AbortController();
    const options = { passive: true, signal: listening.signal };
    element.addEventListener('touchstart', onStart, options);
    element.addEventListener('touchmove', onMove, options);
    element.addEventListener('touchend', onEnd, options);
    element.addEventListener('touchcancel', release, options);
    return () => listening.abort();
  }, [sheet]);
}

/** True where a swipe down means something else: content that can scroll up, a range, a picture that is being framed. */
function isTaken(target: Element, sheet: Element): boolean {
  if (target.closest('input[type="range"], textarea, select, .touch-none')) return true;
  for (let at: Element | null = target; at && at !== sheet.parentElement; at = at.parentElement)
    if (at.scrollTop > 0) return true;
  return false;
}
