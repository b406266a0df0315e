// The machine: a pure generator that decides each next step of a generation and yields effects, which a runner performs.
// The Durable Object and the fault simulator run the same code. Each run begins by reading the database, so a run may
// stop after any effect or be repeated, and the next run continues from the stored state.
import type { FailureKind, PollOutcome, ProviderFailure } from '~/providers/video-provider';
import { cleanUp, forget, letGo } from './clean-up';
import type { Effect } from './effects';
import {
  ask,
  fail,
  lackOfMoney,
  type MachineOptions,
  moveElsewhere,
  nextPoll,
  type Part,
  type Run,
  remember,
  restsUntil,
  waitMilliseconds,
  whyElsewhere,
} from './run';
import { isOpen } from './states';
import { submitting } from './submit';

/** When the alarm rings again after a run that died before it armed its next one. */
export const safetyMilliseconds = 15_000;
/** Copies, or finished tasks without a video, until the generation fails. */
const mostBadCopies = 3;

/** One run, from the stored state to the next wait or to the end. */
export function* generationLife(options: MachineOptions): Part<void> {
  const { clock } = options;
  yield* ask({ kind: 'arm', at: clock() + safetyMilliseconds });
  const { record, memo, minPollSeconds } = yield* ask({ kind: 'read' });
  if (!record) return yield* letGo(options, memo);
  const run: Run = { ...options, record, memo, minPollSeconds, outputUrl: null };
  while (isOpen(run.record.state)) {
    const wait = clock() >= run.record.deadlineAt ? yield* fail(run, overdueReason(run), null) : yield* advance(run);
    if (wait !== null) return yield* ask({ kind: 'arm', at: Math.min(wait, run.record.deadlineAt) });
  }
  yield* cleanUp(run);
}

/** Why it did not come in time: what never reached a provider for want of money says so. */
function overdueReason(run: Run): 'deadline' | 'out-of-funds' | 'budget' {
  const { state } = run.record;
  return state === 'queued' || state === 'submitting' ? (lackOfMoney(run) ?? 'deadline') : 'deadline';
}

/** One step from the present state. Returns null to go on at once, or the moment (ms) to wait for. */
function* advance(run: Run): Part<number | null> {
  switch (run.record.state) {
    case 'queued':
      return yield* enter(run);
    case 'submitting':
      return yield* submitting(run);
    case 'generating':
      return yield* watch(run);
    case 'copying':
      return yield* copy(run);
    case 'ready':
    case 'failed':
    case 'canceled':
      return null;
    default:
      return run.record.state satisfies never;
  }
}

/** In `queued`: takes a slot at the provider, or waits to be woken and looks again now and then. */
function* enter(run: Run): Part<number | null> {
  const { providerStatus } = run.record;
  run.record = yield* ask({ kind: 'begin' });
  const isWaiting = run.record.state === 'queued';
  if (!isWaiting || run.record.providerStatus !== providerStatus) yield* ask({ kind: 'publish', balance: false });
  if (!isWaiting) return null;
  const moved = whyElsewhere(run) === null ? null : yield* moveElsewhere(run, null);
  if (moved !== null) return moved;
  if (run.record.state !== 'queued') return null;
  const resting = restsUntil(run);
  if (resting !== null) return resting;
  // Earlier generations may have missed their wake-up, so wake the head of the queue.
  yield* ask({ kind: 'wake-next' });
  return run.clock() + waitMilliseconds * (1 + run.random());
}

/** Polls the provider, never more often than it allows: the next moment is stored before the poll. */
function* poll(run: Run, taskId: string): Part<{ wait: number } | { answer: PollOutcome }> {
  const due = run.memo.nextPollAt;
  if (due !== undefined && run.clock() < due) return { wait: due };
  yield* remember(run, nextPoll(run));
  const answer = yield* ask({ kind: 'poll', taskId });
  if (answer.outcome === 'unreachable' && answer.error.retryAfterSeconds !== undefined) {
    const later = run.clock() + answer.error.retryAfterSeconds * 1000;
    const nextPollAt = Math.max(later, run.memo.nextPollAt ?? 0);
    yield* remember(run, { nextPollAt, earliestPollAt: nextPollAt });
  }
  return { answer };
}

/** In `generating`: polls the task and acts on its state. */
function* watch(run: Run): Part<number | null> {
  const taskId = run.record.providerTaskId;
  if (taskId === null) return yield* fail(run, 'unknown', 'generating without a task');
  const polled = yield* poll(run, taskId);
  if ('wait' in polled) return polled.wait;
  const { answer } = polled;
  if (answer.outcome === 'unreachable') return yield* pollLater(run, answer.error);
  if (answer.outcome === 'gone') return yield* withoutProvider(run, taskId, 'the provider knows no such task');
  const { state } = answer;
  switch (state.status) {
    case 'queued':
      yield* progress(run, taskId, state.throttled ? 'throttled' : 'queued', null);
      return run.memo.nextPollAt ?? null;
    case 'running':
      yield* progress(run, taskId, 'running', state.progress);
      return run.memo.nextPollAt ?? null;
    case 'succeeded':
      run.outputUrl = state.outputUrl;
      run.record = yield* ask({ kind: 'finish', taskId, costCents: state.costCents });
      yield* ask({ kind: 'publish', balance: false });
      yield* ask({ kind: 'wake-next' });
      return null;
    case 'failed': {
      const { kind, code, message } = state.error;
      const { costCents, isEstimate } = state;
      const detail = code ? `${code}: ${message}` : message;
      // One retry, and none where the picture or the words are the fault: what was moderated is never sent again.
      if (!mayRetry[kind] || run.record.submits > 1) return yield* fail(run, kind, detail, { costCents, isEstimate });
      run.record = yield* ask({ kind: 'retry', taskId, detail, costCents, isEstimate });
      yield* remember(run, yield* forget(run.memo, run.record.provider, run.memo.tasks ?? [taskId]));
      yield* ask({ kind: 'publish', balance: false });
      return null;
    }
    case 'canceled':
      return yield* fail(run, 'not-found', 'the provider ended the task');
    default:
      return state satisfies never;
  }
}

/** The poll failed, or the task is finished without a video, which counts as a bad copy. */
function* pollLater(run: Run, { kind, message }: ProviderFailure): Part<number | null> {
  if (kind === 'bad-output') {
    const badCopies = (run.memo.badCopies ?? 0) + 1;
    if (badCopies >= mostBadCopies) return yield* fail(run, kind, message);
    yield* remember(run, { badCopies });
  }
  return run.memo.nextPollAt ?? null;
}

/** The provider no longer knows the task. A video that is in R2 already, with only its commit missing, is the clip. */
function* withoutProvider(run: Run, taskId: string, detail: string): Part<null> {
  const stored = yield* ask({ kind: 'find-media' });
  if (!stored) return yield* fail(run, 'not-found', detail);
  if (run.record.state === 'generating') run.record = yield* ask({ kind: 'finish', taskId, costCents: null });
  run.record = yield* ask({ kind: 'commit', taskId, bytes: stored.bytes });
  yield* ask({ kind: 'wake-next' });
  return null;
}

/** Failures of a task after which a second attempt may succeed. */
const mayRetry: Record<FailureKind, boolean> = {
  retryable: true,
  'bad-output': true,
  unknown: true,
  moderated: false,
  'invalid-input': false,
  quota: false,
  'out-of-funds': false,
  auth: false,
  'not-found': false,
};

/** Stores and publishes the progress where it has changed by a hundredth. */
function* progress(
  run: Run,
  taskId: string,
  status: 'queued' | 'throttled' | 'running',
  value: number | null,
): Part<void> {
  const { providerStatus, progress: before } = run.record;
  const moved = Math.abs((value ?? 0) - (before ?? 0)) >= 0.01;
  if (providerStatus === status && !moved) return;
  run.record = yield* ask({ kind: 'progress', taskId, status, progress: value });
  yield* ask({ kind: 'publish', balance: false });
}

/** In `copying`: copies the video into R2, from a URL polled in this run since such URLs expire, and commits it. */
function* copy(run: Run): Part<number | null> {
  const taskId = run.record.providerTaskId;
  if (taskId === null) return yield* fail(run, 'unknown', 'copying without a task');
  if (run.outputUrl === null) {
    const polled = yield* poll(run, taskId);
    if ('wait' in polled) return polled.wait;
    if (polled.answer.outcome === 'unreachable') return yield* pollLater(run, polled.answer.error);
    if (polled.answer.outcome === 'gone' || polled.answer.state.status !== 'succeeded')
      return yield* withoutProvider(run, taskId, 'the finished video is no longer there');
    run.outputUrl = polled.answer.state.outputUrl;
  }
  const copied = yield* ask({ kind: 'copy', url: run.outputUrl });
  run.outputUrl = null;
  if (copied.outcome === 'stored') {
    run.record = yield* ask({ kind: 'commit', taskId, bytes: copied.bytes });
    return null;
  }
  const copies = (run.memo.copies ?? 0) + 1;
  const badCopies = (run.memo.badCopies ?? 0) + (copied.outcome === 'bad' ? 1 : 0);
  if (copied.outcome === 'bad' && badCopies >= mostBadCopies) return yield* fail(run, 'bad-output', copied.detail);
  const later = run.clock() + Math.min(60_000, run.minPollSeconds * 1000 * 2 ** (copies - 1));
  yield* remember(run, { copies, badCopies, nextPollAt: Math.max(later, run.memo.nextPollAt ?? 0) });
  return run.memo.nextPollAt ?? null;
}

/** Runs the machine with `perform` as its runner. An exception ends the run; the armed alarm starts the next one. */
export async function drive(life: Part<void>, perform: (effect: Effect) => Promise<unknown>): Promise<void> {
  let step = life.next();
  while (!step.done) step = life.next(await perform(step.value));
}
