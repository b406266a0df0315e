import type Stripe from 'stripe';
import { type Exchange, escaped, formOf, redirect, type StandIn, sendHtml } from './http.ts';
import { page } from './page.ts';
import type { Account } from './stripe-account.ts';
import { moneyText } from './stripe-money.ts';
import type { Session } from './stripe-objects.ts';
import type { Payments } from './stripe-payments.ts';

/** Stripe's pages: the payment page of a session, and a receipt for each payment. */
export function createCheckout({ account, payments }: { account: Account; payments: Payments }): StandIn {
  async function act({ request, response, note }: Exchange, session: Session): Promise<void> {
    const form = await formOf(request);
    const action = form.get('action') ?? '';
    const email = form.get('email')?.trim() || undefined;
    note(action);
    if (action === 'cancel' && session.cancel_url) return redirect(response, session.cancel_url);
    if (action === 'expire') {
      payments.expire(session.id);
      return redirect(response, `/checkout/c/pay/${session.id}`);
    }
    if (action === 'decline') {
      const outcome = payments.decline(session.id, { email });
      const words = outcome.ok ? 'Your card was declined. Try another way to pay.' : outcome.refusal.error.message;
      return sendHtml(response, 200, payPage(session, words));
    }
    const outcome =
      action === 'pay-later' ? payments.payLater(session.id, { email }) : payments.pay(session.id, { email });
    if (!outcome.ok) return sendHtml(response, 409, payPage(session, outcome.refusal.error.message));
    const to = (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id);
    redirect(response, to);
  }

  function payPage(session: Session, words = ''): string {
    if (session.status !== 'open') return endedPage(session);
    const { customer_email, currency, amount_total } = session;
    const known = customer_email ?? account.customers.get(String(session.customer))?.email ?? '';
    const lines = account.items.get(session.id) ?? [];
    const takesDelayed = payments.takesDelayed(session);
    return page(
      'Checkout',
      `<p class="soft">Stripe, as a stand-in: no card is asked for and no money moves.</p>
<h1>${escaped(money(amount_total ?? 0, currency))}</h1>
<ul class="plain">${lines
        .map(
          ({ description, quantity, amount_total: total }) =>
            `<li><span>${escaped(description ?? '')}${(quantity ?? 1) > 1 ? ` × ${quantity}` : ''}</span> <span>${escaped(money(total, currency))}</span></li>`,
        )
        .join('')}</ul>
${words ? `<p class="bad" role="alert">${escaped(words)}</p>` : ''}
<form class="stack" method="post">
<label>E-mail <input name="email" type="email" autocomplete="email" value="${escaped(known)}"${known ? ' readonly' : ''}></label>
<button class="main" name="action" value="pay">Pay</button>
${takesDelayed ? '<button name="action" value="pay-later">Pay later</button>' : '<p class="soft">Paying later is not offered: this session takes no bank debit.</p>'}
<button name="action" value="decline">Decline</button>
${session.cancel_url ? '<button name="action" value="cancel" formnovalidate>Cancel</button>' : ''}
<button name="action" value="expire" formnovalidate>Expire</button>
</form>
<p class="soft">Pay: at once. Pay later: a bank answers when the board says so. Decline: the card is refused. Expire: this page ends.</p>`,
    );
  }

  function receipt({ response, path }: Exchange): void {
    const charge = account.charges.get(path.slice('/receipts/payment/'.length));
    if (charge?.receipt_url) sendHtml(response, 200, receiptPage(charge));
    else sendHtml(response, 404, page('No receipt', '<h1>There is no such receipt</h1>'));
  }

  return {
    name: 'Stripe Checkout',
    mount: '/checkout',
    vars: {},
    answer(exchange) {
      const { request, response, path } = exchange;
      if (path.startsWith('/receipts/payment/')) return receipt(exchange);
      payments.sweep();
      const session = account.sessions.get(/^\/c\/pay\/(\w+)$/.exec(path)?.[1] ?? '');
      if (!session)
        return sendHtml(
          response,
          404,
          page('Not found', '<h1>There is no such checkout</h1><p>Its link may be cut.</p>'),
        );
      if (request.method === 'POST') return act(exchange, session);
      sendHtml(response, 200, payPage(session));
    },
  };
}

/** The page of a paid or expired session: it takes no payment, and links back to the app. */
function endedPage({ status, success_url, cancel_url, id }: Session): string {
  const isComplete = status === 'complete';
  const to = (isComplete ? success_url?.replaceAll('{CHECKOUT_SESSION_ID}', id) : cancel_url) ?? '';
  return page(
    'Checkout',
    `<h1>${isComplete ? 'This is paid already' : 'This checkout has timed out'}</h1><p>${to ? `<a href="${escaped(to)}">Go back</a>` : ''}</p>`,
  );
}

function receiptPage({ id, amount, amount_refunded: back, currency, created }: Stripe.Charge): string {
  const when = new Date(created * 1000).toISOString().slice(0, 10);
  const refunded = back > 0 ? `<p>Refunded: ${escaped(money(back, currency))}</p>` : '';
  return page(
    'Receipt',
    `<h1>Receipt</h1><p>${escaped(money(amount, currency))} on ${when}</p>${refunded}<p class="soft">${id}</p>`,
  );
}

function money(amount: number, currency: string | null): string {
  return moneyText(amount, currency ?? 'usd');
}
