// Wraps the built Worker inside the same workerd: counts the units that Cloudflare bills, speeds up its clock, and answers
// in place of Runway. metered-worker.ts builds and starts this module, and passes it the exports of the bundle.
import { env as variables } from 'cloudflare:workers';
import { createWire, videoBytes } from '~/testing/provider';

type Job = DurableObject & {
  start(id: string): Promise<void>;
  nudge(id: string): Promise<void>;
  alarm(): Promise<void>;
};
type Channel = DurableObject & { publish(frames: unknown): Promise<void> };
type Class<Made> = new (ctx: DurableObjectState, env: Env) => Made;

/** The exports of workers/app.ts. */
export interface Bundle {
  default: Required<Pick<ExportedHandler<Env>, 'fetch' | 'queue' | 'scheduled'>>;
  GenerationJob: Class<Job>;
  LiveChannel: Class<Channel>;
}

/** The name of a count. `objectMs`: real milliseconds in which an object worked. */
export type Meter =
  | 'workerRequests'
  | 'orders'
  | 'polls'
  | 'films'
  | 'deletions'
  | 'd1RowsRead'
  | 'd1RowsWritten'
  | 'r2ClassA'
  | 'r2ClassB'
  | 'queueOperations'
  | 'alarms'
  | 'objectCalls'
  | 'objectRowsRead'
  | 'objectRowsWritten'
  | 'objectMs';

/** Options of one run: `start` in ms since 1970, a clock `clockSpeed` times as fast as real time, meters on or off. */
export interface RunOptions {
  start: number;
  clockSpeed: number;
  isMetered: boolean;
  /** The poll at which a task has succeeded. */
  pollsPerTask: number;
  filmBytes: number;
}

const { start, clockSpeed, isMetered, pollsPerTask, filmBytes } = (variables as unknown as { RUN_OPTIONS: RunOptions })
  .RUN_OPTIONS;
const realNow = Date.now;
const toReal = (at: number) => start + (at - start) / clockSpeed;
/** The clock of the whole Worker. */
const fastNow = () => Math.round(start + (realNow() - start) * clockSpeed);
Date.now = fastNow;
console.log = () => {};

const counts = new Map<string, number>();
const count = (meter: Meter, by = 1) => void counts.set(meter, (counts.get(meter) ?? 0) + by);

/** The Worker's exports, metered. `/bench/counts` returns the counts and resets them. */
export function counted(bundle: Bundle) {
  const door = bundle.default;
  const runway = createRunway((request, env) => door.fetch(request as never, env, outside()));

  class GenerationJob extends bundle.GenerationJob {
    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, bindings(env));
      runway.env ??= bindings(env);
      Object.defineProperty(this, 'ctx', { value: { storage: storage(ctx.storage) } });
    }
    override alarm() {
      return working('alarms', () => super.alarm());
    }
    override start(id: string) {
      return working('objectCalls', () => super.start(id));
    }
    override nudge(id: string) {
      return working('objectCalls', () => super.nudge(id));
    }
  }
  class LiveChannel extends bundle.LiveChannel {
    override publish(frames: unknown) {
      return working('objectCalls', () => super.publish(frames));
    }
  }

  return {
    GenerationJob,
    LiveChannel,
    default: {
      async fetch(request: Request, env: Env, context: ExecutionContext) {
        if (new URL(request.url).pathname === '/bench/counts') {
          const answer = Response.json(Object.fromEntries(counts));
          counts.clear();
          return answer;
        }
        count('workerRequests');
        return door.fetch(request as never, bindings(env), context);
      },
      async queue(batch: MessageBatch, env: Env, context: ExecutionContext) {
        count('workerRequests');
        // Each message is read, and deleted when it is done.
        count('queueOperations', 2 * batch.messages.length);
        return door.queue(batch, bindings(env), context);
      },
      async scheduled(controller: ScheduledController, env: Env, context: ExecutionContext) {
        count('workerRequests');
        return door.scheduled(controller, bindings(env), context);
      },
    },
  };
}

const outside = () => ({ waitUntil: () => {}, passThroughOnException: () => {} }) as unknown as ExecutionContext;

async function working<Result>(meter: Meter, work: () => Result | Promise<Result>): Promise<Result> {
  count(meter);
  const began = realNow();
  try {
    return await work();
  } finally {
    count('objectMs', realNow() - began);
  }
}

/** The Runway of the tests, whose tasks succeed at poll `pollsPerTask`; it fetches each picture as Runway does. */
function createRunway(open: (request: Request, env: Env) => Promise<Response> | Response) {
  const runway = { env: undefined as Env | undefined };
  const asked = new Map<string, number>();
  const wire = createWire({
    openImage: async (url, method) => {
      count('workerRequests');
      return open(new Request(url, { method }), runway.env as Env);
    },
  });
  wire.output = () => {
    const headers = { 'Content-Type': 'video/mp4', 'Content-Length': `${filmBytes}` };
    return new Response(videoBytes(filmBytes), { headers });
  };
  wire.before = async ({ method, url }) => {
    count(method === 'POST' ? 'orders' : method === 'DELETE' ? 'deletions' : url.includes('.mp4') ? 'films' : 'polls');
    const task = wire.tasks.get(url.split('/').at(-1) ?? '');
    if (method !== 'GET' || !task) return null;
    const times = (asked.get(task.id) ?? 0) + 1;
    asked.set(task.id, times);
    if (times >= pollsPerTask) wire.succeedWith(task);
    else task.body = { status: 'RUNNING', progress: times / pollsPerTask };
    return null;
  };
  globalThis.fetch = wire.fetch as typeof fetch;
  return runway;
}

/** Refuses nothing and counts nothing. The local ones write a row of a database for each request; Cloudflare's do not. */
const limiter: RateLimit = { limit: async () => ({ success: true }) };
const limiters = { RATE_FEW: limiter, RATE_SOME: limiter, RATE_MANY: limiter, RATE_LOTS: limiter };

/** The same bindings without rate limits, and metered. */
function bindings(env: Env): Env {
  const unlimited = { ...env, ...limiters };
  if (!isMetered) return unlimited;
  return {
    ...unlimited,
    DB: database(env.DB),
    MEDIA: bucket(env.MEDIA),
    GENERATION_QUEUE: queue(env.GENERATION_QUEUE),
  };
}

function queue(real: Env['GENERATION_QUEUE']): Env['GENERATION_QUEUE'] {
  const send = (message: unknown) => {
    count('queueOperations');
    return real.send(message as never);
  };
  return { send } as Env['GENERATION_QUEUE'];
}

const r2Meters: Readonly<Record<string, Meter>> = {
  put: 'r2ClassA',
  list: 'r2ClassA',
  get: 'r2ClassB',
  head: 'r2ClassB',
};
function bucket(real: R2Bucket): R2Bucket {
  return new Proxy(real, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        const meter = r2Meters[String(name)];
        if (meter) count(meter);
        return member.apply(target, given);
      };
    },
  });
}

/** Adds the row counts that D1 reports with a result. */
function rows<Result extends { meta: D1Meta }>(result: Result): Result {
  count('d1RowsRead', result.meta.rows_read);
  count('d1RowsWritten', result.meta.rows_written);
  return result;
}

function database(real: D1Database): D1Database {
  const reals = new WeakMap<object, D1PreparedStatement>();
  const statement = (own: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const metered = {
      bind: (...values: unknown[]) => statement(own.bind(...values), sql),
      all: async () => rows(await own.all()),
      run: async () => rows(await own.run()),
      first: async (column?: string) => {
        const row = rows(await own.all<Record<string, unknown>>()).results[0] ?? null;
        return column === undefined ? row : (row?.[column] ?? null);
      },
      // raw() reports no row counts, so the query runs once more with all().
      raw: async () => {
        if (!/^\s*(select|with)/i.test(sql)) throw new Error(`rows that are not counted: ${sql}`);
        rows(await own.all());
        return own.raw();
      },
    } as unknown as D1PreparedStatement;
    reals.set(metered, own);
    return metered;
  };
  return {
    prepare: (sql: string) => statement(real.prepare(sql), sql),
    batch: async (statements: D1PreparedStatement[]) =>
      (await real.batch(statements.map((one) => reals.get(one) ?? one))).map(rows),
  } as unknown as D1Database;
}

/** The object's storage with its rows counted; alarms are set at the real time that the fast clock means. */
function storage(real: DurableObjectStorage) {
  return {
    get: (key: string) => {
      count('objectRowsRead');
      return real.get(key);
    },
    put: (key: string, value: unknown) => {
      count('objectRowsWritten');
      return real.put(key, value);
    },
    sync: () => real.sync(),
    getAlarm: async () => {
      count('objectRowsRead');
      const at = await real.getAlarm();
      return at === null ? null : start + (at - start) * clockSpeed;
    },
    setAlarm: (at: number) => {
      count('objectRowsWritten');
      return real.setAlarm(toReal(at));
    },
    deleteAll: async () => {
      count('objectRowsWritten', (await real.list()).size + 1);
      return real.deleteAll();
    },
  };
}
