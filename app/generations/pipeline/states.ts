const generationStates = ['queued', 'submitting', 'generating', 'copying', 'ready', 'failed', 'canceled'] as const;

/** Where a generation stands. */
export type GenerationState = (typeof generationStates)[number];

/** The states that may follow each state. A trigger of the schema refuses every other move. */
export const transitions: Readonly<Record<GenerationState, readonly GenerationState[]>> = {
  queued: ['submitting', 'failed', 'canceled'],
  // Back to `queued` only with another provider, where the first one refused the submit.
  submitting: ['queued', 'generating', 'failed', 'canceled'],
  generating: ['submitting', 'copying', 'failed', 'canceled'],
  // A finished film can no longer be canceled: it is copied, and arrives.
  copying: ['ready', 'failed'],
  ready: [],
  failed: [],
  canceled: [],
};

/** True for the states that are not final: the generation holds its credit. */
export function isOpen(state: GenerationState): boolean {
  return transitions[state].length > 0;
}
