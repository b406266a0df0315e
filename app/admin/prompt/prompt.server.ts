import { diffWordsWithSpace } from 'diff';
import type { AdminContext } from '~/admin/audit-log.server';
import type { AdminSettings } from '~/admin/settings/settings-admin.server';
import type { DifferencePart } from './prompt';
import { createPromptLive } from './prompt-live.server';
import { createPromptSamples } from './prompt-samples.server';
import { createPromptTrials } from './prompt-trials.server';
import { createPromptVersions } from './prompt-versions.server';

/** What changed from one text to another, word by word. */
function difference(from: string, to: string): DifferencePart[] {
  return diffWordsWithSpace(from, to).map(({ value, added, removed }) => ({
    text: value,
    kind: added ? 'added' : removed ? 'removed' : 'same',
  }));
}

/** The system prompt: its versions, the live one, and trials on sample photos. */
export function createPrompt(
  context: AdminContext,
  {
    adminSettings,
    samples: forSamples,
    trials: forTrials,
  }: {
    adminSettings: AdminSettings;
    samples: Parameters<typeof createPromptSamples>[1];
    trials: Omit<Parameters<typeof createPromptTrials>[1], 'samples'>;
  },
) {
  const versions = createPromptVersions(context);
  const live = createPromptLive({ settings: adminSettings, versions, auditLog: context.auditLog });
  const samples = createPromptSamples(context, forSamples);
  const trials = createPromptTrials(context, { ...forTrials, samples });
  return { versions, live, trials, difference };
}
