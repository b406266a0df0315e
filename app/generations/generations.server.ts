import type { Ledger } from '~/credits/ledger.server';
import type { Base } from '~/db/base';
import { lazy, lazyMembers } from '~/lazy';
import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import type { SettingsReader } from '~/settings/settings.server';
import { createFeedback } from './feedback.server';
import { createGenerationHistory } from './generation-history.server';
import { findOffers, type OffersRequest } from './offers.server';
import type { OpenPages } from './open-pages.server';
import type { GenerationJobs } from './pipeline/generation-jobs.server';
import { createStart, type StartManyRequest, type StartRequest } from './start.server';
import { createStop, type FailRequest, type StopRequest } from './stop.server';

/** Dependencies of the front. `wakeUps`: the queue and the objects that a start or stop wakes. */
export interface GenerationsOptions {
  base: Pick<Base, 'db' | 'clock' | 'newId'>;
  upstream: { providers: Pick<Providers, 'choose' | 'find'>; breaker: Pick<Breaker, 'resting'> };
  wakeUps: {
    queue: { send(message: { generationId: string; requestId: string | null }): Promise<unknown> };
    generationJobs: GenerationJobs<'nudge' | 'hint'>;
  };
  pages: Pick<OpenPages, 'clips' | 'live'>;
  ledger: Pick<Ledger, 'balance'>;
  settings: SettingsReader;
}

/**
 * The front for paid generations: starts, stops, offers, history and feedback. Each call names the owner, and a clip or
 * generation of another person does not exist for it.
 */
export function createGenerations({ base, upstream, wakeUps, pages, ledger, settings }: GenerationsOptions) {
  const { db, clock } = base;
  const openPages = { ...pages, ledger };
  const starts = lazy(() => createStart({ base, upstream, queue: wakeUps.queue, openPages, settings }));
  const stops = lazy(() =>
    createStop({ db, providers: upstream.providers, generationJobs: wakeUps.generationJobs, openPages, clock }),
  );
  const history = lazy(() => createGenerationHistory({ db, clock }));
  const start = (request: StartRequest) => starts().start(request);

  return lazyMembers(
    { feedback: () => createFeedback({ db, settings, start, clock }) },
    {
      start,
      startMany: (request: StartManyRequest) => starts().startMany(request),
      cancel: (request: StopRequest) => stops().cancel(request),
      cancelProject: (owned: { userId: string; projectId: string }) => stops().cancelProject(owned),
      fail: (request: FailRequest) => stops().fail(request),
      offers: (request: OffersRequest) => findOffers({ db, upstream, settings, clock }, request),
      timeline: (owned: { userId: string; generationId: string }) => history().timeline(owned),
      privacy: (owned: { userId: string; clipId: string }) => history().privacy(owned),
    },
  );
}

export type Generations = ReturnType<typeof createGenerations>;
