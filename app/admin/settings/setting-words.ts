import type { SettingKey } from '~/settings/settings';

/** A setting in plain words: its name, its effect, and its unit. */
export interface SettingWords {
  key: SettingKey;
  name: string;
  what: string;
  unit?: string;
}

/** The settings in groups. The presets and the system prompt have admin pages of their own. */
export const settingGroups: readonly { title: string; settings: readonly SettingWords[] }[] = [
  {
    title: 'Film services',
    settings: [
      {
        key: 'provider',
        name: 'Film service and model',
        what: 'Makes every new clip. Clips under way stay where they are.',
      },
      {
        key: 'fallbacks',
        name: 'Fallbacks',
        what: 'Used in this order while the first cannot make a clip or rests.',
      },
      {
        key: 'maxAtProvider',
        name: 'Clips at a service at once',
        what: 'The rest wait here, where turns go round by person.',
        unit: 'clips',
      },
      {
        key: 'budgetPerDay',
        name: 'Budget of a day',
        what: 'At all film services together, from midnight to midnight UTC. An alert comes at 80 %, and when no further clip fits. Once it is spent, new clips wait or are refused without a charge. 0 is no limit.',
        unit: 'US dollars',
      },
      {
        key: 'budgetAtProvider',
        name: 'Budget of a day at each service',
        what: 'With the same two alerts. Once it is spent, clips go to the next service in order. 0 is no limit.',
        unit: 'US dollars',
      },
      {
        key: 'deadlineMinutes',
        name: 'Deadline',
        what: 'A clip that is not ready by then is ended, and its credit is returned.',
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
        what: 'A clip that took longer counts as a failure.',
        unit: 'seconds',
      },
    ],
  },
  {
    title: 'What a clip costs',
    settings: [
      {
        key: 'creditsPerClip',
        name: 'Price of a clip',
        what: 'For clips started from now on; those under way keep their price.',
        unit: 'credits',
      },
      {
        key: 'freeSecondTry',
        name: 'Free second try',
        what: 'Once for each clip, when the person says what is wrong with the first.',
      },
      { key: 'packsOnSale', name: 'Packs on sale', what: 'Only these are offered. A purchase under way goes on.' },
    ],
  },
  {
    title: 'Estimates of the money page',
    settings: [
      {
        key: 'stripeFeePercent',
        name: 'Stripe’s fee: share',
        what: 'Of each payment, until Stripe tells the fee itself. Give the rate of your own account.',
        unit: '%',
      },
      {
        key: 'stripeFeeFixed',
        name: 'Stripe’s fee: fixed part',
        what: 'Added to the share.',
        unit: 'cents',
      },
      {
        key: 'centsPerDollar',
        name: 'A US dollar in euros',
        what: 'Film services cost dollars, credits are sold in euros: the margin takes them together at this rate.',
        unit: 'cents of a euro',
      },
    ],
  },
  {
    title: 'Free credits',
    settings: [
      { key: 'signupCredits', name: 'First sign-in', what: 'For everybody, once.', unit: 'credits' },
      {
        key: 'referrerCredits',
        name: 'For the inviting person',
        what: 'Once the friend has done what is set below.',
        unit: 'credits',
      },
      { key: 'referredCredits', name: 'For the friend', what: 'At the same moment.', unit: 'credits' },
      { key: 'referralRewardFor', name: 'What the friend does first', what: 'Only then are both rewarded.' },
      {
        key: 'referralCap',
        name: 'Friends at most',
        what: 'The most friends for whom one person is rewarded.',
        unit: 'friends',
      },
      {
        key: 'shareCredits',
        name: 'Watched film',
        what: 'For its owner, once for each film.',
        unit: 'credits',
      },
      {
        key: 'shareViewers',
        name: 'Visitors',
        what: 'From so many networks it must be watched to its end. A network counts once in 30 days for all films of an owner.',
        unit: 'networks',
      },
      {
        key: 'shareRewardsPerMonth',
        name: 'Watched films at most',
        what: 'The most films for which one person is rewarded within 30 days.',
        unit: 'films',
      },
    ],
  },
  {
    title: 'Safety limits',
    settings: [
      {
        key: 'maxOpenGenerations',
        name: 'Clips under way',
        what: 'The most one person may have at once.',
        unit: 'clips',
      },
      {
        key: 'mostRefusalsPerDay',
        name: 'Declined pictures',
        what: 'After so many pictures that film services declined, a person can start no clip until the next day.',
        unit: 'pictures',
      },
      {
        key: 'mostStopsPerDay',
        name: 'Stopped clips',
        what: 'The most one person may stop in 24 hours after they were sent to a film service, which may charge for them.',
        unit: 'clips',
      },
      {
        key: 'storageMegabytes',
        name: 'Room for photos and clips',
        what: 'The most one person may keep here. Beyond it no photo is taken until older films are erased.',
        unit: 'MB',
      },
      {
        key: 'secondAdminAbove',
        name: 'A second admin above',
        what: 'The most credits that one admin may give and take alone within 24 hours. For more, and for their own account, another admin has to say yes.',
        unit: 'credits',
      },
    ],
  },
  {
    title: 'Maintenance mode',
    settings: [
      {
        key: 'maintenance',
        name: 'Message to people',
        what: 'While it has a text, nobody but admins begins a clip, brings a photo or buys credits, and every page shows the text. What has begun goes on, and films still play. Empty it to open again.',
      },
    ],
  },
  {
    title: 'Contact',
    settings: [
      {
        key: 'contactAddress',
        name: 'Address for people',
        what: 'Where “Write to us” leads, on every page about a problem. A mail address, or empty to offer none.',
      },
    ],
  },
  {
    title: 'Alerts',
    settings: [
      {
        key: 'alertUrl',
        name: 'Address for alerts',
        what: 'Alerts stand on the overview and are sent to this address, signed. An https address, or empty to send none.',
      },
      {
        key: 'alertOldestMinutes',
        name: 'A clip takes too long',
        what: 'An alert when one has been under way for longer.',
        unit: 'minutes',
      },
      {
        key: 'alertStaleJobs',
        name: 'Clips that do not move',
        what: 'An alert when there are more.',
        unit: 'clips',
      },
      {
        key: 'alertFailurePercent',
        name: 'Share of failed clips',
        what: 'An alert when more of the last hour’s clips failed.',
        unit: '%',
      },
      {
        key: 'alertFailureMinimum',
        name: 'Clips before that counts',
        what: 'Only when at least so many ended in that hour, since a few clips say little.',
        unit: 'clips',
      },
      { key: 'alertStops', name: 'Clips stopped in a day', what: 'An alert from so many on.', unit: 'clips' },
      { key: 'signUpsPerNetwork', name: 'Sign-ups of one network', what: 'A cluster in a day.', unit: 'people' },
      { key: 'signUpsPerDevice', name: 'Sign-ups of one device', what: 'A cluster in a day.', unit: 'people' },
    ],
  },
];

/** The name of a setting on its admin page. */
export function settingName(key: SettingKey): string {
  return settingGroups.flatMap(({ settings }) => settings).find((one) => one.key === key)?.name ?? key;
}
