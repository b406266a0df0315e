/** A load that has brought nothing for so long, in ms, gives way to one that is asked for: its connection may be dead. */
const mostLoadingMs = 20_000;

/**
 * One load of a page's data at a time, and after it one more for all that asked meanwhile: what they know of may be
 * younger than the answer under way. `load` begins a load and breaks off one that is under way.
 */
export function createReloadQueue({
  load,
  later,
}: {
  load: () => void;
  /** Runs `act` after so many ms; returns a function that cancels it. */
  later: (act: () => void, milliseconds: number) => () => void;
}) {
  let isNavigating = false;
  let current: (() => void)[] | null = null;
  let next: (() => void)[] = [];
  let isOverdue = false;
  let cancel = () => {};

  function begin() {
    if (isNavigating || next.length === 0 || (current && !isOverdue)) return;
    current = [...(current ?? []), ...next];
    next = [];
    isOverdue = false;
    cancel();
    cancel = later(() => {
      isOverdue = true;
      begin();
    }, mostLoadingMs);
    load();
  }

  return {
    /** Asks for a load that begins now or later; resolves when its data are on the page. */
    request(): Promise<void> {
      return new Promise((resolve) => {
        next.push(resolve);
        begin();
      });
    },

    /** The page has new data, from a load of this queue or from a navigation that took its place. */
    loaded() {
      cancel();
      isOverdue = false;
      for (const tell of current ?? []) tell();
      current = null;
      begin();
    },

    /** A navigation loads data too, and is not broken off. */
    navigating(isUnderWay: boolean) {
      isNavigating = isUnderWay;
      begin();
    },
  };
}
