// `npm start`: Echoes with the stand-ins on this machine, without accounts or keys. Applies the migrations, starts both,
// prints the address once Echoes answers, and stops everything on Ctrl-C.
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
// Runs once per state, so that later changes of the admins and of the alert address survive a restart.
const settled = resolve(state, 'settled-in');
if (!existsSync(settled)) {
  d1('execute', 'DB', '--local', '--persist-to', state, '--yes', '--command', firstStart().join(';'));
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
  // A process group of its own, so that one signal ends wrangler and its children.
  { cwd: root, env: quiet, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
);
worker.stdout?.on('data', (chunk: Buffer) => process.stdout.write(errorLines(chunk.toString())));
worker.stderr?.on('data', (chunk: Buffer) => process.stderr.write(errorLines(chunk.toString())));
worker.on('exit', (code) => void stop(code ?? 1));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

if (await isHealthyBeforeItEnds(worker)) {
  // Cron triggers do not run locally: this timer calls the handler once a minute.
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

/** The port in a variable. Ends the process where the value is not a port. */
function portFrom(name: 'PORT' | 'STAND_INS_PORT', usual: number): number {
  const given = process.env[name];
  const number = given ? Number(given) : usual;
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  return end(`${name}=${given} is no port: set it to a number from 1 to 65535.`);
}

/** Ends the process with advice where one of the two ports is taken. */
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
 * The folder of the local data: `.wrangler/state`, or a separate one while another process uses that, because two runtimes
 * on one database would both drive every clip.
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

/** True while the process that wrote the folder's `running` file is alive and runs this program. */
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

/** Runs a command of wrangler on the local database; ends the process where it fails. */
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

/** The statements of a first start: Ada is an admin, and alerts go to the stand-in. */
function firstStart(): string[] {
  const [now, isAdmin] = [Date.now(), `EXISTS (SELECT 1 FROM admins WHERE google_sub = '${ada.sub}')`];
  return [
    `INSERT INTO admin_acts (at, what, subject) SELECT ${now}, 'admin-granted', '${ada.sub}' WHERE NOT ${isAdmin}`,
    `INSERT INTO admins (google_sub, granted_at) SELECT '${ada.sub}', ${now} WHERE NOT ${isAdmin}`,
    `INSERT INTO settings (key, value, updated_at) SELECT 'alertUrl', '"http://localhost:${standInsPort}/alerts"', ${now}
     WHERE NOT EXISTS (SELECT 1 FROM settings WHERE key = 'alertUrl')`,
  ];
}

/** Writes the local variables (addresses of the stand-ins, secrets made once per state); returns the path of the file. */
function localVariables(): string {
  const path = resolve(state, 'local-secrets.json');
  const secret = () => randomBytes(32).toString('base64url');
  if (!existsSync(path)) {
    const made = { SESSION_SECRET: secret(), MEDIA_SIGNING_SECRET: secret(), IDENTITY_SECRET: secret() };
    writeFileSync(path, JSON.stringify(made));
  }
  const secrets = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  // Older local data has welcome credits that were keyed with the session secret.
  secrets.IDENTITY_SECRET ??= secrets.SESSION_SECRET ?? secret();
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

/** The error lines of wrangler's output; its other lines say nothing that a person needs. */
function errorLines(text: string): string {
  return text
    .split('\n')
    .filter((line) =>
      /✘|\[wrangler:error\]|"event":"(error|configuration-missing)"|Could not|rror: .*(?:build|bundle)/.test(line),
    )
    .map((line) => `${line}\n`)
    .join('');
}
