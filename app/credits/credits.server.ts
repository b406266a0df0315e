import type { Base } from '~/db/base';
import { createRunReports } from '~/db/run-reports.server';
import { lazy, lazyMembers } from '~/lazy';
import type { Live } from '~/live/channel.server';
import type { SettingsReader } from '~/settings/settings.server';
import { createAudit } from './audit.server';
import { createLedger } from './ledger.server';
import { createRewards } from './rewards.server';

/** Credits: the ledger, the rewards that are booked in it, and the nightly audit of it. */
export function createCredits({ base, live, settings }: { base: Base; live: Live; settings: SettingsReader }) {
  const { db, clock } = base;
  const ledger = lazy(() => createLedger({ db, clock }));
  return lazyMembers({
    ledger,
    rewards: () => createRewards({ db, ledger: ledger(), live, settings, clock }),
    audit: () => createAudit({ db, reports: createRunReports({ db, clock }) }),
  });
}

export type Credits = ReturnType<typeof createCredits>;
