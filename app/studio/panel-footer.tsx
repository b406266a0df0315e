import type { ReactNode } from 'react';
import { BuyCredits } from '~/billing/buy-credits';
import { creditsInWords } from '~/components/balance';
import { Button, type ButtonKind, Parts } from '~/components/button';
import { Icon } from '~/components/icon';
import type { Offer } from '~/generations/timeline';
import { isOpenEnded } from '~/providers/rest';
import { blockedUntil } from './limits';
import { aboutText, dayAndTime } from './words';

/**
 * The panel's footer, at the bottom while the panel scrolls. It has two places that never trade what stands in them: the
 * first holds the verdict on a clip or words, the second what is paid or words. Its height is the same in every state;
 * notes and problems float above it.
 */
export function PanelFooter({ first, second, floating }: { first: ReactNode; second: ReactNode; floating: ReactNode }) {
  return (
    <div
      data-panel-footer
      className="sticky bottom-0 z-10 -mx-4 mt-auto -mb-[max(1rem,env(safe-area-inset-bottom))] border-t border-line bg-raised px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:-mx-6 md:-mb-6 md:px-6"
    >
      <div className="pointer-events-none absolute inset-x-4 bottom-full grid gap-2 pb-3 *:pointer-events-auto">
        {floating}
      </div>
      <div className="grid grid-rows-[minmax(3rem,auto)_minmax(3.5rem,auto)] gap-2 short:grid-cols-[5fr_6fr] short:grid-rows-[minmax(3.5rem,auto)]">
        {first}
        {second}
      </div>
    </div>
  );
}

/** Words in a place of the footer. */
export function FooterWords({ children }: { children: ReactNode }) {
  return <p className="tabular self-center text-center text-15 text-balance text-quiet">{children}</p>;
}

/** What happens to an open generation, over both places. */
export function FooterStory({ step, wait }: { step: string; wait: string }) {
  return (
    <div className="tabular row-span-2 self-center text-center text-balance short:col-span-2 short:row-span-1">
      <p className="font-medium">{step}</p>
      <p className="text-15 text-quiet">{wait}</p>
    </div>
  );
}

/** Why the last press did nothing, above the footer. */
export function FooterProblem({ children }: { children: ReactNode }) {
  return (
    <p
      role="alert"
      className="room mx-auto flex w-full max-w-[26rem] items-start gap-3 rounded-control border border-line px-4 py-3 text-15 shadow-float"
    >
      <Icon name="circle-alert" className="mt-0.5 text-bad" />
      {children}
    </p>
  );
}

/** What the first place says where there is no clip to judge: what the person has to spend, or why nothing starts now. */
export function balanceWords({ offer, balance }: { offer: Offer | null; balance: number }): string {
  if (!offer) return 'Clips of this length cannot be made just now. Choose the other length, or come back later.';
  const until = blockedUntil(offer);
  if (until !== null && isOpenEnded(until)) return 'Clips can be made again once our film service is back.';
  if (until !== null) return `The next clip can be made from ${dayAndTime(until)}.`;
  return balance === 0 ? 'You have no credits left.' : `You have ${creditsInWords(balance)}.`;
}

/** A button that spends credits and names price and wait. With too few credits it is disabled beside an offer to buy. */
export function PaidButton({
  word,
  kind,
  offer,
  balance,
  busy,
  onPress,
  onBuy,
}: {
  word: string;
  kind: ButtonKind;
  /** Null while no clip of this length can be made. */
  offer: Offer | null;
  balance: number;
  busy: boolean;
  onPress: () => void;
  /** Called before the person leaves to buy, to save the draft. */
  onBuy: () => void;
}) {
  const isBlocked = !offer || blockedUntil(offer) !== null;
  const isShort = offer !== null && balance < offer.creditsPerClip;
  if (isShort && !isBlocked)
    return (
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-2">
        <Button kind="quiet" size="small" className="tabular" disabled>
          {word} · {creditsInWords(offer.creditsPerClip)}
        </Button>
        <BuyCredits kind={kind} size="small" className="" onPress={onBuy} />
      </div>
    );
  return (
    <Button kind={kind} className="tabular w-full" disabled={busy || isBlocked} onClick={onPress}>
      <Parts>
        {busy
          ? 'One moment'
          : offer
            ? `${word} · ${creditsInWords(offer.creditsPerClip)} · ${aboutText(offer.expectedSeconds)}`
            : word}
      </Parts>
    </Button>
  );
}
