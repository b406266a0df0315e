import { difference } from './prompt-difference.server';
import { createPromptLive } from './prompt-live.server';
import { createPromptSamples } from './prompt-samples.server';
import { createPromptTrials } from './prompt-trials.server';
import { createPromptVersions } from './prompt-versions.server';

type Needs<Make extends (needs: never) => unknown> = Parameters<Make>[0];

/** The room of the system prompt: its versions, the one that is live, and what they do to sample photos. */
export function createPrompt(
  needs: Needs<typeof createPromptVersions> &
    Omit<Needs<typeof createPromptLive>, 'versions'> &
    Needs<typeof createPromptSamples> &
    Omit<Needs<typeof createPromptTrials>, 'samples' | 'settings'> & {
      reader: Needs<typeof createPromptTrials>['settings'];
    },
) {
  const versions = createPromptVersions(needs);
  const live = createPromptLive({ ...needs, versions });
  const samples = createPromptSamples(needs);
  const trials = createPromptTrials({ ...needs, samples, settings: needs.reader });
  return { versions, live, trials, difference };
}
