import type { GenerationState } from '~/generations/pipeline/states';
import type { CanStop } from '~/providers/video-provider';

/**
 * The result of stopping one generation. `too-late`: it is in another state already, which `open` says may still end.
 * `cannot-be-stopped`: its provider cannot stop the task. `too-many-stops`: the person's stops of the day are used. After
 * either it goes on, and its clip arrives. `no-answer`: its provider did not say whether the task is still at work, so nothing
 * has changed.
 */
export type StopOutcome<Stopped extends string> =
  | { outcome: Stopped }
  | { outcome: 'too-late'; state: GenerationState; open: boolean }
  | { outcome: 'cannot-be-stopped' }
  | { outcome: 'too-many-stops' }
  | { outcome: 'no-answer' }
  | { outcome: 'not-found' };

/**
 * The result of stopping all open generations of a project. `sent`: canceled ones that a provider had already, which is
 * asked to stop too. `goesOn`: those that can no longer be stopped. `tooLate`: those that were finished first. `credits`
 * are returned; `gifts` can be used again.
 */
export interface Stopped {
  outcome: 'canceled';
  canceled: number;
  sent: number;
  goesOn: number;
  tooLate: number;
  credits: number;
  gifts: number;
}

/**
 * Whether an open generation can be stopped. `free`: nothing was submitted. `counted`: it was, so it uses one of the
 * person's stops of the day. `cannot`: its provider cannot stop the task. `finished`: its film is made.
 */
export type Stopping = 'free' | 'counted' | 'cannot' | 'finished';

/** What a generation's row says about stopping it. */
export interface StopFacts {
  state: GenerationState;
  submits: number;
  submitNonce: string | null;
  providerTaskId: string | null;
  providerStatus: string | null;
  canStop: CanStop;
}

/** Whether a generation can be stopped, by its row: the same conditions as in app/db/stops.ts and the laws. */
export function stoppingOf({
  state,
  submits,
  submitNonce,
  providerTaskId,
  providerStatus,
  canStop,
}: StopFacts): Stopping {
  if (state !== 'queued' && state !== 'submitting' && state !== 'generating') return 'finished';
  const isAtProvider = submitNonce !== null || providerTaskId !== null;
  const canNow = canStop === 'always' || (canStop === 'queued' && providerStatus !== 'running');
  if (isAtProvider && !canNow) return 'cannot';
  return submits > 0 ? 'counted' : 'free';
}
