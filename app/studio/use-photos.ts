import { useCallback, useEffect, useRef, useState } from 'react';
import type { UploadItem, UploadQueue } from '~/photos/upload-queue.client';

/**
 * `onDone` is called with each photo that has become a clip, for pages that do not hear of it otherwise.
 * Photos on their way into the film. The queue itself is loaded when the page is quiet, or with the first photo; it then
 * takes up what a reload or a lost connection has left behind.
 */
export function usePhotos({ projectId, onDone }: { projectId: string; onDone?: () => void }) {
  const [items, setItems] = useState<readonly UploadItem[]>([]);
  const opened = useRef<Promise<UploadQueue> | null>(null);
  const done = useRef(onDone);
  done.current = onDone;

  const open = useCallback(() => {
    opened.current ??= import('~/photos/upload-queue.client').then(({ createUploadQueue }) =>
      createUploadQueue({ projectId, onChange: setItems, onDone: () => done.current?.() }),
    );
    return opened.current;
  }, [projectId]);

  useEffect(() => {
    const idle = setTimeout(() => void open().then((queue) => queue.restore()), 1000);
    return () => {
      clearTimeout(idle);
      void opened.current?.then((queue) => queue.dispose());
      opened.current = null;
    };
  }, [open]);

  return {
    items,
    add: useCallback((files: readonly File[]) => void open().then((queue) => queue.add(files)), [open]),
    cancel: useCallback((id: string) => void open().then((queue) => queue.cancel(id)), [open]),
    retry: useCallback((id: string) => void open().then((queue) => queue.retry(id)), [open]),
  };
}

/** Photos dropped on the page or pasted into it, wherever. Answers whether something is being dragged over the page. */
export function useDroppedPhotos(onFiles: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const take = useRef(onFiles);
  take.current = onFiles;
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      { signal },
    );
    addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), { signal });
    addEventListener(
      'drop',
      (event) => {
        setOver(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        const files = [...(event.dataTransfer?.files ?? [])];
        if (files.length > 0) take.current(files);
      },
      { signal },
    );
    addEventListener(
      'paste',
      (event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length > 0) take.current(files);
      },
      { signal },
    );
    return () => leaving.abort();
  }, []);
  return over;
}
