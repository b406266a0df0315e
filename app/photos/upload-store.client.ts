import { type KeptPhoto, keptPhotos, personHere } from './kept-photo';

/**
 * Photos on their way, kept by the browser. Lists hold those of the person of this page. No call throws, and none waits
 * for a database that does not answer.
 */
export interface UploadStore {
  /** False where the browser keeps nothing (private mode, full disk): the page then has to stay open. */
  put(photo: KeptPhoto): Promise<boolean>;
  remove(id: string): Promise<void>;
  find(id: string): Promise<KeptPhoto | null>;
  /** Those of one film, oldest first. */
  list(projectId: string): Promise<KeptPhoto[]>;
  /** Those of every film, oldest first; null where the database cannot be read. */
  all(): Promise<KeptPhoto[] | null>;
  /** Removes those of everybody else. Returns how many of whom, by person. */
  removeOthers(): Promise<Map<string, number>>;
  /** Removes all, whoever's they are. */
  clear(): Promise<void>;
}

/** A file as plain bytes, for browsers that keep no files: Safari fails now and then. */
type StoredContent =
  | KeptPhoto['content']
  | { kind: 'file-bytes'; bytes: ArrayBuffer; type: string; lastModified: number };
/** A photo that an earlier version stored names no person: its film is theirs who opens it. */
type StoredPhoto = Omit<KeptPhoto, 'content' | 'person'> & { content: StoredContent; person?: string };

const { database: databaseName, version, table, key } = keptPhotos;

/** When a database that does not answer is given up, in ms: for its opening and its reads, and for a write of many bytes. */
const patience = { answer: 2000, write: 15_000 } as const;

/** Opens the database with the first call. `databases` stands for the browser's own. */
export function createUploadStore({
  databases = globalThis.indexedDB,
}: {
  databases?: Pick<IDBFactory, 'open'> | undefined;
} = {}): UploadStore {
  let opened: Promise<IDBDatabase> | null = null;
  let isGivenUp = false;

  function open(): Promise<IDBDatabase> {
    opened ??= within(patience.answer, openDatabase(databases)).then((database) => {
      // Safari closes databases of pages that were put away; another tab may want a newer version.
      database.onclose = forget;
      database.onversionchange = () => {
        database.close();
        forget();
      };
      return database;
    });
    return opened;
  }
  function forget() {
    opened = null;
  }

  /** The result of one transaction; after an error the database is opened once more and asked again. */
  async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    if (isGivenUp) throw new Error('the database does not answer');
    for (let attempt = 0; ; attempt++) {
      try {
        const database = await open();
        return await within(mode === 'readonly' ? patience.answer : patience.write, transact(database, mode, work));
      } catch (error) {
        forget();
        isGivenUp ||= error instanceof NoAnswer;
        if (attempt === 1 || isGivenUp) throw error;
      }
    }
  }

  const stored = () => run<StoredPhoto[]>('readonly', (store) => store.getAll()).catch(() => null);

  async function all(): Promise<KeptPhoto[] | null> {
    const found = (await stored())?.filter(isMine);
    return found?.sort((a, b) => a.addedAt - b.addedAt).map(restored) ?? null;
  }

  async function remove(id: string): Promise<void> {
    await run('readwrite', (store) => store.delete(id)).catch(() => undefined);
  }

  return {
    async put(photo) {
      // Its person has left this device meanwhile.
      if (photo.person !== personHere()) return true;
      try {
        await run('readwrite', (store) => store.put(photo));
        return true;
      } catch {
        if (photo.content.kind !== 'original') return false;
      }
      try {
        const { file } = photo.content;
        const { type, lastModified } = file;
        const content: StoredContent = { kind: 'file-bytes', bytes: await file.arrayBuffer(), type, lastModified };
        await run('readwrite', (store) => store.put({ ...photo, content } satisfies StoredPhoto));
        return true;
      } catch {
        return false;
      }
    },
    remove,
    async find(id) {
      const found = await run<StoredPhoto | undefined>('readonly', (store) => store.get(id)).catch(() => undefined);
      return found ? restored(found) : null;
    },
    async list(projectId) {
      return ((await all()) ?? []).filter((photo) => photo.projectId === projectId);
    },
    all,
    async clear() {
      await run('readwrite', (store) => store.clear()).catch(() => undefined);
    },
    async removeOthers() {
      const removed = new Map<string, number>();
      for (const { id, person = '' } of (await stored())?.filter((photo) => !isMine(photo)) ?? []) {
        await remove(id);
        removed.set(person, (removed.get(person) ?? 0) + 1);
      }
      return removed;
    },
  };
}

const isMine = ({ person }: StoredPhoto) => person === undefined || person === personHere();

/** Deletes the database with every photo in it, though it cannot be read. Rejects when another tab holds on to it. */
export function eraseUploads(): Promise<void> {
  const erased = new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(databaseName);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
  return within(patience.answer, erased);
}

function openDatabase(databases: Pick<IDBFactory, 'open'> | undefined): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    if (!databases) throw new Error('no database in this browser');
    const request = databases.open(databaseName, version);
    request.onupgradeneeded = () => request.result.createObjectStore(table, { keyPath: key });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** A write counts once its transaction is complete: a full disk is found out only then. */
function transact<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(table, mode);
    const request = work(transaction.objectStore(table));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(request.error ?? transaction.error);
  });
}

function restored({ content, ...rest }: StoredPhoto): KeptPhoto {
  const photo = { ...rest, person: rest.person ?? personHere() };
  if (content.kind !== 'file-bytes') return { ...photo, content };
  const { bytes, type, lastModified } = content;
  return { ...photo, content: { kind: 'original', file: new File([bytes], photo.name, { type, lastModified }) } };
}

class NoAnswer extends Error {}

function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswer()), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
