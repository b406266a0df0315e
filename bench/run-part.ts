import { spawn } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import type { Table } from './figures.ts';

const lastWords = 4_000;
/** The most that a part takes, in ms; `admin` takes longer where it is given more than its usual generations. */
const mostMs = 5 * 60_000;
const usualGenerations = 100_000;

/**
 * Runs one part in a process of its own on the build in `folder`, and returns its tables. The product's log is not printed;
 * where the part fails, the error holds the end of the log. A part that takes too long is ended: its tables so far are
 * returned, if it has any.
 */
export function runPart({
  folder,
  name,
  generations,
}: {
  folder: string;
  name: string;
  generations: string;
}): Promise<Table[]> {
  return new Promise((resolve, reject) => {
    const tables: Table[] = [];
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk).slice(-lastWords);
    };
    const child = spawn(process.execPath, ['--import', './bench/alias.ts', 'bench/part.ts', name, generations], {
      cwd: resolvePath(import.meta.dirname, '..'),
      env: { ...process.env, ECHOES_ROOT: folder },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      killSignal: 'SIGKILL',
      ...(Number(generations) <= usualGenerations && { timeout: mostMs }),
    });
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('message', (table: Table) => tables.push(table));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(tables);
      if (signal && tables.length > 0) {
        tables.push({
          heading: `bench ${name}: ended after ${mostMs / 60_000} minutes, before it had all figures`,
          rows: [],
        });
        resolve(tables);
      } else if (signal) reject(new Error(`bench ${name} had no figure after ${mostMs / 60_000} minutes`));
      else reject(new Error(`bench ${name} ended with ${code} in ${folder}:\n${output}`));
    });
  });
}
