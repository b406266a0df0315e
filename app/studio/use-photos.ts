import { useCallback, useEffect, useRef, useState } from 'react';
import { load } from '~/components/waking';
import type { UploadItem, UploadQueue } from '~/photos/upload-queue.client';
import { createUploadStore, type KeptPhoto, newlyPicked } from '~/photos/upload-store.client';

/** Compares file names with numbers as numbers, so that photos keep the order in which a camera saved them. */
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * The uploads of a project. The upload queue's script is loaded when the page is idle, or with the first photo; the queue
 * then resumes uploads that a reload or a lost connection interrupted. Photos picked before that are shown as cards at
 * once, and are stored. `onDone` is called for each photo that became a clip, for pages without a live connection.
 */
export function usePhotos({ projectId, onDone }: { projectId: string; onDone?: () => void }) {
  const [items, setItems] = useState<readonly UploadItem[]>([]);
  const [early, setEarly] = useState<readonly KeptPhoto[]>([]);
  const [isWaiting, setWaiting] = useState(false);
  const opened = useRef<{ queue: Promise<UploadQueue>; leaving: AbortController } | null>(null);
  const picked = useRef(new Map<string, KeptPhoto>());
  const done = useRef(onDone);
  done.current = onDone;

  const open = useCallback(() => {
    if (!opened.current) {
      const leaving = new AbortController();
      const queue = load(() => import('~/photos/upload-queue.client'), {
        signal: leaving.signal,
        onLost: () => setWaiting(true),
      }).then(({ createUploadQueue }) =>
        createUploadQueue({ projectId, onChange: setItems, onDone: () => done.current?.() }),
      );
      // Rejects only when the page is left while the script loads.
      queue.catch(() => undefined);
      opened.current = { queue, leaving };
    }
    return opened.current.queue;
  }, [projectId]);

  const use = useCallback((act: (queue: UploadQueue) => void) => void open().then(act, () => undefined), [open]);

  useEffect(() => {
    const idle = setTimeout(() => use((queue) => void queue.restore()), 1000);
    return () => {
      clearTimeout(idle);
      opened.current?.leaving.abort();
      void opened.current?.queue.then(
        (queue) => queue.dispose(),
        () => undefined,
      );
      opened.current = null;
    };
  }, [use]);

  const showEarly = useCallback(() => setEarly([...picked.current.values()]), []);

  const add = useCallback(
    (files: readonly File[]) => {
      const photos = [...files]
        .sort((one, other) => byName.compare(one.name, other.name))
        .map((file) => newlyPicked({ file, projectId }));
      for (const photo of photos) picked.current.set(photo.id, photo);
      showEarly();
      let isOpen = false;
      use((queue) => {
        isOpen = true;
        queue.add(photos.filter(({ id }) => picked.current.delete(id)));
        showEarly();
      });
      // A loaded queue takes the photos within this task; a script that still loads may need minutes.
      setTimeout(async () => {
        const store = createUploadStore();
        for (const photo of photos) if (!isOpen && picked.current.has(photo.id)) await store.put(photo);
      });
    },
    [projectId, showEarly, use],
  );

  const cancel = useCallback(
    (id: string) => {
      if (!picked.current.delete(id)) return use((queue) => queue.cancel(id));
      showEarly();
      void createUploadStore().remove(id);
    },
    [showEarly, use],
  );

  return {
    items: early.length === 0 ? items : [...items, ...early.map((photo) => earlyItem(photo, isWaiting))],
    add,
    cancel,
    retry: useCallback((id: string) => use((queue) => queue.retry(id)), [use]),
  };
}

const earlyItem = ({ id, name }: KeptPhoto, isWaiting: boolean): UploadItem => ({
  ...{ id, name, isWaiting, isKept: true, previewUrl: null, state: 'waiting', progress: 0, reason: null, clipId: null },
});

/** Passes on photos dropped on the page or pasted into it. Returns true while files are dragged over the page. */
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
