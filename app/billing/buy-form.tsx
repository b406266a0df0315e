import { useLocation, useNavigate } from '@remix-run/react';
import { useEffect, useId, useState } from 'react';
import { Button } from '~/components/button';
import { Icon } from '~/components/icon';
import { type Pack, priceInWords } from '~/settings/packs';
import { pathToBuy } from './return-url';

/**
 * The packs as rows and one button to pay: a plain form, which works before scripts have loaded. Sending one form again makes
 * no second purchase of the same pack.
 */
export function BuyForm({
  offered,
  chosen,
  creditsPerClip,
  fits,
  requestKey,
  returnTo,
}: {
  offered: readonly Pack[];
  /** The pack that is chosen at first. */
  chosen: Pack;
  creditsPerClip: number;
  /** The pack that is enough for the open project. */
  fits?: Pack | null;
  requestKey: string;
  /** The path to come back to. */
  returnTo: string;
}) {
  const name = useId();
  const [pack, setPack] = useState(chosen);
  const navigate = useNavigate();
  const { pathname, search, state } = useLocation();
  const choose = (one: Pack) => {
    setPack(one);
    // Back from Stripe's page loads this address again.
    navigate(pathToBuy(pathname + search, { packId: one.id }), { replace: true, preventScrollReset: true, state });
  };
  // Without scripts the button cannot follow the choice, so it shows no price before hydration.
  const [isReady, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  const [way, setWay] = useState<'here' | 'leaving' | 'offline'>('here');
  useEffect(() => {
    // After Back from Stripe's page the browser can show this page as it was left.
    const back = (event: PageTransitionEvent) => event.persisted && setWay('here');
    addEventListener('pageshow', back);
    return () => removeEventListener('pageshow', back);
  }, []);
  return (
    <form
      method="post"
      action="/purchases"
      autoComplete="off"
      aria-label="Packs of credits"
      className="grid gap-4"
      onSubmit={(event) => {
        if (navigator.onLine) return setWay('leaving');
        event.preventDefault();
        setWay('offline');
      }}
    >
      <input type="hidden" name="requestKey" value={requestKey} />
      <input type="hidden" name="returnTo" value={returnTo} />
      <fieldset className="grid">
        <legend className="sr-only">Choose a pack</legend>
        {offered.map((one) => (
          <label
            key={one.id}
            className="flex min-h-18 items-center gap-3 border-b border-line py-3 first-of-type:border-t has-focus-visible:outline-2 has-focus-visible:outline-light"
          >
            <input
              type="radio"
              name="packId"
              id={`${name}-${one.id}`}
              value={one.id}
              defaultChecked={one.id === chosen.id}
              onChange={() => choose(one)}
              className="size-5 shrink-0 accent-light"
            />
            <span className="grid min-w-0 grow">
              <span className="flex flex-wrap items-center gap-x-2">
                <span className="tabular font-semibold">{one.credits} credits</span>
                {one.id === fits?.id && (
                  <span className="rounded-full border border-edge px-2 text-13 font-medium">Fits this film</span>
                )}
              </span>
              <span className="tabular text-15 text-quiet">{worth(one, creditsPerClip)}</span>
            </span>
            <span className="tabular shrink-0 text-20 font-medium">{priceInWords(one)}</span>
          </label>
        ))}
      </fieldset>
      <Button type="submit" aria-busy={way === 'leaving'} className="tabular w-full">
        {way === 'leaving' ? 'One moment' : isReady ? `Buy credits · ${priceInWords(pack)}` : 'Buy credits'}
      </Button>
      {way === 'offline' && (
        <p role="alert" className="text-15 text-bad">
          No connection. Nothing was paid; try again when you are back online.
        </p>
      )}
      <p className="flex justify-center gap-2 text-center text-13 text-quiet">
        <Icon name="lock" size={16} className="mt-0.5" />
        You pay at Stripe. Echoes never sees your card.
      </p>
    </form>
  );
}

/** "€0.80 a clip, saves 19 %". */
function worth(pack: Pack, creditsPerClip: number): string {
  const clip = priceInWords({ ...pack, amount: Math.ceil((pack.amount * creditsPerClip) / pack.credits) });
  return pack.saves === null ? `${clip} a clip` : `${clip} a clip, saves ${pack.saves} %`;
}
