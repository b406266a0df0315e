import * as v from 'valibot';

const between = (low: number, high: number) => v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));

/** What the owner can turn, with its limits and its value until somebody turns it. */
export const settingsSchema = v.object({
  /** Credits for a first sign-in. */
  signupCredits: v.optional(between(0, 100), 1),
  /** Credits one try costs. */
  creditsPerClip: v.optional(between(1, 100), 1),
  /** Minutes after which a try is ended and its credit returned. */
  deadlineMinutes: v.optional(between(1, 120), 30),
  /** Tries one person may have under way at once. */
  maxOpenGenerations: v.optional(between(1, 1000), 50),
  /** Provider and model of new tries. */
  provider: v.optional(v.string(), 'runway'),
  model: v.optional(v.string(), 'gen4_turbo'),
});

export type Settings = v.InferOutput<typeof settingsSchema>;
