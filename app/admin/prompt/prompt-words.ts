import { creditsInWords } from '~/components/balance';
import type { GenerationState } from '~/generations/pipeline/states';
import { isRefusalOutcome, refusalSentences } from '~/outcome-messages';
import type { GenerationView } from '~/projects/views';
import { failureText } from '~/providers/failure-messages';
import type { LivePrompt } from './prompt';

const states: Readonly<Record<GenerationState, string>> = {
  queued: 'In line',
  submitting: 'On its way to the film service',
  generating: 'Being made',
  copying: 'Being fetched',
  ready: 'Ready',
  failed: 'Failed',
  canceled: 'Stopped',
};

/** Where a try of a sample stands, in words. */
export function stateText(made: GenerationView | null): string {
  if (!made) return 'Not tried with this version';
  if (made.state === 'failed') return `${failureText(made.failureReason ?? '').whatHappened} The credit is back.`;
  const percent =
    made.state === 'generating' && made.progress !== null ? ` · ${Math.round(made.progress * 100)} %` : '';
  return states[made.state] + percent;
}

/** What came of trying three samples; `stopped` is the outcome that kept the rest from being started. */
export function triedText({
  started,
  stopped,
  price,
}: {
  started: number;
  stopped: string | null;
  price: { credits: number; balance: number };
}): string {
  if (stopped === null) return 'Three tries are on their way. You can close this page.';
  const why =
    stopped === 'no-credit'
      ? `Three tries cost ${creditsInWords(price.credits)}, and you have ${price.balance}.`
      : stopped === 'already-open'
        ? 'A sample is still being made. Try again when it is ready.'
        : isRefusalOutcome(stopped)
          ? refusalSentences[stopped]
          : 'They could not be started now.';
  if (started === 0) return `${why} Nothing was started, and nothing was paid.`;
  return `${started === 1 ? 'One is' : `${started} are`} on the way, the rest not. ${why}`;
}

/** What came of a wish to go live, from how it is now. */
export function liveText(result: string | null, wanted: number, live: LivePrompt): string | null {
  if (result === 'changed') return `Version ${live.version} is live. Every clip started from now on gets it.`;
  if (result === 'unchanged') return `Version ${live.version} was live already. Nothing has changed.`;
  if (result === 'conflict')
    return `${live.by?.name ?? 'Somebody'} was quicker: version ${live.version} is live. Version ${wanted} is not; look again, and make it live if it still should be.`;
  if (result === 'invalid') return 'Say why in 3 to 300 letters. Nothing has changed.';
  return null;
}
