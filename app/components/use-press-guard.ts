import { type SyntheticEvent, useEffect, useState } from 'react';

/** A press within this time after a change was meant for what stood there before. */
const settleMilliseconds = 400;

/**
 * Props for an element whose buttons change with `state`: presses inside it are ignored for 400 ms after each change, and
 * `fromStart` after it appears. It guards against the second tap of a double tap; the layout keeps paid, destructive and
 * other buttons in places of their own.
 */
export function usePressGuard(
  state: string,
  { fromStart = false }: { fromStart?: boolean } = {},
): {
  'data-settling'?: '';
  onClickCapture?: (event: SyntheticEvent) => void;
} {
  const [settled, setSettled] = useState(fromStart ? null : state);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(state), settleMilliseconds);
    return () => clearTimeout(timer);
  }, [state]);
  return settled === state ? {} : { 'data-settling': '', onClickCapture: ignore };
}

function ignore(event: SyntheticEvent) {
  event.preventDefault();
  event.stopPropagation();
}
