// `npm run build:pages`: builds the pages with Remix, unless build/ already holds what these sources give. wrangler runs
// it before it bundles the Worker, so `npm start` beside a running `npm test` does not empty the folder the tests read.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { weigh } from './budgets.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const inputs = ['app', 'public', 'package-lock.json', 'package.json', 'tsconfig.json', 'vite.config.ts'];
// Not in build/, which Remix removes before it builds.
const cache = join(root, 'node_modules/.cache/echoes');
const stamp = join(cache, 'built-from');
const lock = join(cache, 'build-lock');

mkdirSync(cache, { recursive: true });
await untilLocked();
try {
  const wanted = hashOf(inputs);
  const isWhole = ['build/client', 'build/server/index.js'].every((path) => existsSync(join(root, path)));
  if (!isWhole || textOf(stamp) !== wanted) {
    rmSync(stamp, { force: true });
    execFileSync(join(root, 'node_modules/.bin/remix'), ['vite:build', '--logLevel', 'warn'], {
      cwd: root,
      stdio: 'inherit',
    });
    const { over } = weigh(join(root, 'build/client'));
    if (over.length > 0)
      throw new Error(`pages that are heavier than their budget (.ci/budgets.mjs):\n${over.join('\n')}`);
    writeFileSync(stamp, wanted);
  }
} finally {
  rmSync(lock, { force: true });
}

/** One build at a time. A lock whose process has ended is removed. */
async function untilLocked() {
  for (;;) {
    try {
      return writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(textOf(lock));
    if (holder > 0 && !isRunning(holder)) rmSync(lock, { force: true });
    await wait(200);
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The names and contents of every input. Tests are no part of a build. */
function hashOf(paths) {
  const hash = createHash('sha256');
  const add = (path) => {
    if (/\.test\.tsx?$/.test(path)) return;
    hash
      .update(`${path}\n`)
      .update(readFileSync(join(root, path)))
      .update('\n');
  };
  for (const path of paths) {
    if (path.includes('.')) add(path);
    else
      for (const entry of readdirSync(join(root, path), { recursive: true, withFileTypes: true }).sort(byPath))
        if (entry.isFile()) add(join(entry.parentPath ?? entry.path, entry.name).slice(root.length));
  }
  return hash.digest('hex');
}

function byPath(a, b) {
  return join(a.parentPath ?? a.path, a.name) < join(b.parentPath ?? b.path, b.name) ? -1 : 1;
}
