import * as v from 'valibot';

const between = (low: number, high: number) => v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));

/** What the owner can turn, with its limits and its value until somebody turns it. */
export const settingsSchema = v.object({
  /** Credits for a first sign-in. */
  signupCredits: v.optional(between(0, 100), 1),
  /** Credits one try costs. */
  creditsPerClip: v.optional(between(1, 100), 1),
  /** One second try of each clip is on the house when the person says what is wrong with the first. */
  freeSecondTry: v.optional(v.boolean(), true),
  /** Minutes after which a try is ended and its credit returned. */
  deadlineMinutes: v.optional(between(1, 120), 30),
  /** Tries one person may have under way at once. */
  maxOpenGenerations: v.optional(between(1, 1000), 50),
  /** Provider and model of new tries, and who is asked in their place, in this order, while they cannot or rest. */
  provider: v.optional(v.string(), 'runway'),
  model: v.optional(v.string(), 'gen4_turbo'),
  fallbacks: v.optional(v.pipe(v.array(v.object({ provider: v.string(), model: v.string() })), v.maxLength(10)), []),
  /** Films that a provider gets at once; the rest wait here, where turns go round by person. */
  maxAtProvider: v.optional(
    v.object({
      // Runway's fourth tier; below it, Runway holds back what is too much by itself, in no order of persons.
      runway: v.optional(between(1, 1000), 10),
      luma: v.optional(between(1, 1000), 10),
      // New accounts have 2 at once, grown ones 40; fal lines up the rest without a limit.
      fal: v.optional(between(1, 1000), 10),
      replicate: v.optional(between(1, 1000), 20),
      veo: v.optional(between(1, 1000), 10),
    }),
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
  /** Credits for who invited a friend, and for the friend, once what `referralRewardFor` says has happened. */
  referrerCredits: v.optional(between(0, 100), 1),
  referredCredits: v.optional(between(0, 100), 1),
  /** Friends for whom one person can be rewarded. */
  referralCap: v.optional(between(0, 10_000), 10),
  /** What a friend does first: finish a film, buy a pack, or whichever comes first. */
  referralRewardFor: v.optional(v.picklist(['film', 'purchase', 'either']), 'either'),
  /** Credits for a shared film, once visitors from this many different places have watched it to its end. */
  shareCredits: v.optional(between(0, 100), 1),
  shareViewers: v.optional(between(1, 1000), 3),
});

export type Settings = v.InferOutput<typeof settingsSchema>;

/** Who makes films, in the order in which they are asked. */
export function providersInOrder({ provider, model, fallbacks }: Pick<Settings, 'provider' | 'model' | 'fallbacks'>) {
  return [{ provider, model }, ...fallbacks];
}

/** Films that this provider gets at once. */
export function placesAt({ maxAtProvider }: Pick<Settings, 'maxAtProvider'>, provider: string): number {
  return maxAtProvider[provider as keyof Settings['maxAtProvider']] ?? 1;
}
