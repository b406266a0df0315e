import { kept, monthlyDollars, mostClipsOfOneD1, type Use, underWay, useOf } from './cost.ts';
import { print } from './figures.ts';
import { type ClipFigures, type Counted, clipOf } from './pipeline.ts';

const volumes = [1_000, 1_000_000, 100_000_000];
/** Runway's usual time from the request to the video. */
const lifeSeconds = 60;
const sweepsPerMonth = 30 * 24 * 60;
/** Runway's price of five seconds of gen4_turbo. */
const providerDollars = 0.25;

/** Prints what one clip uses at Cloudflare and at its provider, and what that costs at each volume. */
export function printClip({ figures, polls }: { figures: ClipFigures; polls: number }): void {
  const clip = clipOf(figures, polls);
  const { perPoll, rowsReadPerOther, sweep } = figures;
  const counted = (meter: keyof Counted) => `${show(clip[meter])} (${show(perPoll[meter])} of it for each poll)`;
  const calls = clip.orders + clip.polls + clip.films + clip.deletions;
  print(`One clip in workerd, counted on ${2 * figures.clips}, with ${show(polls)} polls of its provider`, [
    ['provider calls', `${show(calls)}: the submit, the polls, the video, its deletion`],
    ['D1 rows read', counted('d1RowsRead')],
    ['… for each other clip under way at once', show(rowsReadPerOther)],
    ['D1 rows written', counted('d1RowsWritten')],
    ['object wake-ups', `${show(clip.alarms)} alarms, ${show(clip.objectCalls)} calls`],
    [
      'object time',
      `${(clip.objectMs / 1000).toFixed(1)} s at work here, and what is assumed for the provider's answers`,
    ],
    ['object rows read, written', `${show(clip.objectRowsRead)}, ${show(clip.objectRowsWritten)}`],
    ['queue operations', show(clip.queueOperations)],
    ['R2 operations', `${show(clip.r2ClassA)} of class A, ${show(clip.r2ClassB)} of class B`],
    ['Worker requests', show(clip.workerRequests)],
    ['CPU of workerd, its D1, R2 and queue included', `${clip.cpuMs.toFixed(0)} ms`],
  ]);
  const always = { workerRequests: sweepsPerMonth, d1RowsRead: sweepsPerMonth * sweep.d1RowsRead };
  print('Cost at the published prices, with the photo sent, five plays and a month of storage', [
    ...volumes.map((clips) => {
      const others = underWay({ clips, seconds: lifeSeconds });
      const alone = useOf({ counts: clip, cpuMs: clip.cpuMs });
      const perClip: Use = { ...alone, d1RowsRead: alone.d1RowsRead + others * rowsReadPerOther };
      const dollars = monthlyDollars({ clips, perClip, always });
      const writtenPerSecond = (clips * perClip.d1RowsWritten) / (sweepsPerMonth * 60);
      return [
        `${clips.toLocaleString('en')} clips a month`,
        `$${(dollars / clips).toFixed(6)} each, $${dollars.toFixed(2)} in all; the provider $${(clips * providerDollars).toLocaleString('en')}; D1 writes ${show(writtenPerSecond)} rows/s`,
      ] as const;
    }),
    [
      'A month of one clip, beyond what is included',
      `$${kept.r2Dollars.toFixed(6)} for ${show(kept.r2Megabytes)} MB in R2, $${kept.d1Dollars.toFixed(6)} for ${show(kept.d1Kilobytes)} kB in D1`,
    ],
    ['One D1 (10 GB) is full', fullWords()],
  ]);
}

function fullWords(): string {
  const months = volumes.map((volume) => {
    const count = mostClipsOfOneD1 / volume;
    return `${count < 1 ? `${show(count * 30)} days` : `${Math.floor(count).toLocaleString('en')} months`} at ${volume.toLocaleString('en')}`;
  });
  return `after ${(mostClipsOfOneD1 / 1e6).toFixed(1)} million clips: ${months.join(', ')} a month`;
}

const show = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1));
