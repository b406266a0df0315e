// The sentences about stopping generations and what comes back: credits, or the free try where a gift paid.
import type { Stopped } from '~/generations/stop';
import type { GenerationView } from '~/projects/views';

/** What ended generations give back. */
export interface GivenBack {
  credits: number;
  gifts: number;
}

/** What this generation gives back if it fails or is stopped. */
export function givenBackBy({ cost, paidBy }: Pick<GenerationView, 'cost' | 'paidBy'>): GivenBack {
  return { credits: paidBy === 'credits' ? cost : 0, gifts: paidBy === 'gift' ? 1 : 0 };
}

/** The sentence for what came back; an admin's gift has cost the person nothing. */
export function backText({ credits, gifts }: GivenBack): string {
  if (credits + gifts === 0) return 'It has cost you nothing.';
  const parts = [
    ...(credits === 0 ? [] : [credits === 1 ? 'credit' : `${credits} credits`]),
    ...(gifts === 0 ? [] : [gifts === 1 ? 'free try' : `${gifts} free tries`]),
  ];
  return `Your ${parts.join(' and your ')} ${credits + gifts === 1 ? 'is' : 'are'} back.`;
}

/** The sentence after generations were canceled. A provider that has the task already is only asked to stop. */
export function stoppedText({ canceled, sent, goesOn, tooLate, ...back }: Omit<Stopped, 'outcome'>): string {
  const late = tooLate === 0 ? '' : ` ${tooLate === 1 ? 'One was' : `${tooLate} were`} finished already.`;
  const on = goesOn === 0 ? '' : ` ${goesOn === 1 ? 'One goes' : `${goesOn} go`} on and can no longer be stopped.`;
  if (canceled === 0)
    return tooLate + goesOn === 0 ? 'Nothing was on its way any more.' : `Nothing to stop.${on}${late}`;
  const which = canceled === 1 ? 'It was' : sent === 1 ? 'One was' : `${sent} were`;
  const asked = sent === 0 ? '' : ` ${which} at the film service already, which has been asked to stop.`;
  return `Stopped. ${backText(back)}${asked}${on}${late}`;
}

/** The button that stops a generation, and the line below it: both say before the press whether the credit comes back. */
export interface StopWords {
  canStop: boolean;
  button: string;
  note: string | null;
}

const paidWords: Readonly<Record<GenerationView['paidBy'], { spent: string; button: string }>> = {
  credits: { spent: 'Its credit is spent', button: 'Stop and get the credit back' },
  gift: { spent: 'The free try is used', button: 'Stop and keep the free try' },
  admin: { spent: 'It is on us', button: 'Stop it' },
};

/** The words for an open generation. `stopsLeft`: how many the person may still stop today after they were submitted. */
export function stopWords(
  { stopping, paidBy }: Pick<GenerationView, 'stopping' | 'paidBy'>,
  stopsLeft: number,
): StopWords {
  const { spent, button } = paidWords[paidBy];
  const goesOn = (why: string, when: string): StopWords => ({
    ...{ canStop: false, button: 'This one can no longer be stopped' },
    note: `${why} ${spent}, and its clip ${when}.`,
  });
  if (stopping === 'finished') return goesOn('It is made already.', 'is here in a moment');
  if (stopping === 'cannot') return goesOn('The film service cannot stop what it has begun.', 'comes when it is ready');
  if (stopping === 'counted' && stopsLeft === 0)
    return goesOn('You have stopped several at the film service today.', 'comes when it is ready');
  const left = stopsLeft === 1 ? 'this is the last' : `${stopsLeft} more`;
  return {
    canStop: true,
    button,
    note:
      stopping === 'counted' && stopsLeft <= 2
        ? `It is at the film service already: ${left} that can be stopped there today.`
        : null,
  };
}

/** How many of these open generations can be stopped now. */
export function countStoppable(open: readonly Pick<GenerationView, 'stopping'>[], stopsLeft: number): number {
  const count = (wanted: GenerationView['stopping']) => open.filter(({ stopping }) => stopping === wanted).length;
  return count('free') + Math.min(count('counted'), stopsLeft);
}
