// Programs that a journey starts beside its browser driver, each in a process group of its own.
import { spawn } from 'node:child_process';

/** A started program. */
export interface Program {
  /** Resolves with the first match in what the program prints; rejects with its output when it ends or 30 s pass before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Every line printed so far that matches. */
  lines(pattern: RegExp): string[];
  /** Rejects when the program ends without being asked to. */
  failure: Promise<never>;
  /** Ends the program and everything it started, and resolves when it has gone. */
  end(): Promise<void>;
}

const startSeconds = 30;
const politeSeconds = 3;

/** Starts a program. `env` is added to this process's own environment. */
export function startProgram(
  command: string,
  args: readonly string[],
  { env = {} }: { env?: Record<string, string> } = {},
): Program {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  let failure: Error | null = null;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      failure = error;
      resolve();
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      output += part;
    });
  }
  const signal = (name: NodeJS.Signals) => {
    try {
      // The whole group: a browser's helpers outlive their parent otherwise.
      if (child.pid) process.kill(-child.pid, name);
    } catch {
      // The group has ended already.
    }
  };
  let isWanted = true;
  const failed = gone.then(() => {
    if (isWanted) throw new Error(`${command} ended: ${failure?.message ?? output.slice(-2000)}`);
    return new Promise<never>(() => {});
  });
  // Nobody may be waiting for it.
  failed.catch(() => undefined);
  // A test run that is stopped half-way leaves no browser behind.
  const atExit = () => signal('SIGKILL');
  process.once('exit', atExit);

  return {
    failure: failed,
    async printed(pattern) {
      const settled = new AbortController();
      const seen = new Promise<RegExpExecArray>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${command} did not print ${pattern}: ${output.slice(-2000)}`)),
          startSeconds * 1000,
        );
        settled.signal.addEventListener('abort', () => clearTimeout(timer));
        const look = () => {
          const found = pattern.exec(output);
          if (found) resolve(found);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        look();
      });
      try {
        return await Promise.race([seen, failed]);
      } finally {
        settled.abort();
      }
    },
    lines: (pattern) => output.split('\n').filter((line) => pattern.test(line)),
    async end() {
      isWanted = false;
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), politeSeconds * 1000);
      await gone;
      clearTimeout(timer);
      // Helpers that ignored the polite signal.
      signal('SIGKILL');
      process.off('exit', atExit);
    },
  };
}
