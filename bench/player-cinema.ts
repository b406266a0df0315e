// The real player alone in a page, with rendered bright clips and a server that delays, refuses or breaks files.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import tailwindcss from '@tailwindcss/vite';
import type { Page } from 'playwright-core';
import { build, type Rollup } from 'vite';
import { root } from '../journeys/echoes.ts';
import { renderClip } from '../stand-ins/renderer.ts';

/** A clip of the rendered film. */
export interface RenderedClip {
  index: number;
  kind: 'video' | 'still';
  seconds: number;
}

/** One presented frame: its file, its time (ms of the page's clock), its second in the video, its layer's opacity. */
export interface Presented {
  source: string;
  at: number;
  mediaSeconds: number | null;
  opacity: number;
}

/** The globals in which the page records. */
export interface CinemaWindow {
  presented: Presented[];
  moments: { at: number; timeSeconds: number }[];
  states: string[];
  refreshes: number;
  left?: boolean;
}

export interface Cinema {
  /** The URL of a page with the whole player, with a poster that starts it, or with the engine alone and its clock. */
  address(what?: 'player' | 'inline' | 'engine'): string;
  clips: readonly RenderedClip[];
  /** Delays this file until the returned function is called. */
  hold(file: string): () => void;
  /** Answers 403 to the URLs that the page got first, as for expired links. */
  expire(): void;
  /** Serves bytes that are not a video instead of this file. */
  spoil(file: string): void;
  /** Serves this file with samples that cannot be decoded from its middle on. */
  breakOff(file: string): void;
  /** Ends all of these faults. */
  mend(): void;
  close(): Promise<void>;
}

const hues = [20, 130, 60, 210];

/** Builds the page and renders the clips: three videos and a still. `videoSeconds`: the length of each video. */
export async function openCinema({
  videoSeconds = 3,
  framesPerSecond = 24,
}: {
  videoSeconds?: number;
  framesPerSecond?: number;
} = {}): Promise<Cinema> {
  const clips: RenderedClip[] = hues.map((_, index) => ({
    index,
    kind: index === 2 ? 'still' : 'video',
    seconds: index === 2 ? 4 : videoSeconds,
  }));
  const files = new Map<string, { type: string; body: Uint8Array | string }>();
  for (const { name, body } of await buildPage()) files.set(`/${name}`, { type: typeOf(name), body });
  for (const { index, kind } of clips) {
    const photo = brightPhoto(hues[index] ?? 0);
    files.set(`/media/photo-${index}.png`, { type: 'image/png', body: photo });
    if (kind === 'still') continue;
    const clip = {
      image: photo,
      width: 720,
      height: 1280,
      durationSeconds: videoSeconds,
      prompt: 'pan right',
      fps: framesPerSecond,
    };
    files.set(`/media/video-${index}.mp4`, { type: 'video/mp4', body: await renderClip(clip) });
  }
  const tone = renderTone(30);

  const held = new Map<string, Promise<void>>();
  const spoilt = new Set<string>();
  const truncated = new Set<string>();
  let expired = false;

  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://cinema');
    await held.get(pathname);
    if (pathname === '/') return answer(response, 'text/html', pageOf(clips, searchParams.get('what') ?? 'player'));
    if (pathname.startsWith('/music/')) return answer(response, 'audio/wav', tone);
    if (expired && searchParams.get('pass') === '1') return answer(response, 'text/plain', 'Expired', 403);
    if (spoilt.has(pathname)) return answer(response, 'video/mp4', 'not a video');
    const file = files.get(pathname);
    if (!file) return answer(response, 'text/plain', 'Not found', 404);
    return answer(response, file.type, truncated.has(pathname) ? withoutMiddle(file.body) : file.body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    clips,
    address: (what = 'player') => `${origin}/?what=${what}`,
    hold(file) {
      let release = () => {};
      held.set(file, new Promise((resolved) => (release = resolved)));
      return () => {
        held.delete(file);
        release();
      };
    },
    expire() {
      expired = true;
    },
    spoil(file) {
      spoilt.add(file);
    },
    breakOff(file) {
      truncated.add(file);
    },
    mend() {
      expired = false;
      spoilt.clear();
      truncated.clear();
      held.clear();
    },
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

/** Records small pictures of the screen until the returned function is called, which returns their luminance. */
export async function recordScreen(page: Page): Promise<() => Promise<{ luminance: number; at: number }[]>> {
  const session = await page.context().newCDPSession(page);
  const shots: { data: string; at: number }[] = [];
  session.on('Page.screencastFrame', ({ data, sessionId, metadata }) => {
    shots.push({ data, at: (metadata.timestamp ?? 0) * 1000 });
    session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
  });
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 50, maxWidth: 120, maxHeight: 240 });
  return async () => {
    await session.send('Page.stopScreencast');
    // Frames that arrive during the evaluation have no luminance and must not count as dark.
    const recorded = [...shots];
    const luminances = await page.evaluate(
      luminancesOf,
      recorded.map(({ data }) => data),
    );
    return recorded.map(({ at }, index) => ({ at, luminance: luminances[index] ?? 0 }));
  };
}

/** Runs in the page: the luminance (0..1) of the middle of each picture. */
async function luminancesOf(shots: string[]): Promise<number[]> {
  const canvas = new OffscreenCanvas(16, 16);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const luminances: number[] = [];
  for (const shot of shots) {
    const bytes = Uint8Array.from(atob(shot), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    const { width, height } = picture;
    context?.drawImage(picture, width * 0.25, height * 0.4, width * 0.5, height * 0.3, 0, 0, 16, 16);
    const pixels = context?.getImageData(0, 0, 16, 16).data ?? new Uint8ClampedArray();
    let sum = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      sum += 0.2126 * (pixels[at] ?? 0) + 0.7152 * (pixels[at + 1] ?? 0) + 0.0722 * (pixels[at + 2] ?? 0);
    }
    luminances.push(sum / 256 / 255);
  }
  return luminances;
}

async function buildPage(): Promise<{ name: string; body: Uint8Array | string }[]> {
  const built = (await build({
    configFile: false,
    root,
    logLevel: 'error',
    plugins: [tailwindcss()],
    resolve: { alias: { '~': resolve(root, 'app') } },
    esbuild: { jsx: 'automatic' },
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      rollupOptions: {
        input: resolve(import.meta.dirname, 'player-page.tsx'),
        output: {
          entryFileNames: 'page.js',
          assetFileNames: ({ names }) => (names.some((name) => name.endsWith('.css')) ? 'page.css' : '[name][extname]'),
        },
      },
    },
  })) as Rollup.RollupOutput;
  return built.output.map((each) => ({ name: each.fileName, body: each.type === 'chunk' ? each.code : each.source }));
}

function pageOf(clips: readonly RenderedClip[], what: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Film</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/page.css"><link rel="icon" href="data:,">
<body><main id="root"></main><script id="film" type="application/json">${JSON.stringify({ clips, what })}</script>
<script type="module" src="/page.js"></script></body></html>`;
}

/** A bright picture, so that a dark frame is a gap; striped, so that motion is visible. */
function brightPhoto(hue: number): Uint8Array {
  const stripes = Array.from(
    { length: 12 },
    (_, index) => `<rect x="${index * 69}" width="34" height="1472" fill="hsl(${hue} 85% ${index % 2 ? 72 : 78}%)"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="828" height="1472"><rect width="828" height="1472" fill="hsl(${hue} 80% 86%)"/>${stripes.join('')}</svg>`;
  return new Resvg(svg).render().asPng();
}

/** A quiet tone as a WAV file. */
function renderTone(seconds: number): Uint8Array {
  const rate = 24_000;
  const samples = seconds * rate;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) {
    wav.writeInt16LE(Math.round(6000 * Math.sin((2 * Math.PI * 440 * at) / rate)), 44 + at * 2);
  }
  return wav;
}

/** A file with a valid index and broken samples from its middle on. */
function withoutMiddle(body: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(body);
  return bytes.fill(0xff, Math.round(bytes.length * 0.45), Math.round(bytes.length * 0.8));
}

function typeOf(name: string): string {
  if (name.endsWith('.js')) return 'text/javascript';
  if (name.endsWith('.css')) return 'text/css';
  return name.endsWith('.svg') ? 'image/svg+xml' : 'application/octet-stream';
}

function answer(response: ServerResponse, type: string, body: Uint8Array | string, status = 200) {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(body);
}
