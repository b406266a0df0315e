// Faults at every call of a generation's object: its bindings, storage and `fetch` pass through a gate, which also sees
// each effect as the machine yields it. The real runner performs the effects on real bindings.
import type { Effect, EffectKind } from '~/generations/pipeline/effects';
import { generationLife } from '~/generations/pipeline/machine';

/** The fault at the chosen effect. `refused`: an error, and nothing was done. `answer lost`: an error, and all was done. */
export const troubles = ['crash before', 'crash after', 'answer lost', 'refused'] as const;
export type Trouble = (typeof troubles)[number];

/** One yielded effect, and how many calls it took. */
export interface Point {
  kind: EffectKind;
  /** Its number among all effects of the generation. */
  index: number;
  calls: number;
}

/** The fault to cause: at this point, whose last call has the number `calls`. */
interface Aim {
  point: Point;
  trouble: Trouble;
}

/** Every call of the object passes `call`; `aim` selects the one that fails, once. */
export function createGate() {
  const lost = new Error('Network connection lost.');
  let isResting = true;
  const gate = {
    points: [] as Point[],
    /** Tasks whose id was stored in a memo. */
    known: new Set<string>(),
    aim: null as Aim | null,
    /** Instances whose calls pass this gate. */
    behind: new WeakSet<object>(),
    /** True once the fault has happened. */
    isReached: false,

    /** Sees an effect that the machine yields. */
    see(effect: Effect): void {
      isResting = false;
      gate.points.push({ kind: effect.kind, index: gate.points.length, calls: 0 });
    },
    /** Sees that an effect was performed and answered. */
    seeDone(effect: Effect): void {
      if (effect.kind === 'remember') for (const taskId of effect.memo.tasks ?? []) gate.known.add(taskId);
    },
    /** A run has ended: calls that follow belong to no effect. */
    rest(): void {
      isResting = true;
    },
    async call<Result>(work: () => Promise<Result>): Promise<Result> {
      const point = isResting ? null : gate.points.at(-1);
      if (!point) return work();
      point.calls += 1;
      const { aim } = gate;
      const isAimed = aim !== null && !gate.isReached && aim.point.index === point.index;
      const isFirst = isAimed && point.calls === 1;
      const isLast = isAimed && point.calls === aim.point.calls;
      if (isFirst && aim.trouble === 'crash before') return hang();
      if (isFirst && aim.trouble === 'refused') {
        gate.isReached = true;
        throw lost;
      }
      const result = await work();
      if (isLast && aim.trouble === 'crash after') return hang();
      if (isLast && aim.trouble === 'answer lost') {
        gate.isReached = true;
        throw lost;
      }
      return result;
    },
  };
  /** The call never returns: the test then aborts its object. */
  function hang(): Promise<never> {
    gate.isReached = true;
    return new Promise<never>(() => {});
  }
  return gate;
}

export type Gate = ReturnType<typeof createGate>;

/** Shows every effect of every machine to the current gate. Returns a function that ends this. */
export function watchLives(gateNow: () => Gate): () => void {
  const { prototype } = generationLife as unknown as { prototype: Generator<Effect, void, unknown> };
  const { next } = Object.getPrototypeOf(prototype) as typeof prototype;
  const last = new WeakMap<object, Effect>();
  prototype.next = function (this: Generator<Effect, void, unknown>, ...given) {
    const before = last.get(this);
    if (before) gateNow().seeDone(before);
    const step = next.apply(this, given) as IteratorResult<Effect, void>;
    if (step.done) gateNow().rest();
    else {
      gateNow().see(step.value);
      last.set(this, step.value);
    }
    return step;
  };
  return () => Reflect.deleteProperty(prototype, 'next');
}

/** Replaces the bindings and the storage of one instance by gated ones; the next instance has its own again. */
export function putBehind(gate: Gate, instance: object): void {
  if (gate.behind.has(instance)) return;
  gate.behind.add(instance);
  const { env, ctx } = instance as unknown as { env: Env; ctx: DurableObjectState };
  const channels = env.LIVE_CHANNEL;
  const behind = {
    env: {
      ...env,
      DB: database(gate, env.DB),
      MEDIA: everyCall(gate, env.MEDIA),
      LIVE_CHANNEL: { getByName: (name: string) => everyCall(gate, channels.getByName(name)) },
    },
    ctx: { storage: everyCall(gate, ctx.storage) },
  };
  for (const [name, value] of Object.entries(behind)) Object.defineProperty(instance, name, { value });
}

function everyCall<Target extends object>(gate: Gate, target: Target): Target {
  type Methods = Record<PropertyKey, (...given: unknown[]) => Promise<unknown>>;
  return new Proxy(target, {
    get:
      (_target, name) =>
      (...given: unknown[]) =>
        gate.call(async () => (target as unknown as Methods)[name]?.(...given)),
  });
}

function database(gate: Gate, real: D1Database): Pick<D1Database, 'prepare' | 'batch'> {
  const reals = new WeakMap<object, D1PreparedStatement>();
  const statement = (own: D1PreparedStatement): D1PreparedStatement => {
    const behind = {
      bind: (...values: unknown[]) => statement(own.bind(...values)),
      all: () => gate.call(() => own.all()),
      run: () => gate.call(() => own.run()),
      raw: () => gate.call(() => own.raw()),
      first: () => gate.call(() => own.first()),
    } as D1PreparedStatement;
    reals.set(behind, own);
    return behind;
  };
  return {
    prepare: (sql) => statement(real.prepare(sql)),
    batch: (statements) => gate.call(() => real.batch(statements.map((one) => reals.get(one) ?? one))),
  };
}
