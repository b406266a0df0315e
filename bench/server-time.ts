import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { percentile } from './figures.ts';
import type { Load } from './load.ts';

/** Times of one page in ms, measured by the client on loopback. */
export interface ServerTime {
  connections: number;
  medianMs: number;
  p95Ms: number;
  requestsPerSecond: number;
  /** CPU time of the Worker's process for one request: a busy machine changes it little. NaN without /proc. */
  cpuMs: number;
  failed: number;
}

/** Requests one page repeatedly, at 1, 16 and 64 connections unless given otherwise, `seconds` each. */
export async function measureServerTime({
  url,
  cookie,
  seconds = 5,
  atOnce = [1, 16, 64],
}: {
  url: string;
  cookie: string;
  seconds?: number;
  atOnce?: readonly number[];
}): Promise<ServerTime[]> {
  const times: ServerTime[] = [];
  for (const connections of atOnce) {
    const before = workerCpuMs();
    const { milliseconds, failed } = await load({ url, connections, seconds, cookie });
    // The warm-up second is not in the times, but in the CPU time.
    const asked = milliseconds.length * ((seconds + 1) / seconds);
    times.push({
      connections,
      medianMs: percentile(milliseconds, 0.5),
      p95Ms: percentile(milliseconds, 0.95),
      requestsPerSecond: milliseconds.length / seconds,
      cpuMs: (workerCpuMs() - before) / asked,
      failed,
    });
  }
  return times;
}

async function load(asked: { url: string; connections: number; seconds: number; cookie: string }): Promise<Load> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, 'load.ts'), asked.url, `${asked.connections}`, `${asked.seconds}`, asked.cookie],
    { maxBuffer: 64_000_000 },
  );
  return JSON.parse(stdout) as Load;
}

/** CPU time in ms that all workerd children of this process have used so far; NaN without /proc. */
export function workerCpuMs(): number {
  const tickMs = 10;
  const pids = existsSync('/proc/self/stat') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  let sum = Number.NaN;
  for (const pid of pids) {
    const [, name, rest = ''] = /\((.*)\) (.*)/s.exec(statusOf(pid)) ?? [];
    const fields = rest.split(' ');
    if (name === 'workerd' && Number(fields[1]) === process.pid)
      sum = (Number.isNaN(sum) ? 0 : sum) + (Number(fields[11]) + Number(fields[12])) * tickMs;
  }
  return sum;
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // The process has ended.
    return '';
  }
}
