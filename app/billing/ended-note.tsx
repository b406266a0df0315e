import { type Ended, endedWords } from './return-url';

/** What came of setting out to buy, where it was not credits: beside the packs, so that trying again is one tap. */
export function EndedNote({ ended }: { ended: Ended }) {
  return (
    <p role="status" className="rounded-control border border-line p-4 text-15">
      {endedWords[ended]}
    </p>
  );
}
