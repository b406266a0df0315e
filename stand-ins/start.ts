// `npm start`: Echoes with the stand-ins, on this machine, with no account and no key.
// Applies the migrations, starts both, says the address when a person can begin, stops everything on Ctrl-C.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { ada } from './people.ts';
import { secondsFrom } from './runway.ts';
import { isFree } from './serve.ts';
import { startStandIns } from './server.ts';

const root = resolve(import.meta.dirname, '..');
const port = portFrom('PORT', 8787);
const standInsPort = portFrom('STAND_INS_PORT', 8788);
const origin = `http://localhost:${port}`;
await refuseTakenPorts();

const state = ownState();
if (process.argv.includes('--fresh')) rmSync(state, { recursive: true, force: true });
mkdirSync(state, { recursive: true });
writeFileSync(runningFile(state), String(process.pid));

const wrangler = (...args: string[]) => [resolve(root, 'node_modules/wrangler/bin/wrangler.js'), ...args];
const quiet = { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_UPDATE_NOTIFIER: '1' };

d1('migrations', 'apply', 'DB', '--local', '--persist-to', state);
// Once per state: an owner who takes the role from Ada, or sends alerts elsewhere, finds it so at the next start.
const settled = resolve(state, 'settled-in');
if (!existsSync(settled)) {
  d1('execute', 'DB', '--local', '--persist-to', state, '--yes', '--command', settledIn().join(';'));
  writeFileSync(settled, '');
}

const standIns = await startStandIns({
  port: standInsPort,
  appOrigin: origin,
  runwaySeconds: secondsFrom(process.env.RUNWAY_SECONDS),
  quiet: true,
});
let clock: NodeJS.Timeout | undefined;
let stopping = false;

const worker = spawn(
  process.execPath,
  wrangler(
    'dev',
    '--port',
    String(port),
    '--persist-to',
    state,
    '--env-file',
    localVariables(),
    '--show-interactive-dev-session=false',
    '--test-scheduled',
  ),
  // A group of its own, so that one signal ends wrangler together with what it started.
  { cwd: root, env: quiet, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
);
worker.stdout?.on('data', (chunk: Buffer) => process.stdout.write(linesWorthReading(chunk.toString())));
worker.stderr?.on('data', (chunk: Buffer) => process.stderr.write(linesWorthReading(chunk.toString())));
worker.on('exit', (code) => void stop(code ?? 1));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

if (await isHealthyBeforeItEnds(worker)) {
  // Cloudflare's clock does not run here: this is the cron that sweeps once a minute.
  clock = setInterval(() => void fetch(`${origin}/__scheduled?cron=*+*+*+*+*`).catch(() => undefined), 60_000);
  console.log(`\nReady on ${origin}`);
  console.log(`The stand-ins for Google, Stripe and the film services: ${standIns.origin}\n`);
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  clearInterval(clock);
  if (isAlive(worker) && worker.pid) {
    const ended = new Promise((done) => worker.once('exit', done));
    process.kill(-worker.pid, 'SIGTERM');
    await ended;
  }
  await standIns.close();
  rmSync(runningFile(state), { force: true });
  process.exit(code);
}

function end(why: string): never {
  console.error(why);
  return process.exit(1) as never;
}

/** The port that a variable names. Ends the process where it is no port. */
function portFrom(name: 'PORT' | 'STAND_INS_PORT', usual: number): number {
  const given = process.env[name];
  const number = given ? Number(given) : usual;
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  return end(`${name}=${given} is no port: set it to a number from 1 to 65535.`);
}

/** Ends the process, saying what to do, where one of the two ports is taken. */
async function refuseTakenPorts(): Promise<void> {
  if (port === standInsPort) end(`PORT and STAND_INS_PORT are both ${port}: set one of them to another port.`);
  for (const [name, wanted] of [
    ['PORT', port],
    ['STAND_INS_PORT', standInsPort],
  ] as const)
    if (!(await isFree(wanted)))
      end(`Port ${wanted} is taken. Set ${name} to a free one, for example: ${name}=${wanted + 10} npm start`);
}

/**
 * Where this start keeps its data: `.wrangler/state`, or a folder of its own while another start uses that one, because
 * two runtimes on one database would each drive every clip.
 */
function ownState(): string {
  const usual = resolve(root, '.wrangler/state');
  if (!isRunning(usual)) return usual;
  const own = `${usual}-${port}`;
  console.log(`Echoes already runs from this folder; this one keeps its own data in ${relative(root, own)}.`);
  return own;
}

function runningFile(folder: string): string {
  return resolve(folder, 'running');
}

/** Whether the process that wrote the folder's `running` file is alive and is a start. */
function isRunning(folder: string): boolean {
  try {
    const pid = readFileSync(runningFile(folder), 'utf8');
    const command = `/proc/${pid}/cmdline`;
    process.kill(Number(pid), 0);
    return Number(pid) !== process.pid && (!existsSync(command) || readFileSync(command, 'utf8').includes('start.ts'));
  } catch {
    return false;
  }
}

/** Runs wrangler on this machine's database; ends where it cannot. */
function d1(...args: string[]): void {
  const env = { ...quiet, CI: 'true' };
  const { status, stdout, stderr } = spawnSync(process.execPath, wrangler('d1', ...args), {
    cwd: root,
    encoding: 'utf8',
    env,
  });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(1);
}

/** Ada is the owner, and alerts come to the stand-in's board. */
function settledIn(): string[] {
  const [now, isAdmin] = [Date.now(), `EXISTS (SELECT 1 FROM admins WHERE google_sub = '${ada.sub}')`];
  return [
    `INSERT INTO admin_acts (at, what, subject) SELECT ${now}, 'admin-granted', '${ada.sub}' WHERE NOT ${isAdmin}`,
    `INSERT INTO admins (google_sub, granted_at) SELECT '${ada.sub}', ${now} WHERE NOT ${isAdmin}`,
    `INSERT INTO settings (key, value, updated_at) SELECT 'alertUrl', '"http://localhost:${standInsPort}/alerts"', ${now}
     WHERE NOT EXISTS (SELECT 1 FROM settings WHERE key = 'alertUrl')`,
  ];
}

/** The local variables: where the stand-ins are, and secrets made once per local state. */
function localVariables(): string {
  const path = resolve(state, 'local-secrets.json');
  if (!existsSync(path)) {
    const secret = () => randomBytes(32).toString('base64url');
    writeFileSync(path, JSON.stringify({ SESSION_SECRET: secret(), MEDIA_SIGNING_SECRET: secret() }));
  }
  const secrets = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  const file = resolve(state, 'local.env');
  const variables = { APP_ORIGIN: origin, ...standIns.vars, ...secrets };
  writeFileSync(
    file,
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  return file;
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** True once Echoes answers; false where the process ends first. */
async function isHealthyBeforeItEnds(process_: ChildProcess): Promise<boolean> {
  while (isAlive(process_) && !stopping) {
    const isHealthy = await fetch(`${origin}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isHealthy) return true;
    await new Promise((done) => setTimeout(done, 250));
  }
  return false;
}

/** Wrangler says "Ready" before a person can begin, and much else besides: only what went wrong is worth reading. */
function linesWorthReading(text: string): string {
  return text
    .split('\n')
    .filter((line) =>
      /✘|\[wrangler:error\]|"event":"(error|configuration-missing)"|Could not|rror: .*(?:build|bundle)/.test(line),
    )
    .map((line) => `${line}\n`)
    .join('');
}
