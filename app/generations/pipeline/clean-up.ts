// The end of a generation's life (machine.ts): nothing is left behind, with us or with the provider.

import { lesserPromise } from '~/generations/privacy';
import type { Memo } from './effects';
import { ask, type MachineOptions, type Part, type Run, remember } from './run';

/** Tries to have the provider forget, over about a day. */
const mostCleanUps = 30;

/** It has ended, here or elsewhere: say so, then leave nothing behind, with us or with the provider. */
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
    // The mark comes last: as long as it is missing, the sweeper wakes whoever died or was left without an alarm.
    yield* ask({ kind: 'done' });
    yield* ask({
      kind: 'cleaned',
      forgotten: tasks.length > 0 ? 'unreachable' : (forgotten ?? null),
      unanswered: unansweredIn(run),
    });
    return;
  }
  yield* remember(run, { cleanUps, tasks, forgotten });
  yield* ask({ kind: 'arm', at: run.clock() + cleanUpPause(cleanUps) });
}

const cleanUpPause = (cleanUps: number) => Math.min(3_600_000, 30_000 * 2 ** (cleanUps - 1));

/** Its row is gone, for the database was set back: what the provider still has of it is forgotten there, and all ends. */
export function* letGo({ clock }: MachineOptions, memo: Memo): Part<void> {
  const cleanUps = (memo.cleanUps ?? 0) + 1;
  const { tasks, forgotten } = yield* forget(memo, memo.provider ?? '', memo.tasks ?? []);
  if (tasks.length === 0 || cleanUps >= mostCleanUps) return yield* ask({ kind: 'done' });
  yield* ask({ kind: 'remember', memo: { ...memo, cleanUps, tasks, forgotten } });
  yield* ask({ kind: 'arm', at: clock() + cleanUpPause(cleanUps) });
}

/** The attempt whose answer never came, or null. */
function unansweredIn({ record: { providerTaskId, submitNonce }, memo: { accepted } }: Run): string | null {
  return providerTaskId === null && accepted?.nonce !== submitNonce ? submitNonce : null;
}

/** Has the provider stop and forget these tasks; answers those that it could not be asked about, and what came of the others. */
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
