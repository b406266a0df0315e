// `npm run bench`: the figures, each as median / p95, on the built Worker, the stand-ins and a real Chromium.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { desktop, launchBrowser, phone, profile, signIn } from '../journeys/browser.ts';
import { startEchoes } from '../journeys/echoes.ts';
import { medianAndP95, print } from './figures.ts';
import { measureCheckoutToBalance, measureLedger } from './ledger.ts';
import { measureCommittedToPainted, measureDoneToReady } from './live.ts';
import { measurePage } from './page-weight.ts';
import { measureClip, measureThroughput } from './pipeline.ts';
import { measureGaps } from './player-gap.ts';
import { printClip } from './print-clip.ts';
import { printPolling } from './print-polling.ts';
import { measureServerTime } from './server-time.ts';
import { comparePolling } from './simulator/polling.ts';
import { quietly } from './simulator/quiet.ts';

// By itself, since a million rows take their time: `npm run bench -- --desk`, or `-- --desk 100000`.
if (process.argv.includes('--desk')) {
  await import('./desk.ts');
  process.exit(0);
}

const scenes = resolve(import.meta.dirname, '../public/scenes');
const photos = readdirSync(scenes).filter((name) => name.endsWith('.jpg') && !name.includes('-480'));

// In memory where there is some to write to: the local D1 writes to the disk with every read, which the real one does not.
if (existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm';
await benchClips();
const echoes = await startEchoes();
const browser = await launchBrowser();
try {
  const context = await profile(browser, desktop);
  const page = await context.newPage();
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await page.getByRole('button', { name: 'New film' }).first().click();
  await page.waitForURL(/\/projects\/prj_\w+$/);
  const projectId = new URL(page.url()).pathname.split('/').pop() ?? '';
  // Eight clips: the six scenes, and two of them again.
  await page
    .getByLabel('Add photos')
    .first()
    .setInputFiles([...photos, ...photos].slice(0, 8).map((name) => join(scenes, name)));
  await page.locator('[data-clip-status="still"]').nth(7).waitFor({ timeout: 60_000 });
  await giveCredits(20);

  const cookies = await context.cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const pages = [
    ['/', '/', ''],
    ['/s/:token, 8 clips', await shareFilm(page), ''],
    ['/projects', '/projects', cookie],
    ['/projects/:id, 8 clips', `/projects/${projectId}`, cookie],
  ] as const;
  const isLight = (path: string) => path === '/' || path.startsWith('/s/');

  for (const [name, path, withCookie] of pages) {
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

  for (const [name, path, withCookie] of pages) {
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

  await measureCheckoutToBalance({ echoes, page: second, cookie, times: 3 });
  const bought = await measureCheckoutToBalance({ echoes, page: second, cookie, times: 40 });
  print('Buying, with the webhook arriving at once', [
    ['paid at Stripe to booked in the ledger', medianAndP95(bought.booked)],
    ['paid at Stripe to painted on an open page', medianAndP95(bought.painted)],
  ]);
  print(
    'The ledger in workerd, with all its laws',
    (await measureLedger()).map(({ what, atOnce, perSecond }) => [
      `${what}, ${atOnce} at a time`,
      `${perSecond.toFixed(0)} batches/s`,
    ]),
  );

  for (const cpuSlowdown of [1, 4]) {
    const film = await measureGaps({ cpuSlowdown, browser });
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
  print('Rows read', rowsRead());
} finally {
  await browser.close();
  await echoes.close();
}

/** One clip from the wish to the last trace of it: how many a second, what it asks for, and what that costs. */
async function benchClips(): Promise<void> {
  const polling = await quietly(() => comparePolling({ seed: 1 }));
  printPolling(polling);
  const small = { file: 'bench-by-the-sea-480.jpg', width: 480, height: 640 };
  const throughput = [
    { what: 'photos of 1080x1440', ...(await measureThroughput()) },
    { what: 'photos of 480x640', ...(await measureThroughput({ photo: small })) },
  ];
  printClip({ figures: await measureClip(), questions: polling.all.ours.pollsPerTask, throughput });
}

/** The path of a link to the film at hand, made as its sheet makes it. */
async function shareFilm(page: Page): Promise<string> {
  const url = await page.evaluate(async () => {
    const answer = await fetch(`${location.pathname}/shares`, {
      method: 'POST',
      headers: { Accept: 'application/json' },
    });
    return ((await answer.json()) as { share: { url: string } }).share.url;
  });
  return new URL(url).pathname;
}

/** What the test of rows read tells: it counts inside workerd, where D1 says how much it read. */
function rowsRead(): [string, string][] {
  const vitest = resolve(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
  const order = ['run', '--project', 'workerd', 'workers/rows-read.test.ts', '--reporter', 'verbose', '--no-color'];
  const { status, stdout } = spawnSync(process.execPath, [vitest, ...order], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the test of rows read did not pass:\n${stdout}`);
  return [...stdout.matchAll(/(\/\S*): (\d+ rows read in .+)/g)].map(([, path = '', words = '']) => [path, words]);
}

/** Credits as the owner would give them: one row of the ledger. */
async function giveCredits(credits: number): Promise<void> {
  const db = await echoes.worker.getD1Database('DB');
  const account = await db
    .prepare('SELECT user_id AS userId, balance, version FROM credit_accounts')
    .first<{ userId: string; balance: number; version: number }>();
  if (!account) throw new Error('nobody has an account');
  await db
    .prepare(
      "INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at) VALUES ('adjustment:bench', ?1, ?2, ?3, ?4, 'adjustment', 'bench', ?5)",
    )
    .bind(account.userId, account.version + 1, credits, account.balance + credits, Date.now())
    .run();
}
