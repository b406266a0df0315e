import type { Database } from './database.ts';
import { Fault, type World } from './world.ts';

interface BoundStatement {
  sql: string;
  params: readonly unknown[];
}

/**
 * The product's own functions (starts, cancels, sweeps, grants) run on this D1: every call takes virtual time in which
 * others act, may be refused, may lose its answer, or may be the last thing the process does.
 */
export function createBinding(world: World, database: Database) {
  const { random, agenda } = world;
  let crash: ((value: 'crashed') => void) | null = null;

  async function call<Result>(work: () => Result): Promise<Result> {
    const { faults } = world;
    agenda.pass(random.between(1, 30));
    if (!crash || random.chance(faults.crashBefore)) return await die();
    if (random.chance(faults.databaseRefuses)) throw new Fault('D1_ERROR: Network connection lost');
    const result = work();
    world.mistake?.afterWrite?.(world);
    if (random.chance(faults.crashAfter)) return await die();
    if (random.chance(faults.databaseAnswerLost)) throw new Fault('D1_ERROR: Network connection lost');
    return result;
  }

  /** The process has ended: the call never returns. */
  function die(): Promise<never> {
    crash?.('crashed');
    crash = null;
    return new Promise<never>(() => undefined);
  }

  const statement = (written: string, params: readonly unknown[] = []) => {
    const sql = world.mistake?.rewriteProduct?.(written) ?? written;
    const rows = () => database.batch([{ sql, params: params as (string | number | null)[] }])[0] ?? [];
    const result = () => ({ success: true, results: rows(), meta: {} });
    return {
      sql,
      params,
      bind: (...values: unknown[]) => statement(sql, values),
      all: () => call(result),
      run: () => call(result),
      first: () => call(() => rows()[0] ?? null),
      raw: () => call(() => database.values(sql, params)),
    };
  };

  return {
    d1: {
      prepare: (sql: string) => statement(sql),
      batch: (statements: BoundStatement[]) =>
        call(() =>
          database
            .batch(statements.map(({ sql, params }) => ({ sql, params: params as (string | number | null)[] })))
            .map((results) => ({ success: true, results, meta: {} })),
        ),
    } as unknown as D1Database,

    /** Runs product code until it returns; `null` where it throws a fault or its process dies. */
    async process<Result>(work: () => Promise<Result>): Promise<Result | null> {
      const death = new Promise<'crashed'>((resolve) => {
        crash = resolve;
      });
      try {
        const result = await Promise.race([work(), death]);
        if (result !== 'crashed') return result;
      } catch (error) {
        if (!isFault(error)) world.report('nothing throws but the faults', null, causes(error).join(' ← '));
      }
      crash = null;
      // The rest of the process ends before other work begins.
      await new Promise(setImmediate);
      return null;
    },
  };
}

export type Binding = ReturnType<typeof createBinding>;

/** Whether an injected fault is at the bottom of this error. */
export function isFault(error: unknown): boolean {
  return causes(error).some((cause) => cause instanceof Fault);
}

function causes(error: unknown): unknown[] {
  return error instanceof Error && error.cause ? [error, ...causes(error.cause)] : [error];
}
