import { spawn } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import type { Table } from './figures.ts';

const lastWords = 4_000;

/**
 * Runs one part in a process of its own on the build in `folder`, and returns its tables. The product's log is not printed;
 * where the part fails, the error holds the end of the log.
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
    let said = '';
    const keep = (chunk: Buffer) => {
      said = (said + chunk).slice(-lastWords);
    };
    const child = spawn(process.execPath, ['--import', './bench/alias.ts', 'bench/part.ts', name, generations], {
      cwd: resolvePath(import.meta.dirname, '..'),
      env: { ...process.env, ECHOES_ROOT: folder },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('message', (table: Table) => tables.push(table));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(tables);
      else reject(new Error(`bench ${name} ended with ${code} in ${folder}:\n${said}`));
    });
  });
}
