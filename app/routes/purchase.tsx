import { type LoaderFunctionArgs, type MetaFunction, replace } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { useEffect } from 'react';
import { pathToBuy, pathWhenBought } from '~/billing/return-url';
import { creditsInWords } from '~/components/balance';
import { ButtonLink } from '~/components/button';
import { Header } from '~/components/header';
import { Icon } from '~/components/icon';
import { useReload } from '~/components/reload';
import { isId } from '~/db/ids';
import { useLive } from '~/live/use-live';
import { priceInWords } from '~/settings/packs';

export const meta: MetaFunction = () => [{ title: 'Your payment · Echoes' }];

/**
 * The return URL of a checkout. Reads the purchase's state and redirects to the page from which the person came, with
 * credits or with the pack still chosen. An unfinished payment stays here. The address by itself moves no credit.
 */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const {
    auth,
    billing,
    credits: { ledger },
  } = context.services;
  const user = await auth.requireUser(request);
  const { purchaseId } = params;
  if (!isId('pur', purchaseId)) throw new Response(null, { status: 404 });
  const address = new URL(request.url).searchParams;
  const purchase = await billing.settle({ userId: user.id, purchaseId, named: address.get('session_id') });
  if (!purchase) throw new Response(null, { status: 404 });
  const { state, packId, credits, amount, currency, returnTo, checkoutUrl, refundedAmount } = purchase;
  const isSafe = purchase.isPaidAtStripe === true;
  const wasCanceled = address.has('canceled');
  if (state === 'paid') throw replace(refundedAmount > 0 ? returnTo : pathWhenBought(returnTo, { credits }));
  if (state === 'failed' || state === 'expired') throw replace(pathToBuy(returnTo, { packId, ended: state }));
  if (state === 'open' && wasCanceled && !isSafe) throw replace(pathToBuy(returnTo, { packId, ended: 'canceled' }));
  const { balance } = await ledger.balance(user.id);
  const shown = { state, credits, price: priceInWords({ amount, currency }), returnTo, checkoutUrl, balance };
  return { purchaseId, isSafe, ...shown };
}

export default function Purchase() {
  const { purchaseId, isSafe, state, credits, price, returnTo, checkoutUrl, balance } = useLoaderData<typeof loader>();
  const reload = useReload();
  useLive({
    onFrame: (frame) => {
      if (frame.type === 'purchase' && frame.purchaseId === purchaseId) void reload();
    },
  });
  useAskingAgain(state === 'open', reload);
  const what = `${creditsInWords(credits)} for ${price}`;
  return (
    <>
      <Header balance={balance} />
      <main id="main" className="column grid [--column:38rem] justify-items-start gap-6 py-12 md:py-18">
        {state === 'open' ? (
          <>
            {/* Without scripts, the page reloads itself. */}
            <noscript>
              <meta httpEquiv="refresh" content="5" />
            </noscript>
            <Icon
              name={isSafe ? 'circle-check' : 'hourglass'}
              size={32}
              className={isSafe ? 'text-good' : 'text-quiet'}
            />
            <h1 className="text-32 md:text-44">{isSafe ? 'Your payment is safe' : 'Confirming your payment'}</h1>
            <div role="status" className="grid gap-2">
              <p className="tabular">{what}.</p>
              <p className="max-w-text text-quiet">
                {isSafe
                  ? 'It has arrived, and we cannot write your credits down just now. This page tries again by itself; if you close it, they come all the same. Please do not pay again.'
                  : 'This usually takes a few seconds, and you are taken back as soon as your credits are here. You can also close this page.'}
              </p>
            </div>
            {checkoutUrl && !isSafe && (
              <p className="text-15 text-quiet">
                Not paid yet?{' '}
                <a href={checkoutUrl} className="link inline-flex min-h-11 items-center text-ink">
                  Go on to pay
                </a>
              </p>
            )}
          </>
        ) : (
          <>
            <Icon name="clock" size={32} className="text-quiet" />
            <h1 className="text-32 md:text-44">Your payment is on its way</h1>
            <div role="status" className="grid gap-2">
              <p className="tabular">{what}.</p>
              <p className="max-w-text text-quiet">
                Your bank needs a few days. We add the credits the moment it is settled; there is nothing else to do.
              </p>
            </div>
          </>
        )}
        <div className="flex flex-wrap gap-3">
          <ButtonLink to={returnTo} kind={state === 'open' ? 'quiet' : 'primary'} replace>
            {backInWords(returnTo)}
          </ButtonLink>
          {state === 'pending' && returnTo !== '/credits' && (
            <ButtonLink to="/credits" kind="quiet">
              My credits
            </ButtonLink>
          )}
        </div>
      </main>
    </>
  );
}

function backInWords(returnTo: string): string {
  if (returnTo.startsWith('/projects/')) return 'Back to your film';
  return returnTo === '/credits' ? 'Back to your credits' : 'Back';
}

const firstPause = 2_000;
const longestPause = 20_000;

/** Revalidates after two seconds and then at growing intervals, for pages without a live connection. */
function useAskingAgain(isOpen: boolean, ask: () => void): void {
  useEffect(() => {
    if (!isOpen) return;
    let pause = firstPause;
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      timer = setTimeout(() => {
        ask();
        pause = Math.min(longestPause, pause * 1.5);
        wait();
      }, pause);
    };
    wait();
    return () => clearTimeout(timer);
  }, [isOpen, ask]);
}
