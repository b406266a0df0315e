/** Every line Echoes logs. Names are stable: dashboards and alerts search for them. */
export type LogEvent =
  | {
      event: 'request';
      requestId: string;
      method: string;
      path: string;
      status: number;
      milliseconds: number;
      userId?: string;
    }
  | { event: 'error'; requestId: string; where: string; message: string; stack?: string; userId?: string }
  | { event: 'configuration-missing'; names: readonly string[] }
  | { event: 'sign-in'; requestId: string; outcome: string; userId?: string; detail?: string }
  | { event: 'upload'; requestId?: string; userId: string; uploadId: string; outcome: string; bytes?: number }
  | {
      event: 'generation-step';
      generationId: string;
      userId: string;
      projectId: string;
      clipId: string;
      what: string;
      detail?: string;
    }
  | {
      event: 'provider-call';
      generationId: string;
      provider: string;
      call: string;
      outcome: string;
      milliseconds: number;
      status?: number;
      detail?: string;
    }
  | { event: 'provider-unreachable'; generationId: string; provider: string; taskId: string | null }
  | {
      event: 'provider-breaker';
      provider: string;
      state: 'opened' | 'closed';
      reason: string;
      openings: number;
      until: number;
    }
  | { event: 'webhook'; provider: string; outcome: string; generationId?: string }
  | { event: 'queue'; generationId: string; outcome: string; detail?: string }
  | {
      event: 'sweep';
      outcome: string;
      overdue: number;
      stale: number;
      uncleaned: number;
      removedObjects: number;
      milliseconds: number;
    }
  | { event: 'audit'; differences: number }
  | { event: 'purchase'; purchaseId: string; userId?: string; outcome: string; detail?: string }
  | { event: 'stripe-event'; eventId: string; type: string; outcome: string; detail?: string }
  | { event: 'stripe-unreachable'; call: string; detail: string }
  | { event: 'live-publish-failed'; userId: string; detail: string };

const secret =
  /(\/webhooks\/\w+\/gen_\w+\.|\/s\/\w{26})[\w-]+|((?:sig|_jwt|code|state|token|secret|key|authorization|cookie)=)[^&\s"]+|(Bearer\s+)\S+|(whsec_|key_|sk_)[A-Za-z0-9]+/gi;

/** Takes what must not be logged out of a text: signatures, tokens, keys, cookies, addresses that prove who calls. */
export function masked(text: string): string {
  return text.replace(
    secret,
    (_match, address?: string, name?: string, bearer?: string, prefix?: string) =>
      `${address ?? name ?? bearer ?? prefix}…`,
  );
}

/** What a log line says of anything that was thrown: its message with every cause behind it, and where it came from. */
export function described(error: unknown): { message: string; stack?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const cause = error.cause === undefined ? '' : ` ← ${described(error.cause).message}`;
  // Queries are long and their cause is what matters: the beginning is enough.
  return { message: `${error.message.slice(0, 500)}${cause}`, stack: error.stack?.slice(0, 4000) };
}

/** Writes one JSON line; the only console call of the product. */
export function log(event: LogEvent): void {
  const line = JSON.stringify(event, (_key, value) => (typeof value === 'string' ? masked(value) : value));
  if (event.event === 'error' || event.event === 'configuration-missing') console.error(line);
  else console.log(line);
}
