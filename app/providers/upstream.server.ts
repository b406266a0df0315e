import type { Base } from '~/db/base';
import { lazyMembers } from '~/lazy';
import type { SettingsReader } from '~/settings/settings.server';
import { createBreaker } from './breaker.server';
import { createCallbacks } from './callbacks.server';
import { createProviders } from './registry.server';

/** The providers, the breaker that lets one rest, and the addresses at which they call back. */
export function createUpstream({
  base: { db, config },
  settings,
  fetch,
}: {
  base: Base;
  settings: SettingsReader;
  fetch: typeof globalThis.fetch;
}) {
  return lazyMembers({
    providers: () => createProviders({ config, fetch }),
    breaker: () => createBreaker({ db, settings }),
    callbacks: () => createCallbacks({ secrets: config.MEDIA_SIGNING_SECRET, appOrigin: config.APP_ORIGIN }),
  });
}
