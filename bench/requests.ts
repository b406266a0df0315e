// What small requests cost in CPU: a range of a media object and one part of an upload, through the built Worker. On
// workerd's own clock, so a busy machine does not change it much.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { startMeteredWorker } from './metered-worker.ts';
import { workerCpuMs } from './server-time.ts';

/** The smallest part that is taken, and the length that each upload declares. */
const partBytes = 32 * 1024;
const declaredBytes = 100 * partBytes;
const scene = resolve(import.meta.dirname, '../public/scenes/bench-by-the-sea.jpg');

/** CPU of workerd in ms for one request of each kind, and of how many that is the mean. */
export async function measureRequests({ count = 600 } = {}): Promise<{ what: string; cpuMs: number; count: number }[]> {
  const metered = await startMeteredWorker({ clockSpeed: 1, isMetered: false, pollsPerTask: 1, filmBytes: 100_000 });
  try {
    const [person] = await metered.people(1, 1);
    if (!person) throw new Error('there is nobody');
    const { cookie, projectId } = person;
    const ask = async (path: string, expected: number, init: Parameters<typeof metered.fetch>[1] = {}) => {
      const answer = await metered.fetch(path, { ...init, headers: { ...init.headers, Cookie: cookie } });
      if (answer.status !== expected) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return { headers: answer.headers, text: await answer.text() };
    };

    const page = await ask(`/projects/${projectId}`, 200, { headers: { Accept: 'text/html' } });
    const media = /\/media\/[^"'\\ ]+/.exec(page.text)?.[0]?.replaceAll('&amp;', '&');
    if (!media) throw new Error('the page shows no photo');
    const range = () => ask(media, 206, { headers: { Range: 'bytes=0-65535' } });

    const bytes = (await readFile(scene)).subarray(0, partBytes);
    const tus = { 'Tus-Resumable': '1.0.0', Origin: metered.origin, 'Sec-Fetch-Site': 'same-origin' };
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    let [path, offset] = ['', declaredBytes];
    /** Parts of one upload after the other; the last part of each, with which the photo is checked, is never sent. */
    const part = async () => {
      if (offset + partBytes >= declaredBytes) {
        const metadata = { requestKey: crypto.randomUUID(), projectId, filename: 'a.jpg', filetype: 'image/jpeg' };
        const words = Object.entries(metadata).map(([name, value]) => `${name} ${base64(value)}`);
        const headers = { ...tus, 'Upload-Length': String(declaredBytes), 'Upload-Metadata': words.join(',') };
        const made = await ask('/uploads', 201, { method: 'POST', headers });
        [path, offset] = [made.headers.get('Location') ?? '', 0];
      }
      const headers = { ...tus, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) };
      await ask(path, 204, { method: 'PATCH', headers, body: bytes });
      offset += partBytes;
    };

    const figures: { what: string; cpuMs: number; count: number }[] = [];
    for (const [what, request] of [
      ['a range of 64 kB of a photo', range],
      [`a part of ${partBytes / 1024} KiB of an upload`, part],
    ] as const) {
      // The first requests compile what they need; they are not counted.
      for (let warm = 0; warm < 100; warm += 1) await request();
      const before = workerCpuMs();
      for (let done = 0; done < count; done += 1) await request();
      figures.push({ what, cpuMs: (workerCpuMs() - before) / count, count });
    }
    return figures;
  } finally {
    await metered.close();
  }
}
