import type { LiveFrame } from './frames';

type LogFrame = LiveFrame & { type: 'log' };

/** Lines of the log that pass in one second. */
const mostPerSecond = 100;

/** Lets so many lines of the log pass in a second, and has the next frame that passes say how many were left out. */
export function createLogRateLimit() {
  let second = 0;
  let passed = 0;
  let leftOut = 0;
  return {
    /** What of the frame may go on at this moment (ms since 1970); null when nothing may. */
    pass(frame: LogFrame, now: number): LogFrame | null {
      const current = Math.floor(now / 1000);
      if (current !== second) passed = 0;
      second = current;
      const lines = frame.lines.slice(0, mostPerSecond - passed);
      passed += lines.length;
      leftOut += frame.leftOut + frame.lines.length - lines.length;
      if (lines.length === 0) return null;
      const told = { ...frame, lines, leftOut };
      leftOut = 0;
      return told;
    },
  };
}
