import type { Page } from 'playwright-core';

/** The number of this film's photos stored on this device: another film's may still be there after its page was closed. */
export const keptPhotos = ({ page, projectId }: { page: Page; projectId: string }) =>
  page.evaluate(
    (film) =>
      new Promise<number>((done, failed) => {
        const opening = indexedDB.open('echoes-uploads', 1);
        opening.onupgradeneeded = () => opening.transaction?.abort();
        opening.onerror = () => done(0);
        opening.onsuccess = () => {
          const reading = opening.result.transaction('photos').objectStore('photos').getAll();
          reading.onsuccess = () => {
            opening.result.close();
            done(reading.result.filter(({ projectId }) => projectId === film).length);
          };
          reading.onerror = () => failed(reading.error);
        };
      }),
    projectId,
  );
