/** The states of a generation (docs/architecture.md). The schema refuses every other transition by the same table. */
const generationStates = ['queued', 'submitting', 'generating', 'copying', 'ready', 'failed', 'canceled'] as const;
export type GenerationState = (typeof generationStates)[number];

/** From each state, where it may go. */
export const transitions: Readonly<Record<GenerationState, readonly GenerationState[]>> = {
  queued: ['submitting', 'failed', 'canceled'],
  submitting: ['generating', 'failed', 'canceled'],
  generating: ['submitting', 'copying', 'failed', 'canceled'],
  copying: ['ready', 'failed', 'canceled'],
  ready: [],
  failed: [],
  canceled: [],
};

/** True while the generation is on its way: it holds its credit and may still end either way. */
export function isOpen(state: GenerationState): boolean {
  return transitions[state].length > 0;
}
