// What a browser needs of a machine without a screen: an X display, and a sound device that plays into nothing.
import { existsSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './program.ts';

/** Whether this machine has what a desktop needs. */
export function findDesktop(): boolean {
  return ['/usr/bin/Xvfb', '/usr/bin/pulseaudio'].every((program) => existsSync(program));
}

/** A display and a sound device. `env` points a browser at both. */
export interface Desktop {
  env: Record<string, string>;
  /** A folder of this desktop's own, removed with it. */
  folder: string;
  close(): Promise<void>;
}

/**
 * Starts Xvfb and PulseAudio with a null sink. Without a sound device an AudioContext never runs, and every film is silent.
 */
export async function startDesktop(): Promise<Desktop> {
  const folder = await mkdtemp(join(tmpdir(), 'echoes-desktop-'));
  const socket = join(folder, 'sound');
  const display = startProgram('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']);
  const sound = startProgram(
    'pulseaudio',
    [
      '-n',
      '--daemonize=no',
      '--use-pid-file=no',
      '--exit-idle-time=-1',
      '--disable-shm=yes',
      ...['-L', 'module-null-sink'],
      ...['-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
    ],
    { env: { XDG_RUNTIME_DIR: folder, PULSE_RUNTIME_PATH: folder, HOME: folder } },
  );
  const close = async () => {
    await Promise.all([display.end(), sound.end()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [[, number]] = await Promise.all([display.printed(/^(\d+)\n/m), appeared(folder, socket)]);
    return {
      folder,
      env: {
        DISPLAY: `:${number}`,
        PULSE_SERVER: `unix:${socket}`,
        XDG_RUNTIME_DIR: folder,
        // No session bus: GTK would start one that outlives the test.
        DBUS_SESSION_BUS_ADDRESS: 'disabled:',
        NO_AT_BRIDGE: '1',
        GTK_A11Y: 'none',
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function appeared(folder: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(folder, () => existsSync(file) && settle(resolve));
    const timer = setTimeout(() => settle(() => reject(new Error(`${file} did not appear within 30 s`))), 30_000);
    function settle(act: () => void) {
      clearTimeout(timer);
      watcher.close();
      act();
    }
    if (existsSync(file)) settle(resolve);
  });
}
