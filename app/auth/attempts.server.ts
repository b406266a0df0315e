import * as v from 'valibot';
import type { Clock } from '~/db/ids';
import type { Cookies } from './cookies';
import { createSeal } from './seal.server';
import { newSecret } from './secrets.server';

const tenMinutes = 600_000;
const cookiePrefix = 'echoes-attempt-';
/** Attempts that one browser keeps at a time, one for each tab; their cookies travel with every request. */
const mostAttempts = 4;

const sealedShape = v.object({
  state: v.string(),
  nonce: v.string(),
  codeVerifier: v.string(),
  returnTo: v.string(),
  /** Of a fresh sign-in: whose it is, and when it was begun (ms). */
  fresh: v.nullable(v.object({ userId: v.string(), beganAt: v.number() })),
  expiresAt: v.number(),
});

/** What a sign-in keeps until Google redirects the person back. */
export type Attempt = Pick<v.InferOutput<typeof sealedShape>, 'nonce' | 'codeVerifier' | 'returnTo' | 'fresh'>;

/**
 * Sign-ins that were begun. Each is a sealed cookie of its browser and nothing else, so that strangers who begin one leave
 * nothing behind. It ends after ten minutes or with its callback; Google takes the code of a callback once.
 */
export function createAttempts({
  secrets,
  clock,
  cookies,
}: {
  secrets: readonly string[];
  clock: Clock;
  cookies: Cookies;
}) {
  const seal = createSeal({ secrets, purpose: 'sign-in' });
  const nameOf = (state: string) => `${cookiePrefix}${state.replace(/[^\w-]/g, '').slice(0, 8)}`;
  const stateOf = (request: Request) => new URL(request.url).searchParams.get('state') ?? '';

  return {
    /** Begins a sign-in. Google returns `state`; `setCookies` keep the attempt in this browser, and drop its oldest ones. */
    async begin(request: Request, attempt: Attempt): Promise<{ state: string; setCookies: string[] }> {
      const state = newSecret();
      const sealed = await seal.seal(JSON.stringify({ ...attempt, state, expiresAt: clock() + tenMinutes }));
      // Browsers send their oldest cookie first.
      const tooMany = cookies.named(request, cookiePrefix).slice(0, -(mostAttempts - 1));
      const forgotten = tooMany.map((name) => cookies.forget(name));
      return { state, setCookies: [cookies.keep(nameOf(state), sealed, tenMinutes / 1000), ...forgotten] };
    },

    /** The attempt of a callback. Null if this browser has begun none with its state, or the attempt has ended. */
    async find(request: Request): Promise<Attempt | null> {
      const state = stateOf(request);
      const text = await seal.open(cookies.read(request, nameOf(state)) ?? '');
      const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), sealedShape), text);
      if (!kept.success || kept.output.state !== state || kept.output.expiresAt <= clock()) return null;
      return kept.output;
    },

    /** The Set-Cookie values that end the attempt of a callback. */
    end(request: Request): string[] {
      const name = nameOf(stateOf(request));
      return cookies.read(request, name) === null ? [] : [cookies.forget(name)];
    },
  };
}

export type Attempts = ReturnType<typeof createAttempts>;
