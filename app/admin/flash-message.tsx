import { useSearchParams } from '@remix-run/react';
import { readSaid, saidWords } from '~/admin/people/people';

/** What became of the form that led here, as the address says. `more` is what the page can add to it now. */
export function SaidHere({ more = '' }: { more?: string }) {
  const [search] = useSearchParams();
  const said = readSaid(search.get('said'));
  if (said === null) return null;
  return (
    <p role="status" className="border-s-2 border-light ps-4 font-medium">
      {saidWords[said]} {said === 'adjustment-overdraft' && more}
    </p>
  );
}
