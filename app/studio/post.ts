import { leaveWhereMoved } from '~/components/old-page';
import { pause } from '~/components/waking';

/** The value a request returned, or why it was refused. A person can quote `requestId` to us. */
export type Answer<T> = { ok: true; value: T } | Refusal;

export interface Refusal {
  ok: false;
  /** HTTP status; 0 without any answer. */
  status: number;
  /** The outcome named by the server, such as `no-credit`. */
  outcome: string | null;
  requestId: string | null;
  /** When (ms since 1970) it may be sent again, if the server said so. */
  until?: number;
  /** The owner's message in maintenance mode. */
  notice?: string;
}

const patienceMilliseconds = 30_000;

/** How often a request is sent that gets no answer. */
const attempts = 3;

/**
 * Sends fields to a resource route and reads its JSON answer. Never throws: no answer is a refusal with status 0. A lost
 * answer is asked for twice more, since every such request does the same when it arrives again: one that pays carries its
 * key.
 * `outlivesPage`: the request arrives even when the page is left at once, as for paying.
 */
export async function send<T>(
  url: string,
  {
    method = 'POST',
    fields = {},
    outlivesPage = false,
  }: { method?: 'POST' | 'DELETE'; fields?: Record<string, string | readonly string[]>; outlivesPage?: boolean } = {},
): Promise<Answer<T>> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of typeof value === 'string' ? [value] : value) body.append(name, one);
  return ask<T>(url, { method, body: method === 'DELETE' ? undefined : body, keepalive: outlivesPage });
}

/** Reads JSON from a resource route. Never throws. */
export function get<T>(url: string): Promise<Answer<T>> {
  return ask<T>(url, { method: 'GET' });
}

async function ask<T>(url: string, init: RequestInit): Promise<Answer<T>> {
  for (let attempt = 0; ; attempt++) {
    const answer = await askOnce<T>(url, init);
    if (answer.ok || answer.status > 0 || attempt + 1 === attempts) return answer;
    await pause({ attempt });
  }
}

async function askOnce<T>(url: string, init: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(url, {
      ...init,
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(patienceMilliseconds),
    });
    // An answer that breaks off is lost as well.
    const text = await response.text();
    const value = readJson(text);
    if (response.ok && value !== null) return { ok: true, value: value as T };
    leaveWhereMoved(response.status);
    const { outcome, until, notice } = (value ?? {}) as { outcome?: unknown; until?: unknown; notice?: unknown };
    return {
      ok: false,
      status: response.status,
      outcome: typeof outcome === 'string' ? outcome : null,
      requestId: response.headers.get('X-Request-Id'),
      ...(typeof until === 'number' ? { until } : {}),
      ...(typeof notice === 'string' ? { notice } : {}),
    };
  } catch {
    return { ok: false, status: 0, outcome: null, requestId: null };
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
