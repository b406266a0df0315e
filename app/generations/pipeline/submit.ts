// The part of the machine that sends a generation to its provider, at most once for each attempt that may have arrived.
import type { FailureKind } from '~/providers/video-provider';
import type { Memo } from './effects';
import { firstPollSeconds } from './polling';
import { ask, fail, moveElsewhere, nextPoll, type Part, type Run, remember, restsUntil, whyElsewhere } from './run';

/** How long an unanswered submit may still be found accepted before the next attempt. */
const unknownMilliseconds = 60_000;
/** Attempts of one generation that may reach the provider. */
const mostSubmits = 3;

/** Refusals that allow the same attempt later, if the provider also says when. */
const mayComeBack: Partial<Record<FailureKind, boolean>> = { quota: true, retryable: true };

/** In `submitting`: makes an attempt, or waits for the answer to the open one. Returns when to run again, or null. */
export function* submitting(run: Run): Part<number | null> {
  return run.record.submitNonce === null ? yield* submit(run) : yield* awaitAnswer(run, run.record.submitNonce);
}

function* submit(run: Run): Part<number | null> {
  const { submits, submitNonce: previous, providerStatus } = run.record;
  const free = previous === null && providerStatus === 'held-back' && submits > 0;
  if (free && (run.memo.nextPollAt ?? 0) > run.clock()) return run.memo.nextPollAt ?? null;
  if (!free && submits >= mostSubmits) return yield* fail(run, 'lost', null);
  const moved = whyElsewhere(run) === null ? null : yield* moveElsewhere(run, null);
  if (moved !== null) return moved;
  if (run.record.state !== 'submitting') return null;
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
      run.record = yield* ask({
        kind: 'note-unknown',
        nonce,
        detail: answer.error.message,
        answered: answer.error.httpStatus !== undefined,
      });
      return run.record.stateAt + unknownMilliseconds;
    case 'refused': {
      const { kind, message, retryAfterSeconds } = answer.error;
      if (retryAfterSeconds === undefined || !mayComeBack[kind]) {
        const refused = { nonce, kind, message };
        yield* remember(run, { refused });
        return yield* refuse(run, refused);
      }
      // The provider took nothing and says when to come back: the attempt does not count, but the deadline does.
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

/** With an open attempt: uses the answer kept in the memo, waits for a while, then counts the attempt as lost. */
function* awaitAnswer(run: Run, nonce: string): Part<number | null> {
  const { accepted, refused } = run.memo;
  if (accepted?.nonce === nonce) return yield* bind(run, nonce, accepted.taskId);
  if (refused?.nonce === nonce) return yield* refuse(run, refused);
  const until = run.record.stateAt + unknownMilliseconds;
  return run.clock() < until ? until : yield* submit(run);
}

/** The provider refused the attempt for good: what it declined is never sent again. An empty account is no such refusal. */
function* refuse(run: Run, { nonce, kind, message }: NonNullable<Memo['refused']>): Part<number | null> {
  if (kind === 'out-of-funds' && run.record.submits < mostSubmits) {
    const moved = yield* moveElsewhere(run, nonce);
    if (moved !== null) return moved;
    if (run.record.submitNonce !== nonce) return null;
  }
  return yield* fail(run, kind, message, { refused: nonce });
}

function* bind(run: Run, nonce: string, taskId: string): Part<number | null> {
  run.record = yield* ask({ kind: 'bind', nonce, taskId });
  if (run.record.providerTaskId !== taskId) return null;
  yield* remember(run, nextPoll(run, firstPollSeconds(yield* ask({ kind: 'waits' }))));
  yield* ask({ kind: 'publish', balance: false });
  return null;
}
