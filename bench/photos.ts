// Fifty photos at once on a phone-sized page, with the page's CPU four times slower.
import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';
import { launchBrowser, phone, profile, signIn } from '../journeys/browser.ts';
import { startEchoes } from '../journeys/echoes.ts';
import { makePhotos } from './camera-roll.ts';
import { workerCpuMs } from './server-time.ts';

export interface PhotoFigures {
  count: number;
  megabytes: number;
  /** From the pick, in ms. */
  cardsMs: number;
  firstThumbnailMs: number;
  firstByteMs: number;
  allClipsMs: number;
  /** CPU time of the page's main thread from the pick to the last clip, and of its longest task, in ms. */
  mainThreadMs: number;
  longestTaskMs: number;
  tasksOver100Ms: number;
  /** CPU time of the page's workers, which Chromium does not slow down. */
  workersMs: number;
  rendererMegabytes: number;
  posts: number;
  patches: number;
  /** CPU time of workerd for each photo. */
  serverMsEach: number;
}

interface Watched {
  picked: number;
  cards: number;
  thumbnail: number;
}

export async function measurePhotos({ count = 50, cpuSlowdown = 4 } = {}): Promise<PhotoFigures> {
  const echoes = await startEchoes();
  const browser = await launchBrowser();
  const roll = await makePhotos({ browser, count });
  try {
    const context = await profile(browser, phone);
    const page = await context.newPage();
    await page.addInitScript(watch, count);
    await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
    await page.getByRole('button', { name: 'New film' }).first().click();
    await page.waitForURL(/\/projects\/prj_\w+$/);
    await page.waitForLoadState('networkidle');

    const requests: { method: string; at: number }[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).pathname.startsWith('/uploads'))
        requests.push({ method: request.method(), at: Date.now() });
    });
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
    const trace = await startTrace(await browser.newBrowserCDPSession());
    const serverBefore = workerCpuMs();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose the photos for your film' }).click(),
    ]);
    // A person takes longer than this to choose.
    await page.waitForTimeout(1000);
    await chooser.setFiles(roll.paths);
    await untilAllAreClips(page, count);
    const doneAt = Date.now();
    const server = workerCpuMs() - serverBefore;
    const { picked, cards, thumbnail } = await page.evaluate(() => (window as unknown as { watched: Watched }).watched);
    const threads = await trace.end();
    return {
      count,
      megabytes: roll.bytes / 1e6,
      cardsMs: cards - picked,
      firstThumbnailMs: thumbnail - picked,
      firstByteMs: (requests.find(({ method }) => method === 'PATCH')?.at ?? Number.NaN) - picked,
      allClipsMs: doneAt - picked,
      ...threads,
      posts: requests.filter(({ method }) => method === 'POST').length,
      patches: requests.filter(({ method }) => method === 'PATCH').length,
      serverMsEach: server / count,
    };
  } finally {
    await roll.remove();
    await browser.close();
    await echoes.close();
  }
}

/** Notes, in ms since 1970, when photos are picked, when all have a card, and when the first card has a picture. */
function watch(count: number) {
  const watched = Object.assign(window, { watched: { picked: 0, cards: 0, thumbnail: 0 } }).watched;
  const now = () => performance.timeOrigin + performance.now();
  const look = () => {
    const cards = document.querySelectorAll('[data-upload-state]').length;
    if (watched.cards === 0 && cards >= count) watched.cards = now();
    const picture = document.querySelector<HTMLImageElement>('[data-upload-state] img');
    if (watched.thumbnail === 0 && picture?.complete && picture.naturalWidth > 0) watched.thumbnail = now();
    if (watched.cards === 0 || watched.thumbnail === 0) requestAnimationFrame(look);
  };
  addEventListener(
    'change',
    ({ target }) => {
      if ((target as HTMLInputElement).type !== 'file') return;
      watched.picked = now();
      requestAnimationFrame(look);
    },
    { capture: true },
  );
}

async function untilAllAreClips(page: Page, count: number): Promise<void> {
  const areClips = (wanted: number) => document.querySelectorAll('[data-clip-id]').length >= wanted;
  await page.waitForFunction(areClips, count, { polling: 200, timeout: 280_000 });
}

interface TraceEvent {
  pid: number;
  tid: number;
  ph: string;
  name: string;
  /** In microseconds; `tdur` is CPU time. */
  ts: number;
  dur?: number;
  tdur?: number;
  args: { name?: string; chrome_mojo_event_info?: { mojo_interface_tag?: string }; data?: { type?: string } };
}

/** Records the tasks of all threads; `end` sums those of the page, which is the renderer that worked most. */
async function startTrace(session: CDPSession) {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      recordMode: 'recordContinuously',
      includedCategories: ['toplevel', 'devtools.timeline', '__metadata'],
      excludedCategories: ['*'],
    },
  });
  return {
    async end() {
      const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
      await session.send('Tracing.end');
      await complete;
      const names = new Map<string, string>();
      for (const { name, pid, tid, args } of events)
        if (name === 'thread_name') names.set(`${pid}:${tid}`, args.name ?? '');
      const tasks = events.filter(({ name, tdur }) => name.endsWith('RunTask') && tdur !== undefined);
      const sums = new Map<string, number>();
      for (const { pid, tid, tdur = 0 } of tasks)
        sums.set(`${pid}:${tid}`, (sums.get(`${pid}:${tid}`) ?? 0) + tdur / 1000);
      const [main = ''] =
        [...sums].filter(([thread]) => names.get(thread) === 'CrRendererMain').sort(([, a], [, b]) => b - a)[0] ?? [];
      const pid = main.split(':')[0] as string;
      const onMain = events.filter((event) => `${event.pid}:${event.tid}` === main);
      const isDevTools = ofDevTools(onMain);
      const own = tasks
        .filter((task) => `${task.pid}:${task.tid}` === main && !isDevTools(task))
        .map(({ tdur = 0 }) => tdur / 1000);
      const workers = [...sums].filter(
        ([thread]) => thread.startsWith(`${pid}:`) && names.get(thread)?.startsWith('DedicatedWorker'),
      );
      return {
        mainThreadMs: own.reduce((sum, ms) => sum + ms, 0),
        longestTaskMs: Math.max(...own),
        tasksOver100Ms: own.filter((ms) => ms > 100).length,
        workersMs: workers.reduce((sum, [, ms]) => sum + ms, 0),
        rendererMegabytes: peakMegabytes(pid),
      };
    },
  };
}

/** The debugger's tasks, through which the bench looks at the page. The pick comes through it as well, and is the page's. */
function ofDevTools(events: readonly TraceEvent[]): (task: TraceEvent) => boolean {
  const messages = events.filter(({ args }) =>
    args.chrome_mojo_event_info?.mojo_interface_tag?.endsWith('DevToolsSession'),
  );
  const picks = events.filter(({ name, args }) => name === 'EventDispatch' && args.data?.type === 'change');
  return ({ ts, dur = 0 }) => {
    const isInside = (event: TraceEvent) => event.ts >= ts && event.ts < ts + dur;
    return messages.some(isInside) && !picks.some(isInside);
  };
}

/** The most memory that a process has held; NaN without /proc. */
function peakMegabytes(pid: string): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000;
  } catch {
    return Number.NaN;
  }
}
