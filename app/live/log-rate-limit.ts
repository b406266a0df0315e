import type { LiveFrame } from './frames';

type LogFrame = LiveFrame & { type: 'log' };

/** The most log lines that pass in one second. */
const mostPerSecond = 100;

/** Limits the log lines of a channel to `mostPerSecond`; the next frame says how many lines were left out. */
export function createLogRateLimit() {
  let second = 0;
  let passed = 0;
  let leftOut = 0;
  return {
    /** The frame with the lines that may pass at `now` (ms since 1970); null without any. */
    pass(frame: LogFrame, now: number): LogFrame | null {
      const current = Math.floor(now / 1000);
      if (current !== second) passed = 0;
      second = current;
      const lines = frame.lines.slice(0, mostPerSecond - passed);
      passed += lines.length;
      leftOut += frame.leftOut + frame.lines.length - lines.length;
      if (lines.length === 0) return null;
      const limited = { ...frame, lines, leftOut };
      leftOut = 0;
      return limited;
    },
  };
}
