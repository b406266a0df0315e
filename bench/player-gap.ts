// Measures gaps and dark frames at every cut of a film, and the offset between picture and sound.
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../journeys/browser.ts';
import { type Cinema, type CinemaWindow, openCinema, type Presented, recordScreen } from './player-cinema.ts';

/** One frame of a 24 fps clip. */
const frameMs = 1000 / 24;
/** The clips are brighter than 0.7 everywhere; below this luminance none of them is visible. */
const dark = 0.35;

export interface GapFigures {
  cpuSlowdown: number;
  /** Per cut: from the last frame of a clip to the first one of the next, less one frame. Negative: overlap. */
  gapsMs: number[];
  /** Per clip with a video: the longest time without a new frame. */
  longestFreezesMs: number[];
  /** Recorded pictures of the screen, and the dark ones of them. */
  screensSeen: number;
  blackFrames: number;
  /** Offset of picture to sound over all presented video frames: median and largest, in ms. */
  driftMs: { median: number; farthest: number };
  /** The number of stalls. */
  stalls: number;
  /** How much later than planned the film ended. */
  lateMs: number;
}

/** Plays the film twice on a CPU slowed down `cpuSlowdown` times: first counting frames, then recording the screen. */
export async function measureGaps({
  cpuSlowdown,
  browser: given,
  cinema: opened,
}: {
  cpuSlowdown: number;
  browser?: Browser;
  cinema?: Cinema;
}): Promise<GapFigures> {
  const browser = given ?? (await launchBrowser());
  const cinema = opened ?? (await openCinema());
  try {
    const counted = await playOnce({ browser, cinema, cpuSlowdown, filmed: false });
    const filmed = await playOnce({ browser, cinema, cpuSlowdown, filmed: true });
    const clips = byClip(counted.presented);
    const overlaps = clips.slice(1).map((clip, index) => firstOf(clip) - lastOf(clips[index] ?? []) - frameMs);
    const drifts = driftsOf(counted, cinema);
    return {
      cpuSlowdown,
      gapsMs: overlaps,
      longestFreezesMs: clips.filter((clip) => clip[0]?.mediaSeconds !== null).map(longestFreeze),
      screensSeen: filmed.screens.length,
      blackFrames: filmed.screens.filter(({ luminance }) => luminance < dark).length,
      driftMs: {
        median: drifts[Math.floor(drifts.length / 2)] ?? Number.NaN,
        farthest: Math.max(...drifts.map((drift) => Math.abs(drift))),
      },
      stalls: counted.stalls,
      lateMs: counted.tookMs - plannedMs(cinema),
    };
  } finally {
    if (!given) await browser.close();
    if (!opened) await cinema.close();
  }
}

/** Length of the film: all clips, less half a second at each cut. */
function plannedMs({ clips }: Cinema): number {
  return 1000 * (clips.reduce((sum, { seconds }) => sum + seconds, 0) - 0.5 * (clips.length - 1));
}

async function playOnce({
  browser,
  cinema,
  cpuSlowdown,
  filmed,
}: {
  browser: Browser;
  cinema: Cinema;
  cpuSlowdown: number;
  filmed: boolean;
}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
    await page.goto(cinema.address('engine'));
    await page.getByRole('button', { name: 'Play' }).click();
    await reached(page, 'playing');
    const stop = filmed ? await recordScreen(page) : null;
    await reached(page, 'ended');
    const recorded = await page.evaluate(() => {
      const { presented, moments, states } = window as unknown as CinemaWindow;
      return { presented, moments, states };
    });
    const begun = recorded.moments.find(({ timeSeconds }) => timeSeconds > 0);
    const beginMs = begun ? begun.at - 1000 * begun.timeSeconds : 0;
    return {
      moments: recorded.moments,
      // The picture before the start is not a freeze.
      presented: recorded.presented.filter(({ at }) => at >= beginMs),
      stalls: recorded.states.slice(recorded.states.indexOf('playing')).filter((state) => state === 'loading').length,
      tookMs: (recorded.moments.at(-1)?.at ?? 0) - beginMs,
      screens: stop ? await stop() : [],
    };
  } finally {
    await context.close();
  }
}

async function reached(page: Page, state: string): Promise<void> {
  await page.locator(`[data-film-state="${state}"]`).waitFor({ timeout: 60_000 });
}

/** Presented frames by file, in the order of their first appearance. */
function byClip(presented: readonly Presented[]): Presented[][] {
  const clips = new Map<string, Presented[]>();
  for (const picture of presented) {
    const clip = clips.get(picture.source) ?? [];
    clip.push(picture);
    clips.set(picture.source, clip);
  }
  return [...clips.values()];
}

const firstOf = (clip: readonly Presented[]) => Math.min(...clip.map(({ at }) => at));
const lastOf = (clip: readonly Presented[]) => Math.max(...clip.map(({ at }) => at));

function longestFreeze(clip: readonly Presented[]): number {
  const times = clip.map(({ at }) => at).sort((a, b) => a - b);
  return Math.max(0, ...times.slice(1).map((at, index) => at - (times[index] ?? at)));
}

/** For each video frame, in ms: its own time in the film less the audio clock's time when it was presented. */
function driftsOf(
  { presented, moments }: { presented: readonly Presented[]; moments: CinemaWindow['moments'] },
  { clips }: Cinema,
): number[] {
  let start = 0;
  const starts = clips.map(({ seconds }) => {
    const own = start;
    start += seconds - 0.5;
    return own;
  });
  return byClip(presented)
    .flatMap((clip, index) =>
      clip.flatMap(({ at, mediaSeconds }) => {
        const after = moments.findIndex((moment) => moment.at >= at);
        const [before, next] = [moments[after - 1], moments[after]];
        if (mediaSeconds === null || !before || !next) return [];
        const share = (at - before.at) / (next.at - before.at || 1);
        const heard = before.timeSeconds + share * (next.timeSeconds - before.timeSeconds);
        return [1000 * ((starts[index] ?? 0) + mediaSeconds - heard)];
      }),
    )
    .sort((a, b) => a - b);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const browser = await launchBrowser();
  const cinema = await openCinema({ videoSeconds: 5 });
  for (const cpuSlowdown of [1, 4]) console.log(await measureGaps({ cpuSlowdown, browser, cinema }));
  await browser.close();
  await cinema.close();
}
