import { type BuyingOutcome, buyingMessages } from '~/outcome-messages';

/** Why a purchase ended without credits, shown beside the packs. */
export function EndedNote({ ended }: { ended: BuyingOutcome }) {
  return (
    <p role="status" className="rounded-control border border-line p-4 text-15">
      {buyingMessages[ended]}
    </p>
  );
}
