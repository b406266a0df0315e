// The life of a generation as a pure generator of effects: it decides, somebody else acts. The Durable Object and the
// fault simulator run this same code, so what is proven there holds here. Each run begins by reading the database, so
// a run may stop after any effect, or be repeated, and the next one goes on from what is true.

import type { FailureReason } from '~/providers/failure-messages';
import type { FailureKind, PollOutcome, ProviderFailure } from '~/providers/video-provider';
import { cleanUp, forget, letGo } from './clean-up';
import type { Effect, Memo } from './effects';
import { firstPollSeconds } from './polling';
import { ask, type MachineOptions, nextPoll, type Part, type Run, remember, restsUntil } from './run';
import { isOpen } from './states';

/** Until the real next alarm is known, a dead run is taken up again after this time. */
export const safetyMilliseconds = 15_000;
/** How long an unanswered submit may still turn up before it is made again. */
const unknownMilliseconds = 60_000;
/** Requests that may reach the provider for one generation, whatever happens. */
const mostSubmits = 3;
const mostBadCopies = 3;
/** Who waits in line asks again after this time, twice as long at most: usually it is called before. */
const waitMilliseconds = 60_000;

/** One run: from the state it finds to the next wait, or to the end. */
export function* generationLife(options: MachineOptions): Part<void> {
  const { clock } = options;
  yield* ask({ kind: 'arm', at: clock() + safetyMilliseconds });
  const { record, memo, minPollSeconds } = yield* ask({ kind: 'read' });
  if (!record) return yield* letGo(options, memo);
  const run: Run = { ...options, record, memo, minPollSeconds, outputUrl: null };
  while (isOpen(run.record.state)) {
    const wait = clock() >= run.record.deadlineAt ? yield* fail(run, 'deadline', null) : yield* advance(run);
    if (wait !== null) return yield* ask({ kind: 'arm', at: Math.min(wait, run.record.deadlineAt) });
  }
  yield* cleanUp(run);
}

/** One step from the present state: null to go on at once, or the moment to wait for. */
function* advance(run: Run): Part<number | null> {
  switch (run.record.state) {
    case 'queued':
      return yield* enter(run);
    case 'submitting':
      return run.record.submitNonce === null ? yield* submit(run) : yield* awaitAnswer(run, run.record.submitNonce);
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

/** In line for a place at the provider: in it goes, or it waits until it is called, asking now and then for itself. */
function* enter(run: Run): Part<number | null> {
  const { providerStatus } = run.record;
  run.record = yield* ask({ kind: 'begin' });
  const isWaiting = run.record.state === 'queued';
  if (!isWaiting || run.record.providerStatus !== providerStatus) yield* ask({ kind: 'publish', balance: false });
  if (!isWaiting) return null;
  const resting = restsUntil(run);
  if (resting !== null) return resting;
  // Those before it may never have heard that there is a place: whoever has to wait for them calls them.
  yield* ask({ kind: 'wake-next' });
  return run.clock() + waitMilliseconds * (1 + run.random());
}

function* submit(run: Run): Part<number | null> {
  const { submits, submitNonce: previous, providerStatus } = run.record;
  const free = previous === null && providerStatus === 'held-back' && submits > 0;
  if (free && (run.memo.nextPollAt ?? 0) > run.clock()) return run.memo.nextPollAt ?? null;
  if (!free && submits >= mostSubmits) return yield* fail(run, 'lost', null);
  const resting = restsUntil(run);
  if (resting !== null) return resting;
  const nonce = run.newNonce();
  const picture = yield* ask({ kind: 'picture', nonce });
  if (picture.outcome !== 'ok') return yield* fail(run, `photo-${picture.outcome}`, null);
  const carried = picture.image.kind === 'bytes';
  run.record = yield* ask({ kind: 'record-attempt', nonce, previous, free, carried });
  if (run.record.submitNonce !== nonce) return null;
  const answer = yield* ask({ kind: 'submit', nonce, image: picture.image });
  switch (answer.outcome) {
    case 'accepted':
      yield* remember(run, {
        provider: run.record.provider,
        accepted: { nonce, taskId: answer.taskId },
        tasks: [...(run.memo.tasks ?? []), answer.taskId],
      });
      return yield* bind(run, nonce, answer.taskId);
    case 'unknown':
      run.record = yield* ask({ kind: 'note-unknown', nonce, detail: answer.error.message });
      return run.record.stateAt + unknownMilliseconds;
    case 'refused': {
      const { kind, message, retryAfterSeconds } = answer.error;
      if (retryAfterSeconds === undefined || !mayComeBack[kind]) {
        const refused = { nonce, kind, message };
        yield* remember(run, { refused });
        return yield* refuse(run, refused);
      }
      // The provider took nothing and says when to come back: the attempt does not count, the deadline still does.
      run.record = yield* ask({ kind: 'hold-back', nonce, detail: message });
      const seconds = Math.min(300, Math.max(30, retryAfterSeconds)) * (1 + run.random() / 5);
      yield* remember(run, { nextPollAt: run.clock() + seconds * 1000 });
      yield* ask({ kind: 'publish', balance: false });
      return run.memo.nextPollAt ?? null;
    }
    default:
      return answer satisfies never;
  }
}

/** An attempt stands open: its task is known after all, or may still turn up, or counts as lost. */
function* awaitAnswer(run: Run, nonce: string): Part<number | null> {
  const { accepted, refused } = run.memo;
  if (accepted?.nonce === nonce) return yield* bind(run, nonce, accepted.taskId);
  if (refused?.nonce === nonce) return yield* refuse(run, refused);
  const until = run.record.stateAt + unknownMilliseconds;
  return run.clock() < until ? until : yield* submit(run);
}

/** It was surely not taken, and never will be: nothing that was declined is sent again. */
function* refuse(run: Run, { nonce, kind, message }: NonNullable<Memo['refused']>): Part<null> {
  return yield* fail(run, kind, message, { refused: nonce });
}

function* bind(run: Run, nonce: string, taskId: string): Part<number | null> {
  run.record = yield* ask({ kind: 'bind', nonce, taskId });
  if (run.record.providerTaskId !== taskId) return null;
  yield* remember(run, nextPoll(run, firstPollSeconds(yield* ask({ kind: 'waits' }))));
  yield* ask({ kind: 'publish', balance: false });
  return null;
}

/** Asks the provider, never more often than it allows: the next moment is written down before the question. */
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

function* watch(run: Run): Part<number | null> {
  const taskId = run.record.providerTaskId;
  if (taskId === null) return yield* fail(run, 'unknown', 'generating without a task');
  const polled = yield* poll(run, taskId);
  if ('wait' in polled) return polled.wait;
  const { answer } = polled;
  if (answer.outcome === 'unreachable') return yield* askLater(run, answer.error);
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
      const detail = code ? `${code}: ${message}` : message;
      // Once, and only where the fault is not in the picture or the words. Nothing moderated is ever sent again.
      if (!mayRetry[kind] || run.record.submits > 1)
        return yield* fail(run, kind, detail, { costCents: state.costCents });
      run.record = yield* ask({ kind: 'retry', taskId, detail });
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

/** The question had no answer, or one that cannot be: finished, and no film. That may be the moment; three times it is not. */
function* askLater(run: Run, { kind, message }: ProviderFailure): Part<number | null> {
  if (kind === 'bad-output') {
    const badCopies = (run.memo.badCopies ?? 0) + 1;
    if (badCopies >= mostBadCopies) return yield* fail(run, kind, message);
    yield* remember(run, { badCopies });
  }
  return run.memo.nextPollAt ?? null;
}

/** The provider has nothing of it any more. A video that was stored before, and only not written down, is the clip. */
function* withoutProvider(run: Run, taskId: string, detail: string): Part<null> {
  const stored = yield* ask({ kind: 'find-media' });
  if (!stored) return yield* fail(run, 'not-found', detail);
  if (run.record.state === 'generating') run.record = yield* ask({ kind: 'finish', taskId, costCents: null });
  run.record = yield* ask({ kind: 'commit', taskId, bytes: stored.bytes });
  yield* ask({ kind: 'wake-next' });
  return null;
}

/** Refusals that say when to come back: the attempt does not count. */
const mayComeBack: Partial<Record<FailureKind, boolean>> = { quota: true, retryable: true };
const mayRetry: Record<FailureKind, boolean> = {
  retryable: true,
  'bad-output': true,
  unknown: true,
  moderated: false,
  'invalid-input': false,
  quota: false,
  auth: false,
  'not-found': false,
};

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

/** Copies the finished video with an address minted in this very run, then makes it the clip's. */
function* copy(run: Run): Part<number | null> {
  const taskId = run.record.providerTaskId;
  if (taskId === null) return yield* fail(run, 'unknown', 'copying without a task');
  if (run.outputUrl === null) {
    const polled = yield* poll(run, taskId);
    if ('wait' in polled) return polled.wait;
    if (polled.answer.outcome === 'unreachable') return yield* askLater(run, polled.answer.error);
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

function* fail(
  run: Run,
  reason: FailureReason,
  detail: string | null,
  known: { costCents?: number | null; refused?: string } = {},
): Part<null> {
  run.record = yield* ask({ kind: 'fail', reason, detail, costCents: null, refused: null, ...known });
  return null;
}

/** Runs a life with somebody who acts. An exception ends the run where it is; the armed alarm takes it up again. */
export async function drive(life: Part<void>, perform: (effect: Effect) => Promise<unknown>): Promise<void> {
  let step = life.next();
  while (!step.done) step = life.next(await perform(step.value));
}
