import { useEffect, useMemo, useState } from 'react';
import type { Shape } from '~/photos/frame';
import type { Stack } from '~/photos/look/stacks';
import type { ClipView } from '~/projects/views';
import type { PhotoMarks } from './photo-marks';
import { isSparing, type LooksOfPage } from './use-looks';
import { warningWords } from './warning-words';

/**
 * Compares the photos of a film, and looks at each of them for warnings, in the background: while no photo of this page is
 * on its way, and for a person who spares no data.
 */
export function usePhotoMarks({
  clips,
  shape,
  isBusy,
  looks,
}: {
  clips: readonly ClipView[];
  shape: Shape;
  isBusy: boolean;
  looks: LooksOfPage;
}): PhotoMarks {
  const stills = useMemo(() => clips.filter(({ status, latest }) => status === 'still' && latest === null), [clips]);
  const [found, setFound] = useState<readonly Stack[]>([]);
  const [warnings, setWarnings] = useState<PhotoMarks['warnings']>(new Map());
  const compared = stills.map(({ id, keptApartAt }) => `${id}${keptApartAt ?? ''}`).join();
  const looked = stills.map(({ id, frame }) => `${id}${Object.values(frame)}`).join() + shape;

  // biome-ignore lint/correctness/useExhaustiveDependencies: addresses of photos change by themselves
  useEffect(() => {
    if (isBusy || stills.length < 2 || isSparing()) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    void looks()
      .then((all) => all.stacks(stills.map(candidateOf), signal))
      .then((stacks) => signal.aborted || setFound(stacks));
    return () => leaving.abort();
  }, [compared, isBusy, looks]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: addresses of photos change by themselves
  useEffect(() => {
    if (isBusy || stills.length === 0 || isSparing()) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    void (async () => {
      const all = await looks();
      const seen = new Map<string, string>();
      for (const { id, photo, frame } of stills) {
        const those = await all.warnings(photo, { shape, frame }, signal);
        if (signal.aborted) return;
        const [weightiest] = those ?? [];
        if (weightiest) seen.set(id, warningWords[weightiest.kind]);
      }
      setWarnings(seen);
    })();
    return () => leaving.abort();
  }, [looked, isBusy, looks]);

  return useMemo(() => {
    const here = new Set(stills.map(({ id }) => id));
    const stacks = found.flatMap(({ top, ids }) => {
      const left = ids.filter((id) => here.has(id));
      return left.length < 2 ? [] : [{ top: left.includes(top) ? top : (left[0] as string), ids: left }];
    });
    const hidden = new Set(stacks.flatMap(({ top, ids }) => ids.filter((id) => id !== top)));
    return { stacks, hidden, warnings };
  }, [found, stills, warnings]);
}

const candidateOf = ({ id, addedAt, keptApartAt, photo }: ClipView) => ({
  ...{ id, addedAt, keptApartAt, photo },
  takenAt: photo.takenAt,
  pixels: photo.width * photo.height,
});
