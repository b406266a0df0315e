import { fullAccountCents } from './account.ts';
import type { AlertsStandIn, ReceivedAlert } from './alerts.ts';
import { failureCodes, forceWords } from './force.ts';
import { bodyOf, type Exchange, escaped, type Origins, redirect, type StandIn, sendHtml, sendJson } from './http.ts';
import { sendFilm } from './outputs.ts';
import { page } from './page.ts';
import type { People } from './people.ts';
import type { Runway } from './runway.ts';
import type { Received } from './serve.ts';
import type { StripeStandIn } from './stripe.ts';
import { createStripeBoard } from './stripe-board.ts';
import type { Task } from './tasks.ts';

type BoardOptions = Origins & {
  people: People;
  runway: Runway;
  stripe: StripeStandIn;
  alerts: AlertsStandIn;
  received: readonly Received[];
  standIns: () => readonly StandIn[];
};

/**
 * A page that lists the requests to the stand-ins, forces Runway's next answers, and acts for banks and for the owner of
 * the Stripe account.
 */
export function createBoard({ appOrigin, people, runway, stripe, alerts, received, standIns }: BoardOptions): StandIn {
  const stripeBoard = createStripeBoard(stripe);
  const shown = () => received.filter(({ standIn }) => standIn !== 'Board');

  async function force({ request, response, note }: Exchange): Promise<void> {
    const { word, times, isForm } = await commandIn(request);
    if (!/^[A-Z][A-Z0-9_.]*$/.test(word))
      return sendJson(response, 400, { error: 'Send {"next": "WORD", "times": 1}' });
    runway.forceNext(word, times);
    note(word);
    if (isForm) redirect(response, '/');
    else sendJson(response, 200, { forcedNext: runway.forcedNext() });
  }

  async function failAlerts({ request, response, note }: Exchange): Promise<void> {
    const { times, isForm } = await commandIn(request);
    alerts.failNext(times);
    note(`${times} to fail`);
    if (isForm) redirect(response, '/');
    else sendJson(response, 200, { failing: alerts.failing() });
  }

  /** POST {"standIn": "Luma", "cents": 0}: empties an account, or tops it up. */
  async function setAccount({ request, response, note }: Exchange): Promise<void> {
    const { fields, isForm } = await fieldsIn(request);
    const found = accounts().find(({ name }) => name === fields.standIn);
    const cents = Number(fields.cents);
    if (!found || !Number.isInteger(cents) || cents < 0)
      return sendJson(response, 400, { error: 'Send {"standIn": "Luma", "cents": 0}' });
    found.account.set(cents);
    note(`${found.name}: ${cents} cents`);
    if (isForm) redirect(response, '/');
    else sendJson(response, 200, { accounts: balances() });
  }

  const accounts = () => standIns().flatMap(({ name, funds }) => (funds ? [{ name, account: funds }] : []));
  const balances = () => Object.fromEntries(accounts().map(({ name, account }) => [name, account.balance()]));

  /** Serves a film without Runway's output link: a view on the board must not use up a fault of the first download. */
  function film({ request, response, path }: Exchange): void {
    const task = runway.tasks().find(({ id }) => path === `/board/film/${id}.mp4`);
    if (task?.video) sendFilm(request, response, task.video);
    else sendJson(response, 404, { error: 'There is no such film' });
  }

  return {
    name: 'Board',
    mount: '',
    vars: {},
    answer(exchange) {
      const { request, response, path } = exchange;
      const at = `${request.method} ${path}`;
      if (at === 'GET /') return sendHtml(response, 200, html());
      if (at === 'GET /board.json') return sendJson(response, 200, json());
      if (at === 'POST /board/force') return force(exchange);
      if (at === 'POST /board/accounts') return setAccount(exchange);
      if (at === 'POST /board/alerts/failures') return failAlerts(exchange);
      if (path.startsWith('/board/film/')) return film(exchange);
      if (/^\/board\/stripe[/.]/.test(path)) return stripeBoard.answer(exchange, path.slice('/board/stripe'.length));
      sendJson(response, 404, { error: 'Not found' });
    },
  };

  function json() {
    return {
      received: shown().toReversed(),
      tasks: runway.tasks().map(summaryOf).toReversed(),
      people: people.all(),
      forcedNext: runway.forcedNext(),
      accounts: balances(),
      alerts: alerts.messages().toReversed(),
      vars: Object.assign({}, ...standIns().map(({ vars }) => vars)) as Record<string, string>,
    };
  }

  function html(): string {
    const { received: requests, tasks, forcedNext, alerts: told } = json();
    const names = standIns()
      .filter(({ mount }) => mount)
      .map(({ name }) => name);
    return page(
      'Stand-ins',
      `<h1>Stand-ins</h1><p class="soft">${names.join(' and ')} for <a href="${escaped(appOrigin)}">${escaped(appOrigin)}</a>, on this machine only.</p>
<h2>Runway's next answers</h2>${forceForm()}<p class="soft">${forcedNext.length > 0 ? `Waiting: ${forcedNext.map(escaped).join(', ')}` : 'Nothing is forced.'} The same words work in a prompt, as <code>[[HANG]]</code>; with <code>_ONCE</code> only the first time.</p>
<h2>Accounts</h2><p class="soft">An empty one refuses new tasks as the service does, until it is topped up.</p><div class="scroll"><table>${Object.entries(balances()).map(accountRow).join('')}</table></div>
<h2>Tasks</h2><div class="scroll"><table><tr><th>Film</th><th>Status</th><th>Model</th><th>Prompt</th></tr>${tasks.slice(0, 20).map(taskRow).join('') || emptyRow(4, 'No task yet.')}</table></div>
${stripeBoard.html()}
<h2>Alerts to the owner</h2>${failForm()}<p class="soft">Sent to <code>${escaped(alerts.address)}</code>, signed. ${alerts.failing() > 0 ? `The next ${alerts.failing()} will be answered with an error.` : ''}</p><div class="scroll"><table><tr><th>Time</th><th>Type</th><th>What</th><th>Times</th></tr>${told.slice(0, 50).map(alertRow).join('') || emptyRow(4, 'None yet.')}</table></div>
<h2>People</h2><div class="scroll"><table>${people
        .all()
        .map(
          ({ name, email, emailVerified }) =>
            `<tr><td>${escaped(name)}</td><td>${escaped(email)}${emailVerified ? '' : ' (not verified)'}</td></tr>`,
        )
        .join('')}</table></div>
<h2>Requests</h2><div class="scroll"><table><tr><th>Time</th><th>Where</th><th>Request</th><th>Status</th><th>Note</th></tr>${requests.slice(0, 200).map(requestRow).join('') || emptyRow(5, 'Nothing received yet.')}</table></div>`,
      { wide: true },
    );
  }
}

/** Reads JSON, or the page's form. */
async function fieldsIn(request: Exchange['request']): Promise<{ fields: Record<string, unknown>; isForm: boolean }> {
  const text = (await bodyOf(request, 4096))?.toString('utf8') ?? '';
  const isForm = !request.headers['content-type']?.includes('json');
  return { fields: isForm ? Object.fromEntries(new URLSearchParams(text)) : fieldsOf(text), isForm };
}

async function commandIn(request: Exchange['request']): Promise<{ word: string; times: number; isForm: boolean }> {
  const { fields, isForm } = await fieldsIn(request);
  const times = Math.min(Math.max(Math.floor(Number(fields.times ?? 1)) || 1, 1), 50);
  return { word: String(fields.next ?? ''), times, isForm };
}

function fieldsOf(json: string): Record<string, unknown> {
  try {
    return (JSON.parse(json) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function summaryOf({ id, createdAt, order, status, failureCode, cost, seconds, video }: Task) {
  const { model, promptText, width, height, durationSeconds } = order;
  return {
    id,
    createdAt: new Date(createdAt).toISOString(),
    status,
    model,
    promptText,
    width,
    height,
    durationSeconds,
    failureCode,
    cost,
    seconds,
    film: video ? `/board/film/${id}.mp4` : null,
  };
}

type Shown = ReturnType<typeof summaryOf>;

function taskRow({
  film,
  status,
  failureCode,
  cost,
  model,
  width,
  height,
  durationSeconds,
  promptText,
  id,
}: Shown): string {
  const video = film ? `<video src="${film}" muted loop playsinline controls preload="metadata"></video>` : '';
  const ending = [status, failureCode, cost === null ? null : `${cost} credits`].filter(Boolean).join(' · ');
  return `<tr><td>${video}</td><td class="${status === 'FAILED' ? 'bad' : ''}">${escaped(ending)}<br><code>${id.slice(0, 8)}</code></td><td>${escaped(model)}<br>${width}×${height}, ${durationSeconds} s</td><td>${escaped(promptText)}</td></tr>`;
}

function requestRow({ at, standIn, method, path, status, note }: Received): string {
  return `<tr><td>${at.slice(11, 19)}</td><td>${escaped(standIn)}</td><td class="path">${escaped(method)} ${escaped(path)}</td><td class="${status >= 400 || status === 0 ? 'bad' : ''}">${status || 'cut'}</td><td>${escaped(note)}</td></tr>`;
}

function emptyRow(columns: number, words: string): string {
  return `<tr><td colspan="${columns}" class="soft">${words}</td></tr>`;
}

function accountRow([name, cents]: [string, number]): string {
  const isEmpty = cents <= 0;
  return `<tr><td>${escaped(name)}</td><td>$${(cents / 100).toFixed(2)}</td><td><form class="row" method="post" action="/board/accounts"><input type="hidden" name="standIn" value="${escaped(name)}"><input type="hidden" name="cents" value="${isEmpty ? fullAccountCents : 0}"><button>${isEmpty ? 'Top up' : 'Empty'}</button></form></td></tr>`;
}

function forceForm(): string {
  const option = (word: string) => `<option>${word}</option>`;
  return `<form class="row" method="post" action="/board/force"><label>Answer <select name="next"><optgroup label="Behaves so">${Object.keys(forceWords).map(option).join('')}</optgroup><optgroup label="Fails with">${failureCodes.map(option).join('')}</optgroup></select></label><label>How often <input name="times" type="number" value="1" min="1" max="50"></label><button>Force</button></form>`;
}

function alertRow({ at, type, data, times }: ReceivedAlert): string {
  const words = [data.what, data.subject, data.detail].filter(Boolean).join(' · ');
  return `<tr><td>${at.slice(11, 19)}</td><td>${escaped(type)}</td><td>${escaped(words)}</td><td>${times}</td></tr>`;
}

function failForm(): string {
  return '<form class="row" method="post" action="/board/alerts/failures"><label>Fail the next <input name="times" type="number" value="1" min="1" max="50"></label><button>Fail</button></form>';
}
