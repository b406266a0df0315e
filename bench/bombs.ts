// The photos that cost the most of those that the door takes: CPU and memory of workerd for bringing each, and for the
// picture of a link's preview, which decodes it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { jpegOf, segment } from '~/testing/photos';
import { startMeteredWorker } from './metered-worker.ts';
import { workerCpuMs } from './server-time.ts';

/** The largest square that is taken: just below six megapixels. */
const side = 2448;
const padding = segment(0xfe, Array<number>(9_900).fill(7));

/** By what is extreme about each; all of them are taken. */
const worst: Readonly<Record<string, () => Uint8Array>> = {
  'many pixels in few bytes': () => jpegOf({ width: side, height: side }),
  'many pixels in many bytes': () => jpegOf({ width: side, height: side, detail: true }),
  'a restart marker behind every unit': () => jpegOf({ width: side, height: side, restart: 1 }),
  'as wide as allowed': () => jpegOf({ width: 12_000, height: 496 }),
  'two megabytes of header segments': () =>
    jpegOf({ width: side, height: side, extra: Array.from({ length: 190 }, () => padding) }),
};

/** What one photo cost: CPU in ms, and how far the memory of workerd rose above what it was, in MB. */
export interface PhotoCost {
  what: string;
  bytes: number;
  bring: { cpuMs: number; megabytes: number };
  decode: { cpuMs: number; megabytes: number };
}

/** Brings each of these photos and has its preview drawn. */
export async function measureWorstPhotos(): Promise<PhotoCost[]> {
  const metered = await startMeteredWorker({ clockSpeed: 1, isMetered: false, pollsPerTask: 1, filmBytes: 100_000 });
  try {
    const [person] = await metered.people(1, 1);
    if (!person) throw new Error('there is nobody');
    const { cookie, projectId } = person;
    const ask = async (path: string, expected: number, init: Parameters<typeof metered.fetch>[1]) => {
      const headers = { Cookie: cookie, Origin: metered.origin, 'Sec-Fetch-Site': 'same-origin', ...init?.headers };
      const answer = await metered.fetch(path, { ...init, headers });
      const text = await answer.text();
      if (answer.status !== expected) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`);
      return { headers: answer.headers, text };
    };
    const form = (path: string, fields: Record<string, string>) =>
      ask(path, 200, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
        body: new TextEncoder().encode(new URLSearchParams(fields).toString()),
      });
    const bring = async (bytes: Uint8Array, name: string) => {
      const tus = { 'Tus-Resumable': '1.0.0' };
      const named = Object.entries({ projectId, requestKey: `photo-${name.replaceAll(' ', '-')}`, fileName: 'a.jpg' });
      const metadata = named.map(([key, value]) => `${key} ${btoa(value)}`).join(',');
      const made = await ask('/uploads', 201, {
        method: 'POST',
        headers: { ...tus, 'Upload-Length': String(bytes.length), 'Upload-Metadata': metadata },
      });
      const type = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' };
      const done = await ask(made.headers.get('Location') ?? '', 204, {
        method: 'PATCH',
        headers: { ...tus, ...type },
        body: bytes,
      });
      return done.headers.get('Echoes-Clip') ?? '';
    };
    // A small photo first: codecs and routes are loaded once.
    const warm = await bring(jpegOf({ width: 480, height: 640 }), 'warm up');
    const share = JSON.parse((await form(`/projects/${projectId}/shares`, {})).text) as { share: { id: string } };
    const preview = (clipId: string) => form(`/shares/${share.share.id}/preview`, { clipId });
    await preview(warm);
    const costs: PhotoCost[] = [];
    for (const [what, make] of Object.entries(worst)) {
      const bytes = make();
      let clipId = '';
      const brought = await costOf(async () => {
        clipId = await bring(bytes, what);
      });
      costs.push({ what, bytes: bytes.length, bring: brought, decode: await costOf(() => preview(clipId)) });
    }
    return costs;
  } finally {
    await metered.close();
  }
}

async function costOf(work: () => Promise<unknown>): Promise<{ cpuMs: number; megabytes: number }> {
  const processes = workerds();
  const memory = (field: string) =>
    processes.reduce((sum, pid) => sum + Number(new RegExp(`${field}:\\s+(\\d+)`).exec(statusOf(pid))?.[1] ?? 0), 0) /
    1000;
  // Resets the peak.
  for (const pid of processes) writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const [before, began] = [memory('VmRSS'), workerCpuMs()];
  await work();
  return { cpuMs: workerCpuMs() - began, megabytes: memory('VmHWM') - before };
}

const statusOf = (pid: string) => readFileSync(`/proc/${pid}/status`, 'utf8');

/** The processes of workerd that this process has started. */
function workerds(): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const status = statusOf(pid);
      return /^Name:\s+workerd$/m.test(status) && new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(status);
    } catch {
      return false;
    }
  });
}
