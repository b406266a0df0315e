// One journey in three browser engines, for faults that depend on the engine.
import { resolve } from 'node:path';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningEchoes, startEchoes } from '../echoes.ts';
import { darkShare, differentShare, greyPixels } from '../pixels.ts';
import { breakWorker, brokenWorker } from '../support/broken-worker.ts';
import { launchChromium } from './chromium.ts';
import { type Desktop, findDesktop, startDesktop } from './desktop.ts';
import { type Engine, onThisMachine } from './engine.ts';
import { type FilmSeen, filmSeen, watchFilm } from './film-watch.ts';
import { findFirefox, launchFirefox } from './firefox.ts';
import { type Person, personAt } from './person.ts';
import { findWebKit, launchWebKit } from './webkit.ts';

const hasDesktop = findDesktop();
const firefox = hasDesktop ? findFirefox() : null;
const webkit = hasDesktop ? findWebKit() : null;
const engines: { name: string; launch: ((desktop: Desktop) => Promise<Engine>) | null }[] = [
  { name: 'Chromium', launch: launchChromium },
  { name: 'Firefox', launch: firefox ? (desktop) => launchFirefox({ path: firefox, desktop }) : null },
  { name: 'WebKitGTK', launch: webkit ? (desktop) => launchWebKit({ browser: webkit, desktop }) : null },
];

/** The limit of one step, in ms. */
const stepMs = onThisMachine(30_000);

/** Two of them tall and two wide; two are stored lying on their side. */
const photos = ['turned-tall.jpg', 'phone.jpg', 'iphone.heic', 'turned-wide.jpg'].map((name) =>
  resolve(import.meta.dirname, '../photos', name),
);

let desktop: Desktop | null = null;

beforeAll(async () => {
  if (hasDesktop) desktop = await startDesktop();
});
afterAll(async () => {
  await desktop?.close();
});

for (const { name, launch } of engines) {
  if (!launch) {
    console.error(`\n*** ${name} or what it needs is not on this machine: ITS JOURNEY DID NOT RUN. ***\n`);
    continue;
  }
  describe(`the journey in ${name}`, () => {
    let echoes: RunningEchoes;
    let engine: Engine;
    let person: Person;
    let failed: string | null = null;

    beforeAll(async () => {
      echoes = await startEchoes({ scripts: { '/broken-sw.js': brokenWorker } });
      engine = await launch(desktop as Desktop);
      person = personAt(await engine.newTab());
      await person.goto(echoes.origin);
    }, stepMs * 2);
    afterAll(async () => {
      await engine?.close();
      await echoes?.close();
    });

    /** One step of the journey. The steps after a failed one fail at once. */
    function step(title: string, act: () => Promise<void>): void {
      it(title, { timeout: stepMs }, async () => {
        if (failed) throw new Error(`Not tried: "${failed}" failed before`);
        failed = title;
        await act();
        failed = null;
      });
    }

    step('plays the landing film by itself', async () => {
      await person.until(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
    });

    step('answers parts of films and tunes', async () => {
      for (const path of ['/film/landing.mp4', '/music/sunday.m4a']) {
        const answer = await person.evaluate(async (address) => {
          const response = await fetch(address, { headers: { Range: 'bytes=2-5' } });
          const { length } = new Uint8Array(await response.arrayBuffer());
          return { status: response.status, length, range: response.headers.get('Content-Range') };
        }, path);
        expect(answer).toMatchObject({ status: 206, length: 4, range: expect.stringMatching(/^bytes 2-5\/\d+$/) });
      }
    });

    step('signs in with Google, and keeps a service worker', async () => {
      await person.tap('Continue with Google');
      await person.tap(/Grace Guest/);
      await person.until(() => location.pathname === '/projects');
      await person.until(() => navigator.serviceWorker.ready.then(({ active }) => active?.state === 'activated'));
    });

    step('brings four photos from a camera, one of them HEIC, upright and small', async () => {
      await person.evaluate(countFrames);
      await person.tap('New film');
      await person.until(() => /^\/projects\/prj_\w+$/.test(location.pathname));
      await person.setFiles('Add photos', photos);
      await person.until(
        (count) => document.querySelectorAll('[data-clip-status="still"]').length === count,
        photos.length,
      );
      const db = await echoes.worker.getD1Database('DB');
      const { results } = await db.prepare('SELECT width, height FROM photos').all<{ width: number; height: number }>();
      expect(results.filter(({ width, height }) => height > width)).toHaveLength(2);
      expect(results).toHaveLength(4);
      for (const { width, height } of results) expect(Math.max(width, height)).toBeLessThanOrEqual(2048);
    });

    step('brings a photo to life, and shows it live over one socket', async () => {
      await person.tap(/^Clip 1 of 4/);
      await person.fill(/own words/i, 'The wind moves the leaves.');
      await person.tap(/^Bring to life · 1 credit/);
      await person.until(() => document.querySelector('[data-clip-status="generating"]') !== null);
      await person.until(() => document.querySelector('[data-clip-status="ready"]') !== null);
      const { opened, frames } = await person.evaluate(() => (window as unknown as SocketWindow).sockets);
      expect(opened).toBe(1);
      expect(frames).toBeGreaterThan(2);
    });

    step('approves the clip, and chooses music', async () => {
      await person.until(() => [...document.querySelectorAll('video')].some(({ currentTime }) => currentTime > 0.3));
      await person.tap('Approve');
      await person.sees('Approved');
      await person.tap('Music: Evening light');
      await person.tap(/^Sunday/);
      await person.tap('Close');
      await person.until(() => document.querySelector('dialog:modal') === null);
    });

    step('plays the film to its end: the clip moves, music sounds, nothing is dark', async () => {
      await watchFilm(person);
      await person.tap('Play film');
      const pictures: Uint8Array[] = [];
      for (let seen = await filmSeen(person); !seen.states.includes('ended'); seen = await filmSeen(person)) {
        const screen = greyPixels(await person.tab.screenshot());
        const { clips, states } = await filmSeen(person);
        if (clips.length === 1 && states.at(-1) === 'playing' && seen.clips.length === 1) pictures.push(screen);
      }
      const { clips, readFrames, darkFrames, musicSeconds } = await filmSeen(person);
      expect(clips.map(({ clip }) => clip)).toEqual(photos.map((_photo, index) => String(index)));
      expect(clips[0]?.videoFrames).toBeGreaterThan(10);
      expect((clips[0]?.toSeconds ?? 0) - (clips[0]?.fromSeconds ?? 0)).toBeGreaterThan(3);
      expect(pictures.length).toBeGreaterThan(1);
      const [first, last] = [pictures[0], pictures.at(-1)] as [Uint8Array, Uint8Array];
      expect(differentShare(first, last)).toBeGreaterThan(0.05);
      expect(readFrames).toBeGreaterThan(10);
      expect(darkFrames).toEqual([]);
      for (const picture of pictures) expect(darkShare(picture)).toBeLessThan(0.8);
      expect(musicSeconds).toBeGreaterThan(5);
      await person.until(() => (window as unknown as { filmSeen: { sounding: number } }).filmSeen.sounding === 0);
    });

    step('plays the shared film in a fresh profile, without an account', async () => {
      await person.tap('Share');
      await person.tap('Make a link');
      const link = await person.until(
        () =>
          [...document.querySelectorAll('input')].map(({ value }) => value).find((value) => /\/s\//.test(value)) ?? '',
      );
      const visitor = personAt(await engine.newTab());
      await visitor.goto(link);
      await watchFilm(visitor);
      await visitor.tap('Play film');
      await visitor.until(() => {
        const { clips, musicSeconds } = (window as unknown as { filmSeen: FilmSeen }).filmSeen;
        return (clips[0]?.toSeconds ?? 0) > 1 && musicSeconds > 0.5;
      });
      expect(await visitor.evaluate(() => document.cookie)).toBe('');
      expect(visitor.tab.consoleErrors()).toEqual([]);
      await visitor.tab.close();
    });

    step('wrote no error to the console', async () => {
      // The pages of the stand-ins have no icon.
      expect(person.tab.consoleErrors().filter((line) => !/status of 404/.test(line))).toEqual([]);
    });

    step('checks this device, copies what it found, and repairs it', async () => {
      await person.goto(`${echoes.origin}/account`);
      await person.tap('Check this device');
      await person.until(() => document.querySelectorAll('[data-finding]').length > 20);
      await person.evaluate(keepUnsentPhoto);
      await person.evaluate(() => void setTimeout(() => Promise.reject(new Error('made for the report'))));
      await person.tap('Check again');
      await person.sees('holiday.jpg');
      await person.sees('made for the report');
      const missing = await person.evaluate(() =>
        [...document.querySelectorAll('[data-finding="no"]')].map(({ textContent }) => textContent),
      );
      expect(missing).toEqual([]);
      expect(await axeFindings(person)).toEqual([]);
      await person.tap('Copy all');
      await person.sees(/Copied|It is selected/);
      const report = await person.evaluate(() => document.querySelector('textarea')?.value ?? '');
      expect(report).toMatch(/^Echoes diagnostics, .*H\.264 clips: yes.*made for the report/s);
      expect(report).not.toMatch(/holiday|grace/i);

      await person.evaluate(() => caches.open('echoes-left-over'));
      await person.tap('Repair this device');
      await person.sees(/Repaired\. If/);
      expect(await person.evaluate(() => caches.keys())).not.toContain('echoes-left-over');
      // The next page brings the worker back: one that registers while the old worker goes may lose it again.
      await person.goto(`${echoes.origin}/projects`);
      await person.until(() =>
        navigator.serviceWorker.getRegistration().then((found) => found?.active?.state === 'activated'),
      );
      await person.until(() => caches.keys().then((names) => names.some((each) => each.startsWith('echoes-offline'))));
      await person.goto(`${echoes.origin}/diagnostics`);
      await person.sees('holiday.jpg');
      await person.tap(/^Remove photos not yet sent/);
      await person.tap('Repair this device');
      await person.sees('One photo was removed');
      expect(await person.evaluate(() => document.body.textContent?.includes('holiday.jpg'))).toBe(false);
    });

    step('removes a broken service worker on a page without it, and takes an update of one', async () => {
      await person.evaluate(breakWorker);
      await person.goto(`${echoes.origin}/repair`);
      await person.tap('Repair');
      await person.sees('Done.');
      await person.goto(`${echoes.origin}/projects`);
      await person.sees('My films');
      await person.until(ourWorkerIsActive);
      await person.evaluate(breakWorker);
      await person.evaluate(() => navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).then(() => 1));
      await person.until(ourWorkerIsActive);
      await person.goto(`${echoes.origin}/projects`);
      await person.sees('My films');
    });

    step('shows a calm page where the network is gone', async () => {
      const { origin } = echoes;
      await echoes.close();
      await person.goto(`${origin}/projects`);
      await person.sees('No connection');
    });
  });
}

/** In the page: whether the deployed service worker, and no other, is active. */
async function ourWorkerIsActive(): Promise<boolean> {
  const active = (await navigator.serviceWorker.getRegistration())?.active;
  return active?.state === 'activated' && new URL(active.scriptURL).pathname === '/sw.js';
}

/** In the page: stores a photo on this device, as an interrupted upload leaves it. */
function keepUnsentPhoto(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('echoes-uploads');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction('photos', 'readwrite');
      const content = { kind: 'prepared', bytes: new ArrayBuffer(8), takenAt: null };
      const photo = { id: 'one', projectId: 'prj_0', name: 'holiday.jpg', content, uploadUrl: null, addedAt: 1 };
      transaction.objectStore('photos').put(photo);
      transaction.oncomplete = () => {
        database.close();
        resolve();
      };
    };
  });
}

/** What axe finds on the page, by rule and element. */
async function axeFindings({ tab }: Person): Promise<unknown> {
  await tab.evaluate(`(() => { ${axe.source} })()`);
  return tab.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`);
}

interface SocketWindow {
  /** Sockets opened since `countFrames`, and what came through them. */
  sockets: { opened: number; frames: number };
}

/** In the page: counts sockets that open from now on. The page must have none yet. */
function countFrames(): void {
  const sockets = { opened: 0, frames: 0 };
  Object.assign(window, { sockets });
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols ?? []);
      this.addEventListener('open', () => sockets.opened++);
      this.addEventListener('message', () => sockets.frames++);
    }
  };
}
