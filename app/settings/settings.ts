import * as v from 'valibot';
import { isAlertAddress } from './alert-address';
import { packs } from './packs';
import { firstPresets, mostPresets, presetLimits } from './presets';
import { firstSystemPrompt, systemText } from './system-prompt';

/** A number as people write it: `10,000`. */
const written = (count: number) => count.toLocaleString('en');

// Every rule says in words what would be right: what an admin reads beside a value that cannot be saved.
function between(low: number, high: number) {
  const words = `Give a whole number from ${written(low)} to ${written(high)}.`;
  return v.pipe(v.number(words), v.integer(words), v.minValue(low, words), v.maxValue(high, words));
}

const name = v.pipe(v.string('Choose one of the list.'), v.maxLength(100, 'Choose one of the list.'));
const films = v.object({ provider: name, model: name }, 'Choose a film service and one of its models.');
const mostFallbacks = 10;

const packIds = packs.map(({ id }) => id);
const isOnce = (ids: readonly unknown[]) => new Set(ids).size === ids.length;

/** Text of somebody at the desk, as long as it may be. */
const line = (what: string, most: number) => {
  const words = `Give ${what} of 1 to ${most} letters.`;
  return v.pipe(v.string(words), v.trim(), v.minLength(1, words), v.maxLength(most, words));
};

/** A way to move; its id is for ever, as tries are known by it. */
const preset = v.object(
  {
    id: v.pipe(
      v.string(),
      v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'The id is made of small letters, digits and hyphens.'),
    ),
    name: line('a name', presetLimits.name),
    description: line('a description', presetLimits.description),
    prompt: line('a prompt', presetLimits.prompt),
    on: v.boolean('Say on or off.'),
  },
  'Give a way to move with all its words.',
);

/**
 * What the owner can turn, with its limits and its value until somebody turns it. What more than one setting must agree
 * on stands in settings-rules.ts.
 */
export const settingsSchema = v.object({
  /** Credits for a first sign-in. */
  signupCredits: v.optional(between(0, 100), 1),
  /** Credits one try costs. */
  creditsPerClip: v.optional(between(1, 100), 1),
  /** The text put around people's words: the version that is live (its room: /admin/prompt). */
  systemPrompt: v.optional(
    v.message(
      v.object({ version: between(1, 1_000_000), text: systemText }),
      'Give a version with its text, of 1 to 600 letters.',
    ),
    firstSystemPrompt,
  ),
  /** One second try of each clip is on the house when the person says what is wrong with the first. */
  freeSecondTry: v.optional(v.boolean('Say on or off.'), true),
  /** Minutes after which a try is ended and its credit returned. */
  deadlineMinutes: v.optional(between(1, 120), 30),
  /** Tries one person may have under way at once. */
  maxOpenGenerations: v.optional(between(1, 1000), 50),
  /** Provider and model of new tries, and who is asked in their place, in this order, while they cannot or rest. */
  provider: v.optional(name, 'runway'),
  model: v.optional(name, 'gen4_turbo'),
  fallbacks: v.optional(
    v.pipe(
      v.array(films, 'Give a list of film services and models.'),
      v.maxLength(mostFallbacks, `At most ${mostFallbacks} can stand in line.`),
    ),
    [],
  ),
  /** Films that a provider gets at once; the rest wait here, where turns go round by person. */
  maxAtProvider: v.optional(
    v.object(
      {
        // Runway's fourth tier; below it, Runway holds back what is too much by itself, in no order of persons.
        runway: v.optional(between(1, 1000), 10),
        luma: v.optional(between(1, 1000), 10),
        // New accounts have 2 at once, grown ones 40; fal lines up the rest without a limit.
        fal: v.optional(between(1, 1000), 10),
        replicate: v.optional(between(1, 1000), 20),
        veo: v.optional(between(1, 1000), 10),
      },
      'Give a number for each film service.',
    ),
    {},
  ),
  /** A provider rests when this many calls failed, or films were slow, within the window, and this share (%) of all. */
  breakerFailures: v.optional(between(1, 1000), 5),
  breakerRate: v.optional(between(1, 100), 40),
  breakerWindowMinutes: v.optional(between(1, 1440), 10),
  /** Minutes of its first pause; each further one in a row is twice as long, up to an hour or this, if longer. */
  breakerPauseMinutes: v.optional(between(1, 1440), 5),
  /** A film that took longer than this with its provider was slow. */
  breakerSlowSeconds: v.optional(between(10, 7200), 600),
  /** Pictures of one person that film services may decline in 24 hours before their next tries wait. */
  mostRefusalsPerDay: v.optional(between(1, 100), 3),
  /** The packs of credits that are offered. */
  packsOnSale: v.optional(
    v.pipe(
      v.array(v.picklist(packIds, 'Choose from the packs there are.'), 'Give a list of packs.'),
      v.minLength(1, 'At least one pack stays on sale.'),
      v.check((ids) => isOnce(ids), 'Each pack can stand in the list once.'),
    ),
    packIds,
  ),
  /** The ways to move, in the order they are offered; one that is off is offered no more. */
  presets: v.optional(
    v.pipe(
      v.array(preset, 'Give a list of ways to move.'),
      v.maxLength(mostPresets, `There can be ${mostPresets} ways to move.`),
      v.check((all) => isOnce(all.map(({ id }) => id)), 'Each way to move has an id of its own.'),
      v.check((all) => all.some(({ on }) => on), 'At least one way to move stays on.'),
    ),
    firstPresets,
  ),
  /** Credits for who invited a friend, and for the friend, once what `referralRewardFor` says has happened. */
  referrerCredits: v.optional(between(0, 100), 1),
  referredCredits: v.optional(between(0, 100), 1),
  /** Friends for whom one person can be rewarded. */
  referralCap: v.optional(between(0, 10_000), 10),
  /** What a friend does first: finish a film, buy a pack, or whichever comes first. */
  referralRewardFor: v.optional(v.picklist(['film', 'purchase', 'either'], 'Choose one of the list.'), 'either'),
  /** Credits for a shared film, once visitors from this many different places have watched it to its end. */
  shareCredits: v.optional(between(0, 100), 1),
  shareViewers: v.optional(between(1, 1000), 3),
  /** Credits that one admin may give or take alone; above it another admin says yes. */
  secondAdminAbove: v.optional(between(0, 10_000), 20),
  /** Until when (ms) an admin listens to the log: kept alive by the open page, turned by nobody. */
  tailUntil: v.optional(between(0, Number.MAX_SAFE_INTEGER), 0),
  /** The owner is told when a clip has been under way for longer than so many minutes, and when more than so many stand still. */
  alertOldestMinutes: v.optional(between(1, 1440), 45),
  alertStaleJobs: v.optional(between(0, 1000), 5),
  /** And when more than this share (%) of the last hour's tries failed, once so many have ended. */
  alertFailurePercent: v.optional(between(1, 100), 25),
  alertFailureMinimum: v.optional(between(1, 1000), 10),
  /** Where alerts are sent, signed; nowhere while it is empty. */
  alertUrl: v.optional(
    v.pipe(
      v.string('Give an address.'),
      v.maxLength(500, 'Give an address of at most 500 letters.'),
      v.check(
        (address) => address === '' || isAlertAddress(address),
        'Give an https address that can be reached from everywhere, or nothing.',
      ),
    ),
    '',
  ),
});

export type Settings = v.InferOutput<typeof settingsSchema>;
export type SettingKey = keyof Settings;

/** True for the name of a setting: what a form names may be anything. */
export function isSettingKey(value: unknown): value is SettingKey {
  return typeof value === 'string' && Object.hasOwn(settingsSchema.entries, value);
}

/** What holds where nobody has turned anything. */
export const defaults: Readonly<Settings> = v.parse(settingsSchema, {});

/** Who makes films, in the order in which they are asked: each once, also where the first is a fallback as well. */
export function providersInOrder({ provider, model, fallbacks }: Pick<Settings, 'provider' | 'model' | 'fallbacks'>) {
  const others = fallbacks.filter((one) => one.provider !== provider || one.model !== model);
  return [{ provider, model }, ...others];
}

/** Films that this provider gets at once. */
export function concurrencyLimit({ maxAtProvider }: Pick<Settings, 'maxAtProvider'>, provider: string): number {
  return maxAtProvider[provider as keyof Settings['maxAtProvider']] ?? 1;
}
