import type { Base } from '~/db/base';
import type { generations } from '~/db/schema.server';
import { log } from '~/log';
import { videoKey } from '~/media/keys';
import {
  type ProviderSignal,
  type SignalKind,
  signalOfPoll,
  signalOfSubmit,
  signalOfUnreachable,
} from '~/providers/breaker';
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

/** A generation's row as it was read at the beginning of a run, with its project, photo and the pause of its provider. */
export type LoadedGeneration = typeof generations.$inferSelect & {
  projectId: string;
  photoId: string;
  restingUntil: number | null;
  restingReason: string | null;
  budgetUntil: number | null;
};

const notSetUp: ProviderFailure = { kind: 'auth', code: null, message: 'the provider is not set up' };
const refusedUnset: SubmitOutcome = { outcome: 'refused', error: notSetUp };
const unreachableUnset: PollOutcome = { outcome: 'unreachable', error: notSetUp };

/**
 * The calls of one run to the generation's provider, which is null where it is no longer set up. Every call is logged.
 * `signals` gathers what the calls say about the provider, for its breaker.
 */
export function createProviderCalls({
  generation,
  provider,
  signals,
  callbacks,
  settings,
  base: { bucket, clock },
}: {
  generation: LoadedGeneration;
  provider: VideoProvider | null;
  signals: ProviderSignal[];
  callbacks: Pick<Callbacks, 'addressOf'>;
  settings: SettingsReader;
  base: Pick<Base, 'bucket' | 'clock'>;
}) {
  const { id, userId, model, prompt, durationSeconds, shape, stateAt } = generation;

  /** Makes one call and logs its outcome and duration; `otherwise` is the result without a provider. */
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
      provider: generation.provider,
      call: name,
      outcome: answer.outcome,
      milliseconds: clock() - began,
      ...(answer.state && { state: answer.state.status }),
      ...(error?.httpStatus === undefined ? {} : { status: error.httpStatus }),
      ...(detail === undefined ? {} : { detail }),
    });
    return answer;
  }

  /** Where the provider does not tell what a failed task cost, what it charges for such a failure decides. */
  function withCost(answer: PollOutcome): PollOutcome {
    if (answer.outcome !== 'state' || answer.state.status !== 'failed' || answer.state.costCents !== null)
      return answer;
    if (provider === null || provider.charges.includes(answer.state.error.kind)) return answer;
    return { outcome: 'state', state: { ...answer.state, costCents: 0, isEstimate: true } };
  }

  function gather(kind: SignalKind | null, since: number, retryAfterSeconds?: number): void {
    if (kind && provider) signals.push({ provider: provider.id, kind, since, now: clock(), retryAfterSeconds });
  }

  /** From this poll to the soonest next one, in ms since the provider took the task. */
  function untilNextPoll(since: number): { from: number; to: number } {
    const from = since - stateAt;
    const minPollSeconds = provider?.minPollSeconds ?? 0;
    const gapSeconds = pollDelaySeconds({ ageSeconds: from / 1000, minPollSeconds, random: () => 0 });
    return { from, to: Math.max(from + gapSeconds * 1000, clock() - stateAt) };
  }

  return {
    async submit(image: SubmitRequest['image']): Promise<SubmitOutcome> {
      const since = clock();
      const webhookUrl = callbacks.addressOf({ provider: generation.provider, generationId: id });
      const request = { model, image, prompt, durationSeconds, shape, webhookUrl };
      const answer = await call('submit', (asked) => asked.submit(request), refusedUnset);
      gather(signalOfSubmit(answer), since, answer.outcome === 'refused' ? answer.error.retryAfterSeconds : undefined);
      return answer;
    },

    async poll(taskId: string): Promise<PollOutcome> {
      const since = clock();
      const answer = withCost(await call('poll', (asked) => asked.poll(taskId), unreachableUnset));
      const limits = await settings.read();
      // While copying, the signal of the finished task was gathered by an earlier run.
      if (generation.state !== 'generating') return answer;
      if (answer.outcome === 'unreachable') gather(signalOfUnreachable(answer, untilNextPoll(since), limits), since);
      else gather(signalOfPoll(answer, clock() - stateAt, limits.breakerSlowSeconds), stateAt);
      return answer;
    },

    /** The deadline has passed: a provider that still has the task is slow. */
    noteDeadline(): void {
      if (generation.state === 'generating') gather('slow', stateAt);
    },

    copy(url: string) {
      const key = videoKey({ userId, id });
      const otherwise = { outcome: 'unreachable' as const, detail: notSetUp.message };
      return call('copy', (asked) => copyOutput({ bucket, provider: asked, url, key }), otherwise);
    },

    async cancel(taskId: string): Promise<CancelOutcome> {
      type Canceled = { outcome: CancelOutcome };
      const work = async (asked: VideoProvider): Promise<Canceled> => ({ outcome: await asked.cancel(taskId) });
      // Without a provider to ask, the task must not count as deleted.
      return (await call<Canceled>('cancel', work, { outcome: 'unreachable' })).outcome;
    },
  };
}
