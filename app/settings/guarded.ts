import type { SettingKey } from './settings';

/**
 * Which settings guard money: how many credits come into being, for what, and how far one admin may go alone. Changing one
 * needs the yes of a second admin; to stop spending at once, one admin puts a film service to rest. The schema has the same list (`guarded_settings`), so a new guarded setting comes with a
 * migration that adds it.
 */
const guards: Readonly<Record<SettingKey, boolean>> = {
  signupCredits: true,
  creditsPerClip: true,
  freeSecondTry: true,
  packsOnSale: true,
  referrerCredits: true,
  referredCredits: true,
  referralCap: true,
  referralRewardFor: true,
  shareCredits: true,
  shareViewers: true,
  shareRewardsPerMonth: true,
  mostRefusalsPerDay: true,
  mostStopsPerDay: true,
  storageMegabytes: true,
  budgetPerDay: true,
  budgetAtProvider: true,
  secondAdminAbove: true,
  // How clips are made, and when the owner is told: one admin has to be able to act at once.
  systemPrompt: false,
  presets: false,
  provider: false,
  model: false,
  fallbacks: false,
  maxAtProvider: false,
  deadlineMinutes: false,
  maxOpenGenerations: false,
  breakerFailures: false,
  breakerRate: false,
  breakerWindowMinutes: false,
  breakerPauseMinutes: false,
  breakerSlowSeconds: false,
  alertOldestMinutes: false,
  alertStaleJobs: false,
  alertFailurePercent: false,
  alertFailureMinimum: false,
  alertStops: false,
  signUpsPerNetwork: false,
  signUpsPerDevice: false,
  alertUrl: false,
  contactAddress: false,
  // In an emergency nobody may be there to say yes, and it moves no credit.
  maintenance: false,
  // Estimates of the money page.
  stripeFeePercent: false,
  stripeFeeFixed: false,
  centsPerDollar: false,
};

/** True for a setting that only two admins together change. */
export const isGuarded = (key: SettingKey): boolean => guards[key];

/** The settings that only two admins together change. */
export const guardedKeys = (Object.keys(guards) as SettingKey[]).filter(isGuarded);
