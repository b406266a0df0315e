// Whether a task can still be stopped, as its provider tells it at that moment.
import type { CanStop, VideoProvider } from './video-provider';

/** The longest wait for the answer: a person has pressed a button. */
const mostMilliseconds = 8_000;

/**
 * `at-work`: the task waits or runs, and can be stopped. `ended`: it has ended, or is gone. `cannot`: it runs, and this provider
 * stops only what waits. `no-answer`: the provider did not say in time.
 */
export type AtWork = 'at-work' | 'ended' | 'cannot' | 'no-answer';

/** Reads the task once. Runway deletes a finished task with its film where it is asked to stop it, so it is asked first. */
export async function findAtWork(
  provider: Pick<VideoProvider, 'poll'> | null,
  { taskId, canStop }: { taskId: string; canStop: CanStop },
): Promise<AtWork> {
  if (canStop === 'never') return 'cannot';
  if (!provider) return 'no-answer';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, mostMilliseconds, null);
  });
  const answer = await Promise.race([provider.poll(taskId), late]).finally(() => clearTimeout(timer));
  if (!answer) return 'no-answer';
  if (answer.outcome === 'gone') return 'ended';
  // A finished task whose film is missing.
  if (answer.outcome === 'unreachable') return answer.error.kind === 'bad-output' ? 'ended' : 'no-answer';
  const { status } = answer.state;
  if (status !== 'queued' && status !== 'running') return 'ended';
  return status === 'running' && canStop === 'queued' ? 'cannot' : 'at-work';
}
