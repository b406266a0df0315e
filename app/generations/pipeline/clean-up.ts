// The last part of the machine: removes an ended generation's leftovers in R2 and at the provider.
import { lesserPromise } from '~/generations/privacy';
import type { Memo } from './effects';
import { ask, type MachineOptions, type Part, type Run, remember } from './run';

/** Attempts to have the provider forget its tasks, over about a day. */
const mostCleanUps = 30;

/** Publishes the end of a generation, then removes its leftovers until the provider has forgotten its tasks. */
export function* cleanUp(run: Run): Part<void> {
  if (run.record.cleanedAt !== null) return yield* ask({ kind: 'done' });
  yield* ask({ kind: 'publish', balance: true });
  yield* ask({ kind: 'delete-picture' });
  if (run.record.state !== 'ready') yield* ask({ kind: 'delete-media' });
  if (run.record.state !== 'ready' && run.memo.cleanUps === undefined) yield* ask({ kind: 'wake-next' });
  const { providerTaskId } = run.record;
  const asked = [...(run.memo.tasks ?? []), ...(providerTaskId === null ? [] : [providerTaskId])];
  const { tasks, forgotten } = yield* forget(run.memo, run.record.provider, asked);
  const cleanUps = (run.memo.cleanUps ?? 0) + 1;
  if (tasks.length === 0 || cleanUps >= mostCleanUps) {
    // `cleaned_at` is written last: until then the sweep wakes the generation if its object has died.
    yield* ask({ kind: 'done' });
    yield* ask({
      kind: 'cleaned',
      forgotten: tasks.length > 0 ? 'unreachable' : (forgotten ?? null),
      unanswered: unansweredIn(run),
    });
    return;
  }
  // With the provider: the row may be gone when the object runs again, after a restored backup.
  yield* remember(run, { cleanUps, tasks, forgotten, provider: run.record.provider });
  yield* ask({ kind: 'arm', at: run.clock() + cleanUpPause(cleanUps) });
}

const cleanUpPause = (cleanUps: number) => Math.min(3_600_000, 30_000 * 2 ** (cleanUps - 1));

/** Deletes the tasks at the provider of a generation without a row, as after a restored backup. */
export function* letGo({ clock }: MachineOptions, memo: Memo): Part<void> {
  const cleanUps = (memo.cleanUps ?? 0) + 1;
  const { tasks, forgotten } = yield* forget(memo, memo.provider ?? '', memo.tasks ?? []);
  if (tasks.length === 0 || cleanUps >= mostCleanUps) return yield* ask({ kind: 'done' });
  yield* ask({ kind: 'remember', memo: { ...memo, cleanUps, tasks, forgotten } });
  yield* ask({ kind: 'arm', at: clock() + cleanUpPause(cleanUps) });
}

/** The nonce of the attempt that was never answered, or null. */
function unansweredIn({ record: { providerTaskId, submitNonce }, memo: { accepted } }: Run): string | null {
  return providerTaskId === null && accepted?.nonce !== submitNonce ? submitNonce : null;
}

/** Asks the provider to stop and forget tasks. Returns those it could not be asked about, and the least it promised. */
export function* forget(
  memo: Memo,
  provider: string,
  taskIds: readonly string[],
): Part<Pick<Memo, 'forgotten'> & { tasks: string[] }> {
  const tasks: string[] = [];
  let { forgotten } = memo;
  for (const taskId of new Set(taskIds)) {
    const outcome = yield* ask({ kind: 'cancel-task', provider, taskId });
    if (outcome === 'unreachable') tasks.push(taskId);
    else forgotten = lesserPromise(forgotten, outcome);
  }
  return { tasks, forgotten };
}
