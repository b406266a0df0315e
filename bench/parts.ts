// The parts of the bench: each prints its tables, and takes less than five minutes.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { phone, profile, signIn } from '../journeys/browser.ts';
import { root } from '../journeys/echoes.ts';
import { measureWorstPhotos } from './bombs.ts';
import { medianAndP95, print } from './figures.ts';
import { openFilm, shareFilm } from './film.ts';
import { measureFlood, slowdown } from './floods.ts';
import { measureCheckoutToBalance, measureLedger } from './ledger.ts';
import { measureCommittedToPainted, measureDoneToReady } from './live.ts';
import { measurePage } from './page-weight.ts';
import { measurePhotos } from './photos.ts';
import { measureClip, measureThroughput } from './pipeline.ts';
import { measureGaps } from './player-gap.ts';
import { printClip } from './print-clip.ts';
import { printPolling } from './print-polling.ts';
import { measureRequests } from './requests.ts';
import { measureServerTime } from './server-time.ts';
import { comparePolling } from './simulator/polling.ts';

/** By name; `generations` is how many generations the admin pages are measured with. */
export const parts: Readonly<Record<string, (given: { generations: number }) => Promise<void>>> = {
  requests,
  clip,
  throughput,
  pages,
  live,
  buying,
  ledger,
  photos,
  player,
  rows,
  floods,
  bombs,
  admin: async ({ generations }) => (await import('./admin-pages.ts')).measureAdmin(generations),
};
export const partNames: readonly string[] = Object.keys(parts);

/** CPU time of the smallest requests. */
async function requests(): Promise<void> {
  const rows = (await measureRequests()).map(({ what, cpuMs, count }) => [what, `${cpuMs.toFixed(2)} ms (n=${count})`]);
  print('CPU of workerd for one request, its D1 and R2 included, without rate limits', rows as [string, string][]);
}

/** A flood of strangers: what it leaves, and what a person notices of it. */
async function floods(): Promise<void> {
  const flood = await measureFlood();
  print(`${flood.sent} requests of strangers in ${flood.seconds.toFixed(0)} s, of five kinds, from two networks`, [
    ['rows that they leave', `${flood.rows}`, '0'],
    ['refused with 429', `${flood.refused} of ${flood.sent}`],
    ['a signed-in page in the quiet', medianAndP95(flood.quietMs)],
    ['a signed-in page in the flood', medianAndP95(flood.floodMs)],
    ['p95, flood to quiet', `${slowdown(flood).toFixed(1)} times`, '≤ 3 times'],
  ]);
}

/** The largest CPU time and memory that any photo costs which the door takes. */
async function bombs(): Promise<void> {
  const costs = await measureWorstPhotos();
  const shown = ({ cpuMs, megabytes }: { cpuMs: number; megabytes: number }) =>
    `${cpuMs.toFixed(0)} ms of CPU, ${megabytes.toFixed(0)} MB`;
  const most = (of: 'bring' | 'decode') => ({
    cpuMs: Math.max(...costs.map((cost) => cost[of].cpuMs)),
    megabytes: Math.max(...costs.map((cost) => cost[of].megabytes)),
  });
  print('The worst photos that are taken, in workerd with its D1 and R2', [
    ...costs.flatMap(({ what, bytes, bring, decode }) => [
      [`${what}, ${(bytes / 1e6).toFixed(2)} MB: to bring`, shown(bring)] as const,
      [`${what}: to decode and frame`, shown(decode)] as const,
    ]),
    ['the largest of all, to bring', shown(most('bring')), '≤ 1000 ms, ≤ 100 MB'],
    ['the largest of all, to decode and frame', shown(most('decode')), '≤ 1500 ms, ≤ 128 MB'],
  ]);
}

/** What one clip uses at Cloudflare, and what that costs. */
async function clip(): Promise<void> {
  const polling = await comparePolling({ seed: 1 });
  printPolling(polling);
  printClip({ figures: await measureClip(), polls: polling.all.ours.pollsPerTask });
}

async function throughput(): Promise<void> {
  const small = { file: 'bench-by-the-sea-480.jpg', width: 480, height: 640 };
  const rows: [string, string][] = [];
  for (const [what, photo] of [
    ['photos of 1080x1440', undefined],
    ['photos of 480x640', small],
  ] as const) {
    const { clips, perSecond, cpuMs } = await measureThroughput({ photo });
    rows.push([what, `${perSecond.toFixed(1)} clips/s, ${cpuMs.toFixed(0)} ms of CPU each (n=${clips})`]);
  }
  print('Clips through one workerd, all requested at once, from videos that are ready at once', rows);
}

/** Server time and weight of the pages that people open most. */
async function pages(): Promise<void> {
  const { echoes, browser, page, context, projectId, close } = await openFilm();
  try {
    const cookies = await context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const measured = [
      ['/', '/', ''],
      ['/s/:token, 8 clips', await shareFilm(page), ''],
      ['/projects', '/projects', cookie],
      ['/projects/:id, 8 clips', `/projects/${projectId}`, cookie],
    ] as const;
    const isLight = (path: string) => path === '/' || path.startsWith('/s/');
    for (const [name, path, withCookie] of measured) {
      const times = await measureServerTime({ url: echoes.origin + path, cookie: withCookie });
      print(
        `Server time of ${name}`,
        times.map((time) => [
          `${time.connections} connections`,
          `${time.medianMs.toFixed(1)} / ${time.p95Ms.toFixed(1)} ms, ${time.requestsPerSecond.toFixed(0)} requests/s, ${time.cpuMs.toFixed(1)} ms of CPU each${time.failed > 0 ? `, ${time.failed} FAILED` : ''}`,
          path === '/' ? '≤ 4.2 ms at 1, ≥ 436 requests/s' : '≤ 10 ms at 1, ≥ 150 requests/s',
        ]),
      );
    }
    for (const [name, path, withCookie] of measured) {
      const weight = await measurePage({ browser, url: echoes.origin + path, cookies: withCookie ? cookies : [] });
      print(`Opening ${name} with cold caches, CPU 4x slower`, [
        [
          'requests',
          `${weight.requests}, of them ${weight.scripts} scripts`,
          isLight(path) ? '≤ 12' : '≤ 15 and the pictures',
        ],
        ['JavaScript, gzip', `${weight.javascriptKb.toFixed(1)} kB`, isLight(path) ? '≤ 15 kB' : '≤ 130 kB'],
        ['CSS and HTML, gzip', `${weight.cssKb.toFixed(1)} + ${weight.htmlKb.toFixed(1)} kB`],
        [
          'largest contentful paint',
          medianAndP95(weight.largestContentfulPaintMs),
          isLight(path) ? '≤ 440 ms' : '≤ 900 ms',
        ],
        ['total blocking time', medianAndP95(weight.totalBlockingMs), isLight(path) ? '≤ 60 ms' : '≤ 150 ms'],
      ]);
    }
  } finally {
    await close();
  }
}

async function live(): Promise<void> {
  const { echoes, browser, page, projectId, close } = await openFilm();
  try {
    const second = await (await profile(browser, phone)).newPage();
    await signIn(second, { origin: echoes.origin, name: 'Grace Guest' });
    await second.goto(`${echoes.origin}/projects/${projectId}`);
    await second.locator('[data-clip-id]').first().waitFor();
    // The first rounds open the socket and warm both pages; they are not counted.
    await measureCommittedToPainted({ echoes, from: page, to: second, projectId, times: 5 });
    const painted = await measureCommittedToPainted({ echoes, from: page, to: second, projectId, times: 100 });
    const ready = await measureDoneToReady({ echoes, page, projectId });
    print('Live', [
      ['committed on one device to painted on the other', medianAndP95(painted), 'p95 ≤ 100 ms'],
      ['provider done to ready', medianAndP95(ready), 'polls are 5 to 6 s apart'],
    ]);
  } finally {
    await close();
  }
}

async function buying(): Promise<void> {
  const { echoes, page, context, close } = await openFilm();
  try {
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    await measureCheckoutToBalance({ echoes, page, cookie, times: 3 });
    const bought = await measureCheckoutToBalance({ echoes, page, cookie, times: 40 });
    print('Buying, with the webhook arriving at once', [
      ['paid at Stripe to booked in the ledger', medianAndP95(bought.booked)],
      ['paid at Stripe to painted on an open page', medianAndP95(bought.painted)],
    ]);
  } finally {
    await close();
  }
}

async function ledger(): Promise<void> {
  print(
    'The ledger in workerd, with all its laws',
    (await measureLedger()).map(({ what, atOnce, perSecond }) => [
      `${what}, ${atOnce} at a time`,
      `${perSecond.toFixed(0)} batches/s`,
    ]),
  );
}

/** Fifty photos picked at once. */
async function photos(): Promise<void> {
  const { count, megabytes, ...measured } = await measurePhotos();
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  print(`${count} photos of 3 to 12 megapixels (${megabytes.toFixed(0)} MB) on a phone-sized page, CPU 4x slower`, [
    ['pick to all cards', seconds(measured.cardsMs), '≤ 1 s'],
    ['pick to the first thumbnail', seconds(measured.firstThumbnailMs), '≤ 0.3 s'],
    ['pick to the first byte of a photo', seconds(measured.firstByteMs), '≤ 1.5 s'],
    ['pick to all clips', seconds(measured.allClipsMs), '≤ 35 s'],
    ['CPU of the main thread', seconds(measured.mainThreadMs), '≤ 8 s'],
    [
      'CPU of its longest task',
      `${measured.longestTaskMs.toFixed(0)} ms, ${measured.tasksOver100Ms} tasks over 100 ms`,
      '≤ 100 ms',
    ],
    ['CPU of its workers, not slowed', seconds(measured.workersMs)],
    ['memory of the renderer, peak', `${measured.rendererMegabytes.toFixed(0)} MB`, '≤ 500 MB'],
    ['POST, PATCH', `${measured.posts}, ${measured.patches}`, '50, ≤ 55'],
    ['CPU of workerd for each photo', `${measured.serverMsEach.toFixed(0)} ms`, '≤ 60 ms'],
  ]);
}

async function player(): Promise<void> {
  for (const cpuSlowdown of [1, 4]) {
    const film = await measureGaps({ cpuSlowdown });
    print(`Playing a film, CPU ${cpuSlowdown}x slower`, [
      ['gap at each cut, less one frame', film.gapsMs.map((gap) => `${gap.toFixed(0)} ms`).join(', '), '≤ 42 ms'],
      ['black frames', `${film.blackFrames} of ${film.screensSeen}`, '0'],
      ['longest freeze of each clip', film.longestFreezesMs.map((freeze) => `${freeze.toFixed(0)} ms`).join(', ')],
      [
        'picture less sound, median and farthest',
        `${film.driftMs.median.toFixed(0)} / ${film.driftMs.farthest.toFixed(0)} ms`,
      ],
    ]);
  }
}

/** The rows that D1 says it read: a test counts them inside workerd. */
async function rows(): Promise<void> {
  const vitest = resolve(root, 'node_modules/vitest/vitest.mjs');
  const words = ['run', '--project', 'workerd', 'workers/rows-read.test.ts', '--reporter', 'verbose', '--no-color'];
  const { status, stdout } = spawnSync(process.execPath, [vitest, ...words], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the test of rows read did not pass:\n${stdout}`);
  const found = [...stdout.matchAll(/(\/\S*): (\d+ rows read in .+)/g)];
  print(
    'Rows read',
    found.map(([, path = '', counted = '']) => [path, counted]),
  );
}
