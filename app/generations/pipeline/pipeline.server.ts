import type { Ledger } from '~/credits/ledger.server';
import type { Base } from '~/db/base';
import { createRunReports } from '~/db/run-reports.server';
import type { OpenPages } from '~/generations/open-pages.server';
import { lazy, lazyMembers } from '~/lazy';
import type { Breaker } from '~/providers/breaker.server';
import type { Callbacks } from '~/providers/callbacks.server';
import type { Providers } from '~/providers/registry.server';
import type { SettingsReader } from '~/settings/settings.server';
import { createSpending } from '../spending.server';
import { createAdmissionQueue } from './admission-queue.server';
import type { GenerationJobs } from './generation-jobs.server';
import { takeWebhook, type Webhook } from './hints.server';
import type { PictureSource } from './picture.server';
import { type PictureFetch, recordPictureFetch } from './picture-fetches.server';
import { type RunStorage, runGeneration } from './runner.server';
import { createSweep } from './sweep.server';

/** Dependencies of the front. */
export interface PipelineOptions {
  base: Pick<Base, 'db' | 'bucket' | 'clock' | 'newId'>;
  upstream: { providers: Providers; breaker: Pick<Breaker, 'note' | 'resting'>; callbacks: Callbacks };
  pictures: PictureSource;
  pages: Pick<OpenPages, 'clips' | 'live'> & { ledger: Pick<Ledger, 'balance'> };
  generationJobs: GenerationJobs<'start' | 'nudge' | 'hint'>;
  settings: SettingsReader;
}

/** The front for the way of generations from `queued` to their end: runs of the machine, and what wakes them. */
export function createPipeline({ base, upstream, pictures, pages, generationJobs, settings }: PipelineOptions) {
  const { db, bucket, clock } = base;
  const admissionQueue = lazy(() => createAdmissionQueue({ db, generationJobs, settings, clock }));
  const openPages = pages;
  return lazyMembers(
    {
      admissionQueue,
      sweep: () => createSweep({ db, bucket, generationJobs, openPages, admissionQueue: admissionQueue() }),
      spending: () => createSpending({ db, providers: upstream.providers, reports: createRunReports({ db, clock }) }),
    },
    {
      /** One run of a generation's machine, from its present state to its next wait. */
      run: (run: { generationId: string; storage: RunStorage }) =>
        runGeneration({ base, upstream, pictures, openPages, settings, admissionQueue: admissionQueue() }, run),

      /** Checks a provider's webhook and wakes the generation it is about. A repeated webhook changes nothing. */
      takeWebhook: (webhook: Webhook) => takeWebhook({ db, generationJobs, ...upstream, clock }, webhook),

      /** Records that a provider fetched a picture. */
      recordPictureFetch: (fetched: Omit<PictureFetch, 'now'>) => recordPictureFetch(db, { ...fetched, now: clock() }),
    },
  );
}
