import { creditsInWords } from '~/components/balance';
import type { GenerationState } from '~/generations/pipeline/states';
import { isOutcome, outcomeMessages } from '~/outcome-messages';
import type { GenerationView } from '~/projects/views';
import { failureText } from '~/providers/failure-messages';
import type { LivePrompt } from './prompt';

const states: Readonly<Record<GenerationState, string>> = {
  queued: 'Waiting',
  submitting: 'On its way to the film service',
  generating: 'Being made',
  copying: 'Being fetched',
  ready: 'Ready',
  failed: 'Failed',
  canceled: 'Stopped',
};

/** The state of a sample's generation, in words. */
export function stateText(made: GenerationView | null): string {
  if (!made) return 'Not made with this version';
  if (made.state === 'failed') return `${failureText(made.failureReason ?? '').whatHappened} The credit is back.`;
  const percent =
    made.state === 'generating' && made.progress !== null ? ` · ${Math.round(made.progress * 100)} %` : '';
  return states[made.state] + percent;
}

/** What became of starting three samples; `stopped` is the outcome that kept the rest from being started. */
interface Trial {
  started: number;
  stopped: string | null;
}

/** The code of a trial's flash message: `trial-3`, or `trial-1-no-credit`. */
export function trialCode({ started, stopped }: Trial): string {
  return `trial-${started}${stopped === null ? '' : `-${stopped}`}`;
}

/** Reads such a code; null for any other. */
export function trialOf(code: string | null): Trial | null {
  const [, started, stopped = null] = /^trial-(\d)(?:-([a-z-]{1,40}))?$/.exec(code ?? '') ?? [];
  return started === undefined ? null : { started: Number(started), stopped };
}

/** The sentence for a trial. `price`: what three samples cost now, and the admin's balance. */
export function trialText({
  started,
  stopped,
  price,
}: Trial & { price: { credits: number; balance: number } }): string {
  if (stopped === null) return 'Three clips are on their way. You can close this page.';
  const why =
    stopped === 'no-credit'
      ? `Three clips cost ${creditsInWords(price.credits)}, and you have ${price.balance}.`
      : stopped === 'already-open'
        ? 'A sample is still being made. Try again when it is ready.'
        : isOutcome(stopped)
          ? outcomeMessages[stopped]
          : 'They could not be started now.';
  if (started === 0) return `${why} Nothing was started, and nothing was paid.`;
  return `${started === 1 ? 'One is' : `${started} are`} on the way, the rest not. ${why}`;
}

/** The sentence for going live, by the code of its flash message; null for any other code. */
export function liveText(code: string | null, wanted: number, live: LivePrompt): string | null {
  if (code === 'changed') return `Version ${live.version} is live. Every clip started from now on gets it.`;
  if (code === 'unchanged') return `Version ${live.version} was live already. Nothing has changed.`;
  if (code === 'conflict')
    return `${live.by?.name ?? 'Another admin'} was quicker: version ${live.version} is live. Version ${wanted} is not; look again, and make it live if it still should be.`;
  if (code === 'invalid') return 'Give a reason of 3 to 300 letters. Nothing has changed.';
  return null;
}
