import * as v from 'valibot';
import { isAlertAddress } from './alert-address';
import { packs } from './packs';
import { firstPresets, mostPresets, presetLimits } from './presets';
import { firstSystemPrompt, systemText } from './system-prompt';

/** A number with separators: `10,000`. */
const written = (count: number) => count.toLocaleString('en');

// Every rule has the sentence that an admin reads beside a value that cannot be saved.
function between(low: number, high: number) {
  const words = `Give a whole number from ${written(low)} to ${written(high)}.`;
  return v.pipe(v.number(words), v.integer(words), v.minValue(low, words), v.maxValue(high, words));
}

/** A number with at most two decimals. */
function decimalBetween(low: number, high: number) {
  const words = `Give a number from ${written(low)} to ${written(high)} with at most two decimals, such as 1.5.`;
  const isShort = (value: number) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6;
  return v.pipe(v.number(words), v.minValue(low, words), v.maxValue(high, words), v.check(isShort, words));
}

const name = v.pipe(v.string('Choose one of the list.'), v.maxLength(100, 'Choose one of the list.'));
const films = v.object({ provider: name, model: name }, 'Choose a film service and one of its models.');
const mailAddress = v.pipe(v.string(), v.email());
const mostFallbacks = 10;
const mostDollars = 100_000;
/** Letters of the message of maintenance mode. */
export const mostMaintenanceLetters = 240;

const packIds = packs.map(({ id }) => id);
const isOnce = (ids: readonly unknown[]) => new Set(ids).size === ids.length;

/** A text that an admin writes, up to `most` characters. */
const line = (what: string, most: number) => {
  const words = `Give ${what} of 1 to ${most} letters.`;
  return v.pipe(v.string(words), v.trim(), v.minLength(1, words), v.maxLength(most, words));
};

/** A preset; its id never changes, since generations refer to it. */
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
  'Give a preset with all its words.',
);

/** Every setting with its limits and its default. Rules between settings are in settings-rules.ts. */
export const settingsSchema = v.object({
  /** Credits for a first sign-in. */
  signupCredits: v.optional(between(0, 100), 1),
  /** Credits that a generation costs. */
  creditsPerClip: v.optional(between(1, 100), 1),
  /** The live version of the system prompt, changed at /admin/prompt. */
  systemPrompt: v.optional(
    v.message(
      v.object({ version: between(1, 1_000_000), text: systemText }),
      'Give a version with its text, of 1 to 600 letters.',
    ),
    firstSystemPrompt,
  ),
  /** A person's complaint about a clip makes one further generation of it free. */
  freeSecondTry: v.optional(v.boolean('Say on or off.'), true),
  /** Minutes after which a generation fails and its credit returns. */
  deadlineMinutes: v.optional(between(1, 120), 30),
  /** Open generations that one person may have. */
  maxOpenGenerations: v.optional(between(1, 1000), 50),
  /** Provider and model of new generations, and those used in their place, in this order, while they cannot or rest. */
  provider: v.optional(name, 'runway'),
  model: v.optional(name, 'gen4_turbo'),
  fallbacks: v.optional(
    v.pipe(
      v.array(films, 'Give a list of film services and models.'),
      v.maxLength(mostFallbacks, `At most ${mostFallbacks} can stand in line.`),
    ),
    [],
  ),
  /** Slots at each provider; further generations wait in its admission queue. */
  maxAtProvider: v.optional(
    v.object(
      {
        // Runway's fourth tier. In lower tiers Runway throttles the excess itself, without turns by person.
        runway: v.optional(between(1, 1000), 10),
        luma: v.optional(between(1, 1000), 10),
        // fal runs 2 tasks of a new account side by side, up to 40 later, and queues the rest without a limit.
        fal: v.optional(between(1, 1000), 10),
        replicate: v.optional(between(1, 1000), 20),
        veo: v.optional(between(1, 1000), 10),
      },
      'Give a number for each film service.',
    ),
    {},
  ),
  /** The budget of a day (UTC) in US dollars, at all providers and at each; 0 for none. A law of the schema holds it. */
  budgetPerDay: v.optional(between(0, mostDollars), 0),
  budgetAtProvider: v.optional(
    v.object(
      {
        runway: v.optional(between(0, mostDollars), 0),
        luma: v.optional(between(0, mostDollars), 0),
        fal: v.optional(between(0, mostDollars), 0),
        replicate: v.optional(between(0, mostDollars), 0),
        veo: v.optional(between(0, mostDollars), 0),
      },
      'Give a number for each film service.',
    ),
    {},
  ),
  /** A provider rests when so many calls of the window failed or were slow, and so many per cent of all. */
  breakerFailures: v.optional(between(1, 1000), 5),
  breakerRate: v.optional(between(1, 100), 40),
  breakerWindowMinutes: v.optional(between(1, 1440), 10),
  /** Minutes of the first pause; each further one in a row is twice as long, up to an hour or this, if longer. */
  breakerPauseMinutes: v.optional(between(1, 1440), 5),
  /** A task that took longer than this at its provider was slow. */
  breakerSlowSeconds: v.optional(between(10, 7200), 600),
  /** The moderation limit: pictures of one person that providers may decline in 24 hours. */
  mostRefusalsPerDay: v.optional(between(1, 100), 3),
  /** Generations that one person may stop in 24 hours after they were submitted to a provider. */
  mostStopsPerDay: v.optional(between(0, 1000), 5),
  /** Room of one person for photos and videos, in MB (1,000,000 bytes). */
  storageMegabytes: v.optional(between(10, 1_000_000), 2000),
  /** The packs on sale. */
  packsOnSale: v.optional(
    v.pipe(
      v.array(v.picklist(packIds, 'Choose from the packs there are.'), 'Give a list of packs.'),
      v.minLength(1, 'At least one pack stays on sale.'),
      v.check((ids) => isOnce(ids), 'Each pack can stand in the list once.'),
    ),
    packIds,
  ),
  /**
   * Stripe's fee of a payment, in per cent of it and in its smallest unit, until Stripe tells the fee itself. The
   * default is an estimate: the usual rate for European cards. A trigger has the same defaults.
   */
  stripeFeePercent: v.optional(decimalBetween(0, 20), 1.5),
  stripeFeeFixed: v.optional(between(0, 1000), 25),
  /** Cents of a euro for one US dollar, with which the margin takes together what is sold in euros and paid in dollars. */
  centsPerDollar: v.optional(decimalBetween(1, 1000), 90),
  /** The presets in the order of the picker; one that is off is not on offer. */
  presets: v.optional(
    v.pipe(
      v.array(preset, 'Give a list of presets.'),
      v.maxLength(mostPresets, `There can be ${mostPresets} presets.`),
      v.check((all) => isOnce(all.map(({ id }) => id)), 'Each preset has an id of its own.'),
      v.check((all) => all.some(({ on }) => on), 'At least one preset stays on.'),
    ),
    firstPresets,
  ),
  /** Credits for the inviting person and for the friend, after what `referralRewardFor` names. */
  referrerCredits: v.optional(between(0, 100), 1),
  referredCredits: v.optional(between(0, 100), 1),
  /** Most friends for whom one person gets credits. */
  referralCap: v.optional(between(0, 10_000), 10),
  /** What the friend must do: finish a film, buy a pack, or either. */
  referralRewardFor: v.optional(v.picklist(['film', 'purchase', 'either'], 'Choose one of the list.'), 'either'),
  /** Credits for a shared film, after visitors from this many different networks have watched it to its end. */
  shareCredits: v.optional(between(0, 100), 1),
  shareViewers: v.optional(between(1, 1000), 3),
  /** Most films for whose watching one person gets credits in 30 days. */
  shareRewardsPerMonth: v.optional(between(1, 100), 3),
  /** Credits that one admin may give or take; more needs a second admin. */
  secondAdminAbove: v.optional(between(0, 10_000), 20),
  /** Alerts: a generation open for more than so many minutes, and more than so many stale ones. */
  alertOldestMinutes: v.optional(between(1, 1440), 45),
  alertStaleJobs: v.optional(between(0, 1000), 5),
  /** Alert: more than so many per cent of the last hour's generations failed, of at least so many that ended. */
  alertFailurePercent: v.optional(between(1, 100), 25),
  alertFailureMinimum: v.optional(between(1, 1000), 10),
  /** Alert: so many generations of all people were stopped in 24 hours after they were submitted. */
  alertStops: v.optional(between(1, 10_000), 50),
  /** Clusters and their alert: so many new people in 24 hours from one network, and on one device pattern. */
  signUpsPerNetwork: v.optional(between(2, 10_000), 6),
  signUpsPerDevice: v.optional(between(2, 10_000), 30),
  /** While this has a text, people begin no clip, photo or purchase, by laws of the schema; pages show the text. */
  maintenance: v.optional(
    v.pipe(
      v.string('Give a message.'),
      v.trim(),
      v.maxLength(mostMaintenanceLetters, `Give a message of at most ${mostMaintenanceLetters} letters.`),
    ),
    '',
  ),
  /** The mail address to which people write; empty for none. */
  contactAddress: v.optional(
    v.pipe(
      v.string('Give an address.'),
      v.trim(),
      v.maxLength(200, 'Give an address of at most 200 letters.'),
      v.check((address) => address === '' || v.is(mailAddress, address), 'Give a mail address, or nothing.'),
    ),
    '',
  ),
  /** The URL that gets signed alert messages; empty for none. */
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

/** True for the name of a setting. */
export function isSettingKey(value: unknown): value is SettingKey {
  return typeof value === 'string' && Object.hasOwn(settingsSchema.entries, value);
}

/** Every setting's default. */
export const defaults: Readonly<Settings> = v.parse(settingsSchema, {});

/** Providers and models in the order in which they are tried, each once. */
export function providersInOrder({ provider, model, fallbacks }: Pick<Settings, 'provider' | 'model' | 'fallbacks'>) {
  const others = fallbacks.filter((one) => one.provider !== provider || one.model !== model);
  return [{ provider, model }, ...others];
}

/** How many tasks this provider gets side by side. */
export function concurrencyLimit({ maxAtProvider }: Pick<Settings, 'maxAtProvider'>, provider: string): number {
  return maxAtProvider[provider as keyof Settings['maxAtProvider']] ?? 1;
}
