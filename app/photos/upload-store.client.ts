/** A photo on its way as it is kept on the device, so that a reload or a flat battery costs nothing. */
export interface KeptPhoto {
  /** The request key: made once per photo, the same for every try. */
  id: string;
  projectId: string;
  name: string;
  /** The original until it is prepared, then what travels. */
  content: { kind: 'original'; file: File } | { kind: 'prepared'; bytes: ArrayBuffer; takenAt: number | null };
  /** Where the server takes it, once it has said so. */
  uploadUrl: string | null;
  addedAt: number;
}

/** Photos on their way, kept by the browser. Every call may fail silently (private mode, full disk): then a reload loses. */
export interface UploadStore {
  put(photo: KeptPhoto): Promise<void>;
  remove(id: string): Promise<void>;
  /** Those of one film, oldest first. */
  list(projectId: string): Promise<KeptPhoto[]>;
}

const table = 'photos';

/** Opens the store with the first call. */
export function createUploadStore(): UploadStore {
  let opened: Promise<IDBDatabase> | null = null;
  const open = () => {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open('echoes-uploads', 1);
      request.onupgradeneeded = () => request.result.createObjectStore(table, { keyPath: 'id' });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  };

  async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
    try {
      const database = await open();
      return await new Promise<T>((resolve, reject) => {
        const request = work(database.transaction(table, mode).objectStore(table));
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    } catch {
      return null;
    }
  }

  return {
    async put(photo) {
      await run('readwrite', (store) => store.put(photo));
    },
    async remove(id) {
      await run('readwrite', (store) => store.delete(id));
    },
    async list(projectId) {
      const all = (await run<KeptPhoto[]>('readonly', (store) => store.getAll())) ?? [];
      return all.filter((photo) => photo.projectId === projectId).sort((a, b) => a.addedAt - b.addedAt);
    },
  };
}
