// The sentences about stopping generations and what comes back: credits, or the free try where a gift paid.
import type { Stopped } from '~/generations/stop';
import type { GenerationView } from '~/projects/views';

/** What ended generations give back. */
export interface GivenBack {
  credits: number;
  gifts: number;
}

/** What this generation gives back if it fails or is stopped. */
export function givenBackBy({ cost, isGift }: Pick<GenerationView, 'cost' | 'isGift'>): GivenBack {
  return isGift ? { credits: 0, gifts: 1 } : { credits: cost, gifts: 0 };
}

/** The sentence for what came back. */
export function backText({ credits, gifts }: GivenBack): string {
  const parts = [
    ...(credits === 0 ? [] : [credits === 1 ? 'credit' : `${credits} credits`]),
    ...(gifts === 0 ? [] : [gifts === 1 ? 'free try' : `${gifts} free tries`]),
  ];
  return `Your ${parts.join(' and your ')} ${credits + gifts === 1 ? 'is' : 'are'} back.`;
}

/** The sentence after generations were canceled. A provider that has the task already is only asked to stop. */
export function stoppedText({ canceled, sent, tooLate, ...back }: Omit<Stopped, 'outcome'>): string {
  const late = tooLate === 0 ? '' : ` ${tooLate === 1 ? 'One was' : `${tooLate} were`} finished already.`;
  if (canceled === 0) return tooLate === 0 ? 'Nothing was on its way any more.' : `Nothing to stop.${late}`;
  const which = canceled === 1 ? 'It was' : sent === 1 ? 'One was' : `${sent} were`;
  const asked = sent === 0 ? '' : ` ${which} at the film service already, which has been asked to stop.`;
  return `Stopped. ${backText(back)}${asked}${late}`;
}
