import type { Clock } from '~/db/ids';
import type { generations } from '~/db/schema.server';
import { log } from '~/log';
import { videoKey } from '~/media/keys';
import { type Noted, newsOfPoll, newsOfSilence, newsOfSubmit, type ProviderNews } from '~/providers/breaker';
import type { Callbacks } from '~/providers/callbacks.server';
import type {
  CancelOutcome,
  PollOutcome,
  ProviderFailure,
  SubmitOutcome,
  SubmitRequest,
  TaskState,
  VideoProvider,
} from '~/providers/video-provider';
import type { SettingsReader } from '~/settings/settings.server';
import { copyOutput } from './copy.server';
import { pollDelaySeconds } from './polling';

/** What a generation was asked for; never changes but for its state. */
export type Order = typeof generations.$inferSelect & {
  projectId: string;
  photoId: string;
  restingUntil: number | null;
};

const notSetUp: ProviderFailure = { kind: 'auth', code: null, message: 'the provider is not set up' };
const unset: SubmitOutcome = { outcome: 'refused', error: notSetUp };
const unreachable: PollOutcome = { outcome: 'unreachable', error: notSetUp };

/**
 * Asks the provider of one try, as it was read at the beginning of a run; null where it is no longer set up. Every call
 * is logged, and `news` gathers what it says about the provider, to be noted when nothing waits for it any more.
 */
export function createProviderCalls({
  order,
  provider,
  news,
  bucket,
  settings,
  callbacks,
  clock,
}: {
  order: Order;
  provider: VideoProvider | null;
  news: Noted[];
  bucket: R2Bucket;
  settings: SettingsReader;
  callbacks: Pick<Callbacks, 'addressOf'>;
  clock: Clock;
}) {
  const { id, userId, model, prompt, durationSeconds, shape, stateAt } = order;

  /** Calls the provider and says in the log how long it took and what came of it. */
  async function call<Result extends { outcome: string; error?: ProviderFailure; detail?: string; state?: TaskState }>(
    name: string,
    work: (provider: VideoProvider) => Promise<Result>,
    otherwise: Result,
  ): Promise<Result> {
    const began = clock();
    const answer = provider ? await work(provider) : otherwise;
    const failure = answer.state?.status === 'failed' ? answer.state.error : undefined;
    const { error = failure, detail = error && `${error.kind} ${error.code ?? ''}: ${error.message}` } = answer;
    log({
      event: 'provider-call',
      generationId: id,
      provider: order.provider,
      call: name,
      outcome: answer.outcome,
      milliseconds: clock() - began,
      ...(answer.state && { state: answer.state.status }),
      ...(error?.httpStatus === undefined ? {} : { status: error.httpStatus }),
      ...(detail === undefined ? {} : { detail }),
    });
    return answer;
  }

  function hear(heard: ProviderNews | null, since: number, retryAfterSeconds?: number): void {
    if (heard && provider) news.push({ provider: provider.id, news: heard, since, now: clock(), retryAfterSeconds });
  }

  /** From a question to the soonest next one, in ms since the film was ordered. */
  function untilNextPoll(since: number): { from: number; to: number } {
    const from = since - stateAt;
    const minPollSeconds = provider?.minPollSeconds ?? 0;
    const gapSeconds = pollDelaySeconds({ ageSeconds: from / 1000, minPollSeconds, random: () => 0 });
    return { from, to: Math.max(from + gapSeconds * 1000, clock() - stateAt) };
  }

  return {
    async submit(image: SubmitRequest['image']): Promise<SubmitOutcome> {
      const since = clock();
      const webhookUrl = callbacks.addressOf({ provider: order.provider, generationId: id });
      const request = { model, image, prompt, durationSeconds, shape, webhookUrl };
      const answer = await call('submit', (asked) => asked.submit(request), unset);
      hear(newsOfSubmit(answer), since, answer.outcome === 'refused' ? answer.error.retryAfterSeconds : undefined);
      return answer;
    },

    async poll(taskId: string): Promise<PollOutcome> {
      const since = clock();
      const answer = await call('poll', (asked) => asked.poll(taskId), unreachable);
      const turned = await settings.read();
      // A film that is being copied was heard of before.
      if (order.state !== 'generating') return answer;
      if (answer.outcome === 'unreachable') hear(newsOfSilence(answer, untilNextPoll(since), turned), since);
      else hear(newsOfPoll(answer, clock() - stateAt, turned.breakerSlowSeconds), stateAt);
      return answer;
    },

    /** Time is up; if the film is still with the provider, that says something about it. */
    hearOfDeadline(): void {
      if (order.state === 'generating') hear('slow', stateAt);
    },

    copy(url: string) {
      const key = videoKey({ userId, id });
      const otherwise = { outcome: 'unreachable' as const, detail: notSetUp.message };
      return call('copy', (asked) => copyOutput({ bucket, provider: asked, url, key }), otherwise);
    },

    async cancel(taskId: string): Promise<CancelOutcome> {
      type Canceled = { outcome: CancelOutcome };
      const work = async (asked: VideoProvider): Promise<Canceled> => ({ outcome: await asked.cancel(taskId) });
      // Where nobody is asked, nothing is known: least of all that it is gone there.
      return (await call<Canceled>('cancel', work, { outcome: 'unreachable' })).outcome;
    },
  };
}
