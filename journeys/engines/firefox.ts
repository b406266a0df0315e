// Firefox over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), which the browser speaks without a driver
// program or a library, so that no version has to match Firefox's.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Desktop } from './desktop.ts';
import { type Engine, mostAnswerMs, NoElement, type Tab } from './engine.ts';
import { startProgram } from './program.ts';

/** The Firefox of this machine, or null. */
export function findFirefox(): string | null {
  const candidates = [process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox'];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

const preferences = {
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.auto': false,
  'media.gmp-manager.updateEnabled': false,
};

/** Starts Firefox without a window on a profile of its own. */
export async function launchFirefox({ path, desktop }: { path: string; desktop: Desktop }): Promise<Engine> {
  const folder = await mkdtemp(join(desktop.folder, 'firefox-'));
  await writeFile(
    join(folder, 'user.js'),
    Object.entries(preferences)
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
      .join(''),
  );
  const program = startProgram(
    path,
    ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port', '0'],
    { env: desktop.env },
  );
  const close = async () => {
    await program.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [, address] = await program.printed(/WebDriver BiDi listening on (ws:\/\/\S+)/);
    const bidi = await connect(`${address}/session`);
    const session = (await bidi.send('session.new', { capabilities: {} })) as {
      capabilities: { browserVersion: string };
    };
    await bidi.send('session.subscribe', { events: ['log.entryAdded', 'browsingContext.load'] });
    return {
      name: `Firefox ${session.capabilities.browserVersion}`,
      newTab: () => openTab(bidi),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openTab(bidi: Bidi): Promise<Tab> {
  const { userContext } = (await bidi.send('browser.createUserContext', {})) as { userContext: string };
  const { context } = (await bidi.send('browsingContext.create', { type: 'tab', userContext })) as { context: string };
  await bidi.send('browsingContext.setViewport', { context, viewport: { width: 390, height: 844 } });
  const errors: string[] = [];
  bidi.listen('log.entryAdded', (entry: LogEntry) => {
    if (entry.level === 'error' && entry.source.context === context) errors.push(entry.text);
  });

  // A promise of a page that is left never settles, and Firefox does not say so.
  let leave = () => {};
  let left = new Promise<never>(() => {});
  const arrive = () => {
    leave();
    left = new Promise((_, reject) => {
      leave = () => reject(new Error('The page was left'));
    });
    left.catch(() => undefined);
  };
  arrive();
  bidi.listen('browsingContext.load', (load: { context: string }) => {
    if (load.context === context) arrive();
  });

  async function evaluate(expression: string): Promise<RemoteValue> {
    const asked = bidi.send('script.evaluate', { expression, target: { context }, awaitPromise: true });
    asked.catch(() => undefined);
    const answer = (await Promise.race([asked, left])) as
      | { type: 'success'; result: RemoteValue }
      | { type: 'exception'; exceptionDetails: { text: string } };
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
    return answer.result;
  }
  async function element(expression: string) {
    const { sharedId } = await evaluate(expression);
    if (!sharedId) throw new NoElement();
    return { sharedId };
  }
  async function press(expression: string): Promise<void> {
    const origin = { type: 'element', element: await element(expression) };
    const actions = [
      { type: 'pointerMove', x: 0, y: 0, origin },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await bidi.send('input.performActions', { context, actions: [{ type: 'pointer', id: 'hand', actions }] });
  }

  return {
    async goto(url) {
      await bidi.send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async evaluate(expression) {
      const { value } = await evaluate(`(async () => JSON.stringify((await (${expression})) ?? null))()`);
      return JSON.parse(value ?? 'null');
    },
    press,
    async type(expression, text) {
      await press(expression);
      const actions = [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      await bidi.send('input.performActions', { context, actions: [{ type: 'key', id: 'keys', actions }] });
    },
    async setFiles(expression, files) {
      await bidi.send('input.setFiles', { context, element: await element(expression), files });
    },
    async screenshot() {
      const { data } = (await bidi.send('browsingContext.captureScreenshot', { context })) as { data: string };
      return Buffer.from(data, 'base64');
    },
    consoleErrors: () => errors,
    async close() {
      await bidi.send('browser.removeUserContext', { userContext });
    },
  };
}

interface RemoteValue {
  value?: string;
  sharedId?: string;
}

interface LogEntry {
  level: string;
  text: string;
  source: { context?: string };
}

type Bidi = Awaited<ReturnType<typeof connect>>;

/** The connection: commands with their answers by id, and events. */
async function connect(address: string) {
  const socket = new WebSocket(address);
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  const listeners: { method: string; hear(params: never): void }[] = [];
  let last = 0;
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error(`No connection to ${address}`)), { once: true });
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Firefox closed the connection'));
  });
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.type === 'event') {
      for (const { method, hear } of listeners) if (method === message.method) hear(message.params as never);
      return;
    }
    const command = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'success') command?.resolve(message.result);
    else command?.reject(new Error(`${message.error}: ${message.message}`));
  });
  return {
    send(method: string, params: object): Promise<unknown> {
      return new Promise((resolve, reject) => {
        const id = ++last;
        const timer = setTimeout(() => reject(new Error(`Firefox did not answer ${method}`)), mostAnswerMs);
        const settled =
          <T>(act: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer);
            act(value);
          };
        waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    listen(method: string, hear: (params: never) => void) {
      listeners.push({ method, hear });
    },
  };
}
