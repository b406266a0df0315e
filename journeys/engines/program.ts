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
/**
 * Runs a program and ends its process group when the pipe on descriptor 3 closes, which happens at any end of this process:
 * a killed test run leaves no browser behind.
 */
const guarded = '"$@" 3<&- & program=$!; { cat <&3 >/dev/null; kill -KILL 0; } & wait $program';

/** Starts a program. `env` is added to this process's own environment. */
export function startProgram(
  command: string,
  args: readonly string[],
  { env = {} }: { env?: Record<string, string> } = {},
): Program {
  const child = spawn('/bin/sh', ['-c', guarded, 'sh', command, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  let output = '';
  let failure: Error | null = null;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      failure = error;
      resolve();
    });
  });
  for (const stream of streams) {
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      output += part;
    });
  }
  let isWanted = true;
  const failed = gone.then(() => {
    if (isWanted) throw new Error(`${command} ended: ${failure?.message ?? output.slice(-2000)}`);
    return new Promise<never>(() => {});
  });
  // The promise may have no handler.
  failed.catch(() => undefined);
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
        for (const stream of streams) stream.on('data', look);
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
      try {
        // The whole group, because a browser's helper processes outlive the browser.
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group has ended already.
      }
      await gone;
    },
  };
}
