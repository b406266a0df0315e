import { type KeptPhoto, keptPhotos } from './kept-photo';

declare global {
  interface Window {
    /** Photos picked before the page's scripts ran; `end` ends the waiting for more. */
    earlyPhotos?: { photos: KeptPhoto[]; end(): void };
  }
}

/**
 * An inline script of a page that takes photos. Until the page's own scripts run it serves the file input, the buttons that
 * open it, drops and pastes: photos are stored on the device, and `takeEarlyPhotos` hands them over. `<html>` then has
 * `data-early-photos`, for the page to say so. Its text is in the HTML alone.
 */
export const rememberEarlyPhotos = !import.meta.env.SSR
  ? ''
  : `{
  const ended = new AbortController()
  const listen = (type, act) => addEventListener(type, act, { capture: true, signal: ended.signal })
  const photos = []
  window.earlyPhotos = { photos, end: () => ended.abort() }
  const keep = (list) => {
    const files = [...(list ?? [])]
    if (files.length === 0) return false
    const picked = files.map((file) => ({
      id: [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      person: document.documentElement.dataset.person, projectId: location.pathname.split('/')[2], name: file.name, content: { kind: 'original', file },
      uploadUrl: null, addedAt: Date.now() }))
    photos.push(...picked)
    document.documentElement.dataset.earlyPhotos = ''
    try {
      const opening = indexedDB.open('${keptPhotos.database}', ${keptPhotos.version})
      opening.onupgradeneeded = () => opening.result.createObjectStore('${keptPhotos.table}', { keyPath: '${keptPhotos.key}' })
      opening.onsuccess = () => {
        const writing = opening.result.transaction('${keptPhotos.table}', 'readwrite')
        for (const photo of picked) writing.objectStore('${keptPhotos.table}').put(photo)
        writing.oncomplete = writing.onabort = () => opening.result.close()
      }
    } catch {}
    return true
  }
  listen('change', (event) => {
    if (event.target.type !== 'file') return
    event.stopImmediatePropagation()
    keep(event.target.files)
    event.target.value = ''
  })
  listen('click', (event) => {
    if (!(event.target instanceof Element) || !event.target.closest('[data-at-once=photos]')) return
    event.stopImmediatePropagation()
    document.querySelector('input[type=file]').click()
  })
  listen('dragover', (event) => event.dataTransfer?.types.includes('Files') && event.preventDefault())
  listen('drop', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
    if (keep(event.dataTransfer?.files)) event.stopImmediatePropagation()
  })
  listen('paste', (event) => keep(event.clipboardData?.files) && event.stopImmediatePropagation())
}`.replace(/\n\s*/g, '\n');

/** Photos picked before the page's scripts ran, once. From then on the page takes photos itself. */
export function takeEarlyPhotos(): readonly KeptPhoto[] {
  const early = window.earlyPhotos;
  if (!early) return [];
  delete window.earlyPhotos;
  early.end();
  delete document.documentElement.dataset.earlyPhotos;
  return early.photos;
}
