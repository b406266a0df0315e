// Starts the built Worker on its own storage, exactly as it was bundled for deployment, beside the stand-ins.
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from 'miniflare';
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from 'wrangler';
import { ada } from '../stand-ins/people.ts';
import { isFree } from '../stand-ins/serve.ts';
import { startStandIns } from '../stand-ins/server.ts';

/** The checkout whose build, settings and migrations are run: this one, or the one that the bench compares it with. */
export const root = resolve(process.env.ECHOES_ROOT ?? resolve(import.meta.dirname, '..'));

// Miniflare runs this instead of its own workerd.
const ofMiniflare = createRequire(createRequire(import.meta.url).resolve('miniflare'));
process.env.ECHOES_WORKERD ??= ofMiniflare('workerd').default;
process.env.MINIFLARE_WORKERD_PATH ??= resolve(import.meta.dirname, 'support/workerd.sh');

/** Signs the links to private media in a running Echoes. */
export const mediaSigningSecret = 'journeys-media-secret';

/**
 * A running Echoes with its stand-ins. `sweep` runs the cron handler once, as of `at` (ms) where given; `appointAda` makes
 * "Ada Admin" an admin.
 */
export interface RunningEchoes {
  origin: string;
  standIns: Awaited<ReturnType<typeof startStandIns>>;
  worker: Miniflare;
  sweep(at?: number): Promise<void>;
  appointAda(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts Echoes on a free port with an empty database. `runwaySeconds`: the time that the stand-in takes for a clip.
 * `scripts`: further scripts that the origin serves, by path. `withoutHeaders`: headers that no answer has, for what
 * engines do not know. `isUnlimited` as below.
 */
export async function startEchoes({
  runwaySeconds = { min: 0.2, max: 0.4 },
  scripts = {},
  withoutHeaders = [],
  isUnlimited = false,
}: {
  runwaySeconds?: { min: number; max: number };
  scripts?: Readonly<Record<string, string>>;
  withoutHeaders?: readonly string[];
  isUnlimited?: boolean;
} = {}): Promise<RunningEchoes> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const standIns = await startStandIns({ port: 0, appOrigin: origin, runwaySeconds, framesPerSecond: 10, quiet: true });
  const storage = await mkdtemp(join(tmpdir(), 'echoes-'));
  const worker = await startBundle({
    storage,
    port,
    isUnlimited,
    before: Object.keys(scripts).length + withoutHeaders.length > 0 ? [wrapping({ scripts, withoutHeaders })] : [],
    bindings: {
      ...standIns.vars,
      APP_ORIGIN: origin,
      SESSION_SECRET: 'journeys-session-secret',
      MEDIA_SIGNING_SECRET: mediaSigningSecret,
      IDENTITY_SECRET: 'journeys-identity-secret',
    },
  });
  return {
    origin,
    standIns,
    worker,
    async sweep(at = Date.now()) {
      await (await worker.getWorker()).scheduled({ cron: '* * * * *', scheduledTime: new Date(at) });
    },
    async appointAda() {
      const db = await worker.getD1Database('DB');
      await db.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(ada.sub).run();
    },
    async close() {
      await worker.dispose();
      await standIns.close();
      await rm(storage, { recursive: true, force: true });
    },
  };
}

/**
 * The Worker as it is bundled for deployment, with these vars and secrets and an empty database. The modules in `before`
 * wrap it: the first of them is the entry, and they import the bundle as `./app.js`. `isUnlimited`: no request comes too
 * fast, for figures that take thousands of them.
 */
export async function startBundle({
  storage,
  port,
  bindings,
  before = [],
  isUnlimited = false,
}: {
  storage: string;
  port?: number;
  bindings: Readonly<Record<string, unknown>>;
  before?: readonly { path: string; contents: string }[];
  isUnlimited?: boolean;
}): Promise<Miniflare> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(resolve(root, 'wrangler.toml'));
  const bundle = resolve(root, 'build/worker');
  const own = readdirSync(bundle)
    .filter((name) => name.endsWith('.js') || name.endsWith('.wasm'))
    .sort((a, b) => Number(b === 'app.js') - Number(a === 'app.js'))
    .map((name) => ({ type: name.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: join(bundle, name) }));
  const around = before.map(({ path, contents }) => ({ type: 'ESModule', path: join(bundle, path), contents }));
  const worker = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions,
      bindings: { ...(workerOptions.bindings as object), ...bindings },
      ...(isUnlimited && { ratelimits: withoutLimits(workerOptions.ratelimits as RateLimits) }),
      ...(port === undefined ? {} : { port, host: '127.0.0.1' }),
      modulesRoot: bundle,
      modules: [...around, ...own],
      assets: { ...(workerOptions.assets as object), directory: resolve(root, 'build/client') },
      defaultPersistRoot: storage,
    } as V4MiniflareOptions),
  );
  await worker.ready;
  await migrate(await worker.getD1Database('DB'));
  return worker;
}

type RateLimits = Readonly<Record<string, { simple: { limit: number; period: 10 | 60 } }>>;

function withoutLimits(limits: RateLimits): RateLimits {
  const lifted = Object.entries(limits).map(([name, one]) => [name, { ...one, simple: { ...one.simple, limit: 1e9 } }]);
  return Object.fromEntries(lifted);
}

/** An entry that serves these scripts, passes all other requests to the Worker, and leaves these headers out. */
function wrapping({
  scripts,
  withoutHeaders,
}: {
  scripts: Readonly<Record<string, string>>;
  withoutHeaders: readonly string[];
}): { path: string; contents: string } {
  const contents = `import app from './app.js';
export * from './app.js';
const scripts = ${JSON.stringify(scripts)};
const left = ${JSON.stringify(withoutHeaders)};
export default {
  ...app,
  async fetch(request, env, ctx) {
    const script = scripts[new URL(request.url).pathname];
    if (script) return new Response(script, { headers: { 'Content-Type': 'text/javascript' } });
    const answer = await app.fetch(request, env, ctx);
    if (!left.some((name) => answer.headers.has(name))) return answer;
    const whole = new Response(answer.body, answer);
    for (const name of left) whole.headers.delete(name);
    return whole;
  },
};`;
  return { path: 'wrapping.js', contents };
}

/** Applies the migrations and records their names, as wrangler does. */
export async function migrate(db: Awaited<ReturnType<Miniflare['getD1Database']>>): Promise<void> {
  await db.prepare('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE)').run();
  const folder = resolve(root, 'migrations');
  const names = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  for (const name of names.sort()) {
    // The local D1 takes a whole file as one statement, in a quarter of the time of its statements one by one.
    const statements = unstable_splitSqlQuery(readFileSync(join(folder, name), 'utf8'));
    const record = db.prepare('INSERT INTO d1_migrations (name) VALUES (?1)').bind(name);
    await db.batch([db.prepare(statements.join(';\n')), record]);
  }
}

/**
 * A free port below the range of outgoing connections, which may take a port before the Worker listens. It is random,
 * because journeys run at the same time.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}
