import { useState } from 'react';
import { creditsInWords } from '~/components/balance';
import { Sheet } from '~/components/sheet';
import type { BuyingOutcome } from '~/outcome-messages';
import { packFor, packsOffered } from '~/settings/packs';
import { BuyForm } from './buy-form';
import { EndedNote } from './ended-note';

/** The buying sheet in the studio: what the project still needs, and the packs with the one that is enough chosen. */
export default function BuyingSheet({
  packId,
  onSale,
  ended,
  clipsToGo,
  balance,
  creditsPerClip,
  returnTo,
  onClose,
}: {
  /** The pack that was chosen before, or ''. */
  packId: string;
  /** Ids of the packs on sale. */
  onSale: readonly string[];
  ended: BuyingOutcome | null;
  clipsToGo: number;
  balance: number;
  creditsPerClip: number;
  returnTo: string;
  onClose: () => void;
}) {
  const [requestKey] = useState(() => crypto.randomUUID());
  const needed = Math.max(1, clipsToGo) * creditsPerClip;
  const offered = packsOffered(onSale);
  const fitting = packFor(needed - balance, offered);
  const isEnough = fitting.credits + balance >= needed;
  const chosen = offered.find(({ id }) => id === packId) ?? fitting;
  return (
    <Sheet open onClose={onClose} title="Credits for this film" place="middle">
      {ended && <EndedNote ended={ended} />}
      <p className="tabular">{needInWords({ clipsToGo, balance, creditsPerClip })}</p>
      <BuyForm
        offered={offered}
        chosen={chosen}
        creditsPerClip={creditsPerClip}
        fits={isEnough ? fitting : null}
        requestKey={requestKey}
        returnTo={returnTo}
      />
    </Sheet>
  );
}

/** "Your film still needs 4 clips. You have 1 credit." */
function needInWords({
  clipsToGo,
  balance,
  creditsPerClip,
}: {
  clipsToGo: number;
  balance: number;
  creditsPerClip: number;
}): string {
  const have = balance === 0 ? 'You have no credits left.' : `You have ${creditsInWords(balance)}.`;
  if (clipsToGo === 0) return `Another try takes ${creditsInWords(creditsPerClip)}. ${have}`;
  const clips = clipsToGo === 1 ? '1 clip' : `${clipsToGo} clips`;
  const price = creditsPerClip === 1 ? '' : `, ${creditsInWords(clipsToGo * creditsPerClip)} in all`;
  return `Your film still needs ${clips}${price}. ${have}`;
}
