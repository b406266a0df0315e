import { findPack } from '~/settings/packs';
import type { Preset } from '~/settings/presets';
import { type SettingKey, type Settings, settingsSchema } from '~/settings/settings';
import type { SettingView } from './settings-changes';

/** A setting in plain words: what it is called, what it does, and what its figure counts. */
export interface SettingWords {
  key: SettingKey;
  name: string;
  what: string;
  unit?: string;
}

/** The settings as the desk shows them. The ways to move and the system prompt have rooms of their own. */
export const settingGroups: readonly { title: string; settings: readonly SettingWords[] }[] = [
  {
    title: 'Who makes the films',
    settings: [
      {
        key: 'provider',
        name: 'Film service and model',
        what: 'Makes every new try. Tries under way stay where they are.',
      },
      {
        key: 'fallbacks',
        name: 'In their place',
        what: 'Asked in this order while the first cannot make a film or rests.',
      },
      {
        key: 'maxAtProvider',
        name: 'Films at a service at once',
        what: 'The rest wait here, where turns go round by person.',
        unit: 'films',
      },
      {
        key: 'deadlineMinutes',
        name: 'Deadline',
        what: 'A try that is not ready by then is ended, and its credit is back.',
        unit: 'minutes',
      },
    ],
  },
  {
    title: 'When a film service rests',
    settings: [
      { key: 'breakerFailures', name: 'Failures', what: 'It rests after at least so many within the window.' },
      {
        key: 'breakerRate',
        name: 'Share of failures',
        what: 'And only if they are this much of all its calls.',
        unit: '%',
      },
      { key: 'breakerWindowMinutes', name: 'Window', what: 'The time in which failures are counted.', unit: 'minutes' },
      {
        key: 'breakerPauseMinutes',
        name: 'First pause',
        what: 'Each further one in a row is twice as long, up to an hour.',
        unit: 'minutes',
      },
      {
        key: 'breakerSlowSeconds',
        name: 'Slow',
        what: 'A film that took longer counts like a failure.',
        unit: 'seconds',
      },
    ],
  },
  {
    title: 'What a clip costs',
    settings: [
      {
        key: 'creditsPerClip',
        name: 'Price of a try',
        what: 'For tries from now on; those under way keep theirs.',
        unit: 'credits',
      },
      {
        key: 'freeSecondTry',
        name: 'Second try on the house',
        what: 'Once for each clip, when the person says what is wrong with the first.',
      },
      { key: 'packsOnSale', name: 'Packs on sale', what: 'Only these are offered. A purchase under way goes on.' },
    ],
  },
  {
    title: 'Credits that are given',
    settings: [
      { key: 'signupCredits', name: 'First sign-in', what: 'For everybody, once.', unit: 'credits' },
      {
        key: 'referrerCredits',
        name: 'For who invites',
        what: 'Once the friend has done what is said below.',
        unit: 'credits',
      },
      { key: 'referredCredits', name: 'For the friend', what: 'At the same moment.', unit: 'credits' },
      { key: 'referralRewardFor', name: 'What the friend does first', what: 'Only then is anybody rewarded.' },
      {
        key: 'referralCap',
        name: 'Friends at most',
        what: 'For so many friends one person can be rewarded.',
        unit: 'friends',
      },
      {
        key: 'shareCredits',
        name: 'A film that is watched',
        what: 'For its owner, once for each film.',
        unit: 'credits',
      },
      {
        key: 'shareViewers',
        name: 'Visitors',
        what: 'So many watch it to its end before it counts.',
        unit: 'visitors',
      },
    ],
  },
  {
    title: 'Limits that keep the house safe',
    settings: [
      {
        key: 'maxOpenGenerations',
        name: 'Tries under way',
        what: 'The most one person may have at once.',
        unit: 'tries',
      },
      {
        key: 'mostRefusalsPerDay',
        name: 'Safety cap',
        what: 'After so many pictures that film services declined, one person’s next tries wait until the next day.',
        unit: 'pictures',
      },
      {
        key: 'secondAdminAbove',
        name: 'A second admin above',
        what: 'Credits that one admin may give or take alone. Above it, another says yes.',
        unit: 'credits',
      },
    ],
  },
  {
    title: 'When you are told',
    settings: [
      {
        key: 'alertUrl',
        name: 'Address for alerts',
        what: 'Alerts stand on the overview; here they are also sent, signed. An https address, or empty for nowhere.',
      },
      {
        key: 'alertOldestMinutes',
        name: 'A clip takes too long',
        what: 'You are told when one has been under way for longer.',
        unit: 'minutes',
      },
      {
        key: 'alertStaleJobs',
        name: 'Clips that stand still',
        what: 'You are told when there are more.',
        unit: 'clips',
      },
      {
        key: 'alertFailurePercent',
        name: 'Share that fails',
        what: 'You are told when more of the last hour’s tries failed.',
        unit: '%',
      },
      {
        key: 'alertFailureMinimum',
        name: 'Tries before that counts',
        what: 'Few tries say little: only when at least so many have ended in that hour.',
        unit: 'tries',
      },
    ],
  },
];

/** What the choices of a setting are called. */
export const choiceWords: Readonly<Record<string, string>> = {
  film: 'Finishes a film',
  purchase: 'Buys a pack',
  either: 'Whichever comes first',
};

/** The film services by the names they give themselves. */
export const serviceNames: Readonly<Record<string, string>> = {
  runway: 'Runway',
  luma: 'Luma',
  fal: 'fal',
  replicate: 'Replicate',
  veo: 'Veo',
};

/** "Runway · gen4_turbo". */
export function serviceInWords({ provider, model }: { provider: string; model: string }): string {
  return `${serviceNames[provider] ?? provider} · ${model}`;
}

/** The least and the most a whole number may be, or null where the setting is none. */
export function limitsOf(key: SettingKey): { low: number; high: number } | null {
  const { wrapped } = settingsSchema.entries[key];
  if (wrapped.type !== 'number') return null;
  const bound = (type: 'min_value' | 'max_value') => wrapped.pipe.find((rule) => rule.type === type);
  const [low, high] = [bound('min_value'), bound('max_value')].map((rule) =>
    rule && 'requirement' in rule ? Number(rule.requirement) : Number.NaN,
  );
  return low === undefined || high === undefined ? null : { low, high };
}

/** A setting's value as the page says it. */
export function valueInWords(key: SettingKey, value: Settings[SettingKey]): string {
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (typeof value === 'number') return value.toLocaleString('en');
  if (key === 'alertUrl' && value === '') return 'Nowhere';
  if (typeof value === 'string') return choiceWords[value] ?? value;
  if (key === 'packsOnSale') return (value as string[]).map((id) => findPack(id)?.name ?? id).join(', ');
  if (key === 'presets') return (value as Preset[]).map(({ name, on }) => (on ? name : `${name} (off)`)).join(', ');
  if (Array.isArray(value)) return (value as Settings['fallbacks']).map(serviceInWords).join(', then ') || 'Nobody';
  return Object.entries(value)
    .map(([id, count]) => `${serviceNames[id] ?? id} ${count}`)
    .join(', ');
}

/** Who was quicker, and what holds now. */
export function conflictInWords({ changedBy, changedAt, key, value }: SettingView): string {
  const when = changedAt === null ? '' : ` at ${new Date(changedAt).toISOString().slice(11, 19)} UTC`;
  const who = changedBy?.name ?? 'The console';
  return `${who} was quicker${when}. Now it is: ${valueInWords(key, value)}. Nothing of yours was saved; save again to put it in that place.`;
}
