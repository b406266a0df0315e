// A generation's object that a test can stop at every step outward: its bindings, its storage and the wire pass through
// a gate, and each effect the machine yields is seen as it is yielded. The real runner performs them on real bindings.
import type { Effect, EffectKind } from '~/generations/pipeline/effects';
import { generationLife } from '~/generations/pipeline/machine';

/** What happens at the chosen effect. `refused`: an error, and nothing was done; `answer lost`: an error, and all was. */
export const troubles = ['crash before', 'crash after', 'answer lost', 'refused'] as const;
export type Trouble = (typeof troubles)[number];

/** One effect as it was yielded, and how many calls outward it took. */
export interface Point {
  kind: EffectKind;
  /** Among all that one generation yields. */
  index: number;
  calls: number;
}

/** Where the trouble is wanted: at this point, whose last call is the `calls`th. */
interface Aim {
  point: Point;
  trouble: Trouble;
}

/** Every call of the object goes through `call`; `aim` chooses the one that fails, once. */
export function createGate() {
  const lost = new Error('Network connection lost.');
  let isResting = true;
  const gate = {
    points: [] as Point[],
    /** Tasks whose name was written down. */
    known: new Set<string>(),
    aim: null as Aim | null,
    /** Objects whose calls go through here. */
    behind: new WeakSet<object>(),
    /** The trouble has come. */
    isReached: false,

    /** Sees an effect that the machine yields. */
    see(effect: Effect): void {
      isResting = false;
      gate.points.push({ kind: effect.kind, index: gate.points.length, calls: 0 });
    },
    /** Sees that an effect was performed and its answer heard. */
    seeDone(effect: Effect): void {
      if (effect.kind === 'remember') for (const taskId of effect.memo.tasks ?? []) gate.known.add(taskId);
    },
    /** A run has come to its wait or its end: what follows belongs to no effect. */
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
  /** The call never comes back: whoever made it is about to be killed. */
  function hang(): Promise<never> {
    gate.isReached = true;
    return new Promise<never>(() => {});
  }
  return gate;
}

export type Gate = ReturnType<typeof createGate>;

/** Shows every effect of every life to the gate that is current then. Answers how to stop. */
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

/** Leads the bindings and the storage of this instance through the gate, once; the next one has its own again. */
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
