// Runs before `npm start` and `npm test`, on whatever Node is there (>= 20): installs what is missing and nothing else.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (command, args) => execFileSync(command, args, { cwd: root, stdio: 'inherit' });
const modifiedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

// npm writes node_modules/.package-lock.json last, so an interrupted install is seen and repeated.
if (modifiedAt(`${root}node_modules/.package-lock.json`) < modifiedAt(`${root}package-lock.json`)) {
  // Not `npm ci`: it refuses the whole lock file where a mirror of the registry lacks another platform's binaries.
  // Errors alone: an older Node that starts this is no trouble, because every script runs on the Node it installs.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
}

const browsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
if (process.argv.includes('--browser') && !process.env.CHROMIUM_PATH && !browsers.some(existsSync)) {
  if (existsSync('/usr/bin/apt-get')) {
    run('sh', [
      '-c',
      'SUDO=$(command -v sudo || true); $SUDO apt-get update -qq && $SUDO apt-get install -y -qq chromium',
    ]);
  } else {
    console.error('The browser tests need Chromium: install it, or set CHROMIUM_PATH to its program.');
    process.exit(1);
  }
}
