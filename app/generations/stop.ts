import type { GenerationState } from '~/generations/pipeline/states';

/** The result of stopping one generation. `too-late`: it is in another state already, which `open` says may still end. */
export type StopOutcome<Stopped extends string> =
  | { outcome: Stopped }
  | { outcome: 'too-late'; state: GenerationState; open: boolean }
  | { outcome: 'not-found' };

/**
 * The result of stopping all open generations of a project. `sent`: canceled ones that a provider had already, which is
 * asked to stop too. `tooLate`: those that ended by themselves first. `credits` are returned; `gifts` can be used again.
 */
export interface Stopped {
  outcome: 'canceled';
  canceled: number;
  sent: number;
  tooLate: number;
  credits: number;
  gifts: number;
}
