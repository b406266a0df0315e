import { type Ended, endedWords } from './return-url';

/** Why a purchase ended without credits, shown beside the packs. */
export function EndedNote({ ended }: { ended: Ended }) {
  return (
    <p role="status" className="rounded-control border border-line p-4 text-15">
      {endedWords[ended]}
    </p>
  );
}
