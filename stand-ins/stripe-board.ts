import { bodyOf, type Exchange, escaped, redirect, sendJson } from './http.ts';
import type { StripeStandIn } from './stripe.ts';
import { act, possibleActions, type SessionAction, sessionActions } from './stripe-actions.ts';
import { answerWords } from './stripe-answers.ts';
import { deliveryModes, type Sent } from './stripe-events.ts';
import { moneyText } from './stripe-money.ts';
import type { Session } from './stripe-objects.ts';

/** Stripe's part of the board: sessions with their possible actions, and events with their deliveries. */
export function createStripeBoard(stripe: StripeStandIn) {
  const { account, events, answers, payments } = stripe;

  async function answer(exchange: Exchange, path: string): Promise<void> {
    const { request, response, note } = exchange;
    if (request.method === 'GET' && path === '.json') return sendJson(response, 200, json());
    const { order, isForm } = await orderIn(request);
    const outcome = request.method === 'POST' ? await perform(path, order) : null;
    if (outcome === null) return sendJson(response, 404, { error: 'Not found' });
    if (!outcome.ok) note(outcome.error);
    if (isForm) return redirect(response, '/#stripe');
    if (outcome.ok) sendJson(response, 200, outcome.value);
    else sendJson(response, 400, { error: outcome.error });
  }

  type CommandResult = { ok: true; value: unknown } | { ok: false; error: string };

  async function perform(path: string, order: Record<string, unknown>): Promise<CommandResult | null> {
    const [, sessionId, action] = /^\/sessions\/(\w+)\/([\w-]+)$/.exec(path) ?? [];
    if (sessionId && action) return actOn(sessionId, action, order);
    const [, eventId] = /^\/events\/(\w+)\/resend$/.exec(path) ?? [];
    if (eventId) {
      const sent = await events.resend(eventId);
      return sent ? { ok: true, value: shownEvent(sent) } : { ok: false, error: 'There is no such event' };
    }
    if (path === '/release') {
      const released = answers.release();
      return { ok: true, value: { answers: released, events: (await events.release()).map(shownEvent) } };
    }
    const times = Math.min(Math.max(Math.floor(Number(order.times ?? 1)) || 1, 1), 1000);
    const text = (name: string) => (typeof order[name] === 'string' && order[name] ? String(order[name]) : undefined);
    if (path === '/deliveries') {
      const mode = deliveryModes.find((one) => one === order.mode);
      if (!mode) return { ok: false, error: `The mode is one of ${deliveryModes.join(', ')}` };
      events.next(mode, { times, type: text('type') });
      return { ok: true, value: waiting() };
    }
    if (path === '/answers') {
      const next = answerWords.find((one) => one === order.next);
      if (!next) return { ok: false, error: `The next answer is one of ${answerWords.join(', ')}` };
      answers.next(next, { times, method: text('method') });
      return { ok: true, value: waiting() };
    }
    return null;
  }

  function actOn(sessionId: string, name: string, order: Record<string, unknown>): CommandResult {
    const action = sessionActions.find((one) => one === name);
    const session = account.sessions.get(sessionId);
    if (!session) return { ok: false, error: 'There is no such session' };
    if (!action) return { ok: false, error: `The action is one of ${sessionActions.join(', ')}` };
    const outcome = act(stripe, sessionId, action, {
      ...(order.amount ? { amount: Number(order.amount) } : {}),
      ...(typeof order.reason === 'string' && order.reason ? { reason: order.reason } : {}),
      ...(typeof order.email === 'string' && order.email ? { email: order.email } : {}),
      isInquiry: order.isInquiry === true || order.isInquiry === 'true',
    });
    return outcome.ok ? { ok: true, value: shown(session) } : { ok: false, error: outcome.refusal.error.message };
  }

  function waiting() {
    return { deliveries: events.waiting(), answers: answers.waiting(), heldAnswers: answers.held() };
  }

  /** A session as the board shows it, with its payment, refunds and dispute. */
  function shown(session: Session) {
    const intent = account.intents.get(String(session.payment_intent));
    const charge = account.charges.get(String(intent?.latest_charge));
    const refunds = [...account.refunds.values()].filter((one) => charge && one.charge === charge.id);
    const dispute = [...account.disputes.values()].findLast((one) => charge && one.charge === charge.id) ?? null;
    const isWarned = [...account.warnings.values()].some((one) => charge && one.charge === charge.id);
    return {
      id: session.id,
      url: session.url,
      createdAt: new Date(session.created * 1000).toISOString(),
      status: session.status,
      paymentStatus: session.payment_status,
      amount: session.amount_total ?? 0,
      currency: session.currency ?? 'usd',
      email: session.customer_details?.email ?? session.customer_email,
      clientReferenceId: session.client_reference_id,
      metadata: session.metadata,
      paymentIntent: intent?.id ?? null,
      charge: charge?.id ?? null,
      amountRefunded: charge?.amount_refunded ?? 0,
      refunds: refunds.map(({ id, amount, status }) => ({ id, amount, status })),
      dispute: dispute && { id: dispute.id, status: dispute.status, amount: dispute.amount },
      can: possibleActions(session, { intent, charge, refunds, dispute, isWarned }),
    };
  }

  function json() {
    payments.sweep();
    return {
      webhook: stripe.webhook,
      sessions: [...account.sessions.values()].map(shown).reverse(),
      events: events.all().map(shownEvent).reverse(),
      waiting: waiting(),
    };
  }

  function html(): string {
    const { sessions, events: list, waiting: queued } = json();
    const orders = [
      ...queued.deliveries.map(({ mode, type, times }) => `${mode}${type ? ` (${type})` : ''} × ${times}`),
      ...queued.answers.map(({ next, method, times }) => `${next}${method ? ` (${method})` : ''} × ${times}`),
    ];
    const held = list.filter(({ state }) => state === 'held').length + queued.heldAnswers;
    return `<h2 id="stripe">Stripe</h2><div class="scroll"><table><tr><th>Session</th><th>State</th><th>Then</th></tr>${sessions.slice(0, 20).map(sessionRow).join('') || '<tr><td colspan="3" class="soft">No session yet.</td></tr>'}</table></div>
<h2>Stripe's events</h2>
<form class="row" method="post" action="/board/stripe/deliveries"><label>Next events <select name="mode">${deliveryModes.map(option).join('')}</select></label><label>Only of type <input name="type" placeholder="any"></label><label>How many <input name="times" type="number" value="1" min="1" max="1000"></label><button>Set</button></form>
<form class="row" method="post" action="/board/stripe/answers"><label>Next answers <select name="next">${answerWords.map(option).join('')}</select></label><label>How often <input name="times" type="number" value="1" min="1" max="1000"></label><button>Force</button></form>
<form class="row" method="post" action="/board/stripe/release"><button>Release ${held} held</button></form>
<p class="soft">${orders.length > 0 ? `Waiting: ${escaped(orders.join(', '))}` : 'Every event goes out once.'} To ${escaped(stripe.webhook)}</p>
<div class="scroll"><table><tr><th>Event</th><th>State</th><th>Again</th></tr>${list.slice(0, 60).map(eventRow).join('') || '<tr><td colspan="3" class="soft">No event yet.</td></tr>'}</table></div>`;
  }

  return { answer, json, html, shown };
}

export type ShownSession = ReturnType<ReturnType<typeof createStripeBoard>['shown']>;

function shownEvent({ event, mode, state, answers }: Sent) {
  const { id, type, created, data } = event;
  return {
    id,
    type,
    object: data.object.id,
    createdAt: new Date(created * 1000).toISOString(),
    mode,
    state,
    answers: [...answers],
  };
}

function sessionRow(session: ShownSession): string {
  const { id, url, status, paymentStatus, amount, currency, email, amountRefunded, dispute, can } = session;
  const state = [
    `${status}, ${paymentStatus}`,
    amountRefunded > 0 ? `${moneyText(amountRefunded, currency)} refunded` : '',
    dispute ? `dispute ${dispute.status}` : '',
  ];
  const name = url ? `<a href="${escaped(url)}">${id.slice(0, 16)}…</a>` : `${id.slice(0, 16)}…`;
  const buttons = can.map((action) => button(id, action)).join('');
  return `<tr><td>${escaped(moneyText(amount, currency))}<br>${name}<br>${escaped(email ?? '')}</td><td>${escaped(state.filter(Boolean).join(' · '))}</td><td><div class="row">${buttons}</div></td></tr>`;
}

function button(id: string, action: SessionAction): string {
  const words = action.replace('-', ' ');
  const amount =
    action === 'refund'
      ? '<label>Cents <input name="amount" type="number" min="1" placeholder="all"></label>'
      : action === 'dispute'
        ? '<label><span>Inquiry only <input name="isInquiry" type="checkbox" value="true"></span></label>'
        : '';
  return `<form class="row" method="post" action="/board/stripe/sessions/${id}/${action}">${amount}<button>${words[0]?.toUpperCase()}${words.slice(1)}</button></form>`;
}

function eventRow({ id, type, object, mode, state, answers }: ReturnType<typeof shownEvent>): string {
  const ending = [
    state,
    mode === 'once' ? '' : mode,
    answers.length > 0 ? answers.map((one) => one || 'cut').join(', ') : '',
  ];
  return `<tr><td>${escaped(type)}<br><code>${object.slice(0, 16)}…</code></td><td class="${state === 'given up' ? 'bad' : ''}">${escaped(ending.filter(Boolean).join(' · '))}</td><td><form method="post" action="/board/stripe/events/${id}/resend"><button>Resend</button></form></td></tr>`;
}

function option(word: string): string {
  return `<option>${word}</option>`;
}

/** Reads a command as JSON, or from the page's form. */
async function orderIn(request: Exchange['request']): Promise<{ order: Record<string, unknown>; isForm: boolean }> {
  const text = (await bodyOf(request, 4096))?.toString('utf8') ?? '';
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded'))
    return { order: Object.fromEntries(new URLSearchParams(text)), isForm: true };
  try {
    return { order: (JSON.parse(text || '{}') ?? {}) as Record<string, unknown>, isForm: false };
  } catch {
    return { order: {}, isForm: false };
  }
}
