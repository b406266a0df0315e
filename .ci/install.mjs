// Runs before `npm start` and `npm test`, on any Node from 20 on: installs missing packages only.
import { execFileSync, spawnSync } from 'node:child_process';
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

if (process.argv.includes('--browser')) {
  const chromium = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  if (
    !process.env.CHROMIUM_PATH &&
    !chromium.some((name) => existsSync(`/usr/bin/${name}`)) &&
    !apt(['chromium'], { recommended: true })
  ) {
    console.error('The browser tests need Chromium: install it, or set CHROMIUM_PATH to its program.');
    process.exit(1);
  }
  // The other engines have one journey: without them, everything else is still tested.
  const desktop = ['xvfb', 'pulseaudio', 'gstreamer1.0-libav'];
  const codecs = ['base', 'good', 'bad', 'ugly'].map((set) => `gstreamer1.0-plugins-${set}`);
  const engines = {
    Firefox: [...desktop, 'firefox-esr'],
    WebKitGTK: [...desktop, ...codecs, 'gstreamer1.0-gl', 'webkit2gtk-driver'],
  };
  for (const [name, packages] of Object.entries(engines))
    if (!apt(packages, { recommended: false }))
      console.error(
        `\n*** ${name} CANNOT BE INSTALLED HERE: ITS JOURNEY WILL NOT RUN. It needs ${packages.join(', ')}. ***\n`,
      );
}

/** Installs what is missing of these Debian packages; answers whether all are there. */
function apt(packages, { recommended }) {
  if (!existsSync('/usr/bin/apt-get')) return false;
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return true;
  const install = `apt-get install -y -qq ${recommended ? '' : '--no-install-recommends'} ${missing.join(' ')}`;
  try {
    run('sh', [
      '-c',
      `SUDO=$(command -v sudo || true); $SUDO apt-get update -qq && $SUDO env DEBIAN_FRONTEND=noninteractive ${install}`,
    ]);
    return true;
  } catch {
    return false;
  }
}

function isInstalled(name) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a format of dpkg's
  const { stdout } = spawnSync('/usr/bin/dpkg-query', ['--show', '--showformat=${db:Status-Status}', name], {
    encoding: 'utf8',
  });
  return stdout === 'installed';
}
