import type { ReactNode } from 'react';
import { BuyCredits } from '~/billing/buy-credits';
import { creditsInWords } from '~/components/balance';
import { Button, type ButtonKind } from '~/components/button';
import type { Offer } from '~/generations/timeline';
import { blockedUntil, limitText } from './limits';
import { aboutText } from './words';

/** The panel's footer, which stays at the bottom while the panel scrolls. */
export function Footer({ children }: { children: ReactNode }) {
  return (
    <div className="sticky bottom-0 z-10 -mx-4 mt-auto grid gap-2 border-t border-line bg-raised px-4 py-3 md:-mx-6 md:px-6">
      {children}
    </div>
  );
}

/** A button that spends credits and names price and wait. With too few credits it is disabled beside an offer to buy. */
export function PaidButton({
  word,
  kind,
  offer,
  balance,
  busy,
  problem,
  onPress,
  onBuy,
}: {
  word: string;
  kind: ButtonKind;
  /** Null while no clip of this length can be made. */
  offer: Offer | null;
  balance: number;
  busy: boolean;
  problem: string | null;
  onPress: () => void;
  /** Called before the person leaves to buy, to save the draft. */
  onBuy: () => void;
}) {
  if (!offer)
    return (
      <p className="text-center text-15 text-quiet">
        Clips of this length cannot be made just now. Choose the other length, or come back later.
      </p>
    );
  const limit = limitText(offer);
  if (blockedUntil(offer) !== null) return <p className="text-center text-15 text-balance text-quiet">{limit}</p>;
  const short = balance < offer.creditsPerClip;
  return (
    <>
      <Button kind={short ? 'quiet' : kind} className="tabular w-full" disabled={busy || short} onClick={onPress}>
        {busy
          ? 'One moment'
          : `${word} · ${creditsInWords(offer.creditsPerClip)} · ${aboutText(offer.expectedSeconds)}`}
      </Button>
      {short && (
        <>
          <p className="text-center text-15 text-quiet">
            {balance === 0 ? 'You have no credits left.' : `You have ${creditsInWords(balance)}.`}
          </p>
          <BuyCredits kind={kind} onPress={onBuy} />
        </>
      )}
      {limit && <p className="text-center text-15 text-balance text-quiet">{limit}</p>}
      {problem && (
        <p role="alert" className="text-center text-15 text-bad">
          {problem}
        </p>
      )}
    </>
  );
}
