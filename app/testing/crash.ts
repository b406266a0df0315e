// Bindings that act as if the process ended at one chosen call: before its work, or after it and before its answer.
import { env } from 'cloudflare:workers';

export const breaks = ['before', 'after'] as const;
export type Break = (typeof breaks)[number];

/**
 * D1, the live channels and `fetch`, with every call counted. Call number `at` (from 0) throws, before or after its work,
 * and so does every later call. `calls` is how many there were.
 */
export function createCrash({ at, when, fetch }: { at: number; when: Break; fetch: typeof globalThis.fetch }) {
  const crash = { calls: 0, isReached: false };
  const gone = new Error('the process has ended');

  async function call<Result>(work: () => Promise<Result>): Promise<Result> {
    const number = crash.calls;
    crash.calls += 1;
    if (crash.isReached) throw gone;
    if (number !== at) return work();
    crash.isReached = true;
    if (when === 'after') await work();
    throw gone;
  }

  const reals = new WeakMap<object, D1PreparedStatement>();
  const statement = (real: D1PreparedStatement): D1PreparedStatement => {
    const counted = {
      bind: (...values: unknown[]) => statement(real.bind(...values)),
      all: () => call(() => real.all()),
      run: () => call(() => real.run()),
      raw: () => call(() => real.raw()),
      first: () => call(() => real.first()),
    } as D1PreparedStatement;
    reals.set(counted, real);
    return counted;
  };
  const database = {
    prepare: (sql: string) => statement(env.DB.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) =>
      call(() => env.DB.batch(statements.map((one) => reals.get(one) ?? one))),
  };
  const channels = {
    getByName: (name: string) => ({
      publish: (frames: never[]) => call(() => env.LIVE_CHANNEL.getByName(name).publish(frames)),
    }),
  };
  return {
    crash,
    env: { ...env, DB: database, LIVE_CHANNEL: channels } as unknown as Env,
    fetch: ((...given: Parameters<typeof fetch>) => call(() => fetch(...given))) as typeof globalThis.fetch,
  };
}
