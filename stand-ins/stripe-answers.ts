import { createHash } from 'node:crypto';
import type { Outcome, Refusal } from './stripe-account.ts';

/** An answer of the API, with its additional headers. */
export type Answer = { status: number; body: unknown; headers: Record<string, string> };

/**
 * Forced answers. `HOLD`: the request is performed, and answered on release. `LOSE_ANSWER`: the request is performed, and
 * its connection is cut. `ERROR`: a 500 that the idempotency key keeps. `RATE_LIMIT`, `UNAVAILABLE`: nothing is performed.
 */
export const answerWords = ['HOLD', 'LOSE_ANSWER', 'ERROR', 'RATE_LIMIT', 'UNAVAILABLE'] as const;
export type AnswerWord = (typeof answerWords)[number];

/** The queue of forced answers. */
export function createForcedAnswers() {
  const orders: { next: AnswerWord; method?: string; times: number }[] = [];
  let held: (() => void)[] = [];
  return {
    next(next: AnswerWord, { times = 1, method }: { times?: number; method?: string } = {}): void {
      orders.push({ next, times, ...(method ? { method } : {}) });
    },
    waiting: () => orders.map((order) => ({ ...order })),
    take(method: string): AnswerWord | null {
      const order = orders.find((one) => one.method === undefined || one.method === method);
      if (!order) return null;
      order.times -= 1;
      if (order.times === 0) orders.splice(orders.indexOf(order), 1);
      return order.next;
    },
    held: (): number => held.length,
    untilReleased: (): Promise<void> => new Promise((resolve) => held.push(resolve)),
    release(): number {
      const waiting = held;
      held = [];
      for (const go of waiting) go();
      return waiting.length;
    },
  };
}

type Memory = { path: string; params: string; requestId: string; answer: Answer | null };

/**
 * Idempotency keys as at Stripe: the first answer, errors included, is repeated for a day; a different request under the
 * key is an error; a concurrent request is a conflict. Errors about parameters are not stored.
 */
export function createIdempotency({ now }: { now: () => number }) {
  const memories = new Map<string, Memory & { until: number }>();

  return {
    async answered(
      { key, path, body, requestId }: { key: string; path: string; body: string; requestId: string },
      run: () => Promise<{ answer: Answer; isRemembered: boolean }>,
    ): Promise<Answer> {
      if (key.length > 255) {
        const message = `Idempotency keys can have up to 255 characters, but you passed in one of ${key.length}.`;
        return errorAnswer(400, { type: 'invalid_request_error', message });
      }
      const params = createHash('sha256').update(body).digest('hex');
      const known = memories.get(key);
      if (known && known.until > now()) return repeated(known, { key, path, params });
      const memory: Memory & { until: number } = { path, params, requestId, answer: null, until: now() + 86_400_000 };
      memories.set(key, memory);
      // The key becomes free where the answer is not stored, also where the work throws.
      let answer: Answer | null = null;
      try {
        const result = await run();
        if (result.isRemembered) answer = result.answer;
        return result.answer;
      } finally {
        if (answer) memory.answer = answer;
        else memories.delete(key);
      }
    },
  };
}

function repeated(known: Memory, { key, path, params }: { key: string; path: string; params: string }): Answer {
  const misused = (message: string) => errorAnswer(400, { type: 'idempotency_error', message });
  if (known.path !== path)
    return misused(
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${known.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  if (known.params !== params)
    return misused(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  if (known.answer === null)
    return errorAnswer(409, {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: `There is currently another in-progress request using this Stripe Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    });
  const headers = { 'idempotent-replayed': 'true', 'original-request': known.requestId };
  return { ...known.answer, headers: { ...known.answer.headers, ...headers } };
}

export function errorAnswer(status: number, error: Refusal['error'], headers: Record<string, string> = {}): Answer {
  const docs = error.code ? { doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}` } : {};
  return { status, body: { error: { ...error, ...docs } }, headers };
}

export function answerOf(outcome: Outcome<unknown>): Answer {
  if (outcome.ok) return { status: 200, body: outcome.value, headers: {} };
  return errorAnswer(outcome.refusal.status, outcome.refusal.error);
}
