import { createHmac, timingSafeEqual } from 'node:crypto';
import { bodyOf, type Exchange, type Origins, type StandIn, sendJson } from './http.ts';

/** A valid, correctly signed message. `times`: how often a message with its id arrived. */
export type ReceivedAlert = { id: string; at: string; type: string; data: Record<string, unknown>; times: number };

/** The owner's webhook for alerts: accepts messages signed by the Standard Webhooks scheme, and no others. */
export type AlertsStandIn = StandIn & {
  /** The URL of the webhook. */
  address: string;
  /** Oldest first. */
  messages(): readonly ReceivedAlert[];
  /** Makes the next `times` messages fail: with 503, or as `how` says. */
  failNext(times: number, how?: Misbehaviour): void;
  /** How many of the next messages will fail. */
  failing(): number;
};

/** `huge`: an endless body. `redirect`: a redirect to the same URL. `hang`: no response. */
type Misbehaviour = 'error' | 'huge' | 'redirect' | 'hang';

const secret = 'whsec_c3RhbmQtaW4tZm9yLXRoZS1vd25lcnMtYWRkcmVzcw==';
const mostSecondsApart = 300;
const mostBytes = 64 * 1024;

export function createAlerts({ origin }: Origins): AlertsStandIn {
  const messages: ReceivedAlert[] = [];
  const open = new Set<Exchange['response']>();
  let failures: Misbehaviour[] = [];

  async function take({ request, response, note }: Exchange): Promise<void> {
    const body = await bodyOf(request, mostBytes);
    const refused = body ? whyRefused(request.headers, body) : 'too long';
    if (refused || !body) {
      note(refused ?? '');
      return sendJson(response, refused === 'too long' ? 413 : 401, { error: refused });
    }
    const misbehaviour = failures.shift();
    if (misbehaviour) {
      note(misbehaviour);
      return misbehave(misbehaviour, response);
    }
    const message = messageIn(body);
    if (!message) return sendJson(response, 400, { error: 'no type, timestamp and data' });
    const id = String(request.headers['webhook-id']);
    const before = messages.find((one) => one.id === id);
    if (before) before.times += 1;
    else messages.push({ id, at: new Date().toISOString(), ...message, times: 1 });
    note(message.type);
    response.writeHead(204).end();
  }

  function misbehave(how: Misbehaviour, response: Exchange['response']): void {
    if (how === 'error') {
      sendJson(response, 503, { error: 'told to fail' });
      return;
    }
    open.add(response);
    response.once('close', () => open.delete(response));
    if (how === 'hang') return;
    if (how === 'redirect') {
      response.writeHead(307, { location: `${origin}/alerts` }).end();
      return;
    }
    const part = Buffer.alloc(64 * 1024, 'x');
    response.writeHead(500, { 'content-type': 'text/plain' });
    const pour = () => {
      while (!response.destroyed && response.write(part));
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  }

  return {
    name: 'Alerts',
    mount: '/alerts',
    vars: { ALERT_WEBHOOK_SECRET: secret },
    address: `${origin}/alerts`,
    messages: () => messages,
    failNext(times, how = 'error') {
      failures = Array.from({ length: times }, () => how);
    },
    failing: () => failures.length,
    answer(exchange) {
      if (exchange.request.method === 'POST' && exchange.path === '/') return take(exchange);
      sendJson(exchange.response, 405, { error: 'POST alerts here' });
    },
    close() {
      for (const response of open) response.destroy();
    },
  };
}

/** The reason to refuse a message; null for one that is correctly signed. */
function whyRefused(headers: Exchange['request']['headers'], body: Buffer): string | null {
  const [id, timestamp, given] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`]);
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof given !== 'string') return 'unsigned';
  if (headers['content-type'] !== 'application/json') return 'not JSON';
  if (!/^\d{10}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > mostSecondsApart) return 'stale';
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const right = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  const isRight = given.split(' ').some((one) => {
    const [version, signature = ''] = one.split(',');
    const bytes = Buffer.from(signature, 'base64');
    return version === 'v1' && bytes.length === right.length && timingSafeEqual(bytes, right);
  });
  return isRight ? null : 'forged';
}

function messageIn(body: Buffer): Pick<ReceivedAlert, 'type' | 'data'> | null {
  try {
    const { type, timestamp, data } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    const isWhole = typeof type === 'string' && !Number.isNaN(Date.parse(String(timestamp))) && data instanceof Object;
    return isWhole ? { type, data: data as Record<string, unknown> } : null;
  } catch {
    return null;
  }
}
