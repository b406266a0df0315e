import { useLocation, useNavigate, useSearchParams } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { lazyPart } from '~/components/lazy-part';
import { useSheet } from '~/components/use-sheet';
import { boughtMessage } from '~/outcome-messages';
import { readReturnUrl, withoutBuying } from './return-url';

const BuyingSheet = lazyPart(() => import('./buying-sheet'));

/**
 * Buying in the studio: the sheet while the address says that it is open, and a message after returning with credits. The
 * code of the sheet loads when it opens.
 */
export function Buying({
  clipsToGo,
  balance,
  creditsPerClip,
  onSale,
  say,
}: {
  /** Clips of this film that have not been brought to life. */
  clipsToGo: number;
  balance: number;
  creditsPerClip: number;
  onSale: readonly string[];
  say: (words: string) => void;
}) {
  const [search] = useSearchParams();
  const { pathname, search: query, state } = useLocation();
  const navigate = useNavigate();
  const sheet = useSheet('buy');
  const { buy, ended, bought } = readReturnUrl(search);
  const here = withoutBuying(pathname + query);

  const latest = useRef({ say, here, navigate, state });
  useEffect(() => {
    latest.current = { say, here, navigate, state };
  });
  useEffect(() => {
    if (bought === null) return;
    const { say, here, navigate, state } = latest.current;
    say(boughtMessage(bought));
    // Shown once: the address is replaced, so a reload shows no message.
    navigate(here, { replace: true, preventScrollReset: true, state });
  }, [bought]);

  if (buy === null) return null;
  const close = () => {
    if (sheet.hasEntry) sheet.close();
    else navigate(here, { replace: true, preventScrollReset: true, state });
  };
  return (
    <BuyingSheet
      packId={buy}
      onSale={onSale}
      ended={ended}
      clipsToGo={clipsToGo}
      balance={balance}
      creditsPerClip={creditsPerClip}
      returnTo={here}
      onClose={close}
    />
  );
}
