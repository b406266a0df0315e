// WebKitGTK, Safari's engine on Linux, driven by WebDriver over HTTP (https://www.w3.org/TR/webdriver2/).
import { existsSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Desktop } from './desktop.ts';
import { type Engine, mostAnswerMs, NoElement, type Tab } from './engine.ts';
import { startProgram } from './program.ts';

/** The path of WebKitGTK's MiniBrowser, or null if it or its driver is missing. */
export function findWebKit(): string | null {
  if (!existsSync('/usr/bin/WebKitWebDriver')) return null;
  const libraries = '/usr/lib';
  for (const machine of readdirSync(libraries))
    for (const version of ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0']) {
      const browser = join(libraries, machine, version, 'MiniBrowser');
      if (existsSync(browser)) return browser;
    }
  return null;
}

const elementKey = 'element-6066-11e4-a52e-4f735466cecf';
/** The window cannot be narrower than its tool bar. */
const windowSize = { width: 460, height: 900 };

/** Launches WebKitGTK. Each tab has a browser and a driver of its own, and with them a fresh profile. */
export async function launchWebKit({ browser, desktop }: { browser: string; desktop: Desktop }): Promise<Engine> {
  const tabs = new Set<Tab>();
  const first = await openTab({ browser, desktop });
  let unused: Tab | null = first.tab;
  tabs.add(first.tab);
  return {
    name: `WebKitGTK ${first.version}`,
    async newTab() {
      const tab = unused ?? (await openTab({ browser, desktop })).tab;
      unused = null;
      tabs.add(tab);
      return tab;
    },
    async close() {
      await Promise.all([...tabs].map((tab) => tab.close()));
    },
  };
}

async function openTab({ browser, desktop }: { browser: string; desktop: Desktop }) {
  const port = await freePort();
  const program = startProgram('WebKitWebDriver', [`--port=${port}`], { env: desktop.env });
  try {
    await Promise.race([untilAnswered(`http://127.0.0.1:${port}/status`), program.failure]);
    const { sessionId, capabilities } = (await send(`http://127.0.0.1:${port}/session`, {
      capabilities: {
        alwaysMatch: {
          timeouts: { script: mostAnswerMs, pageLoad: mostAnswerMs, implicit: 0 },
          'webkitgtk:browserOptions': {
            binary: browser,
            args: ['--automation', '--enable-write-console-messages-to-stdout=true'],
          },
        },
      },
    })) as { sessionId: string; capabilities: { browserVersion: string } };
    const session = `http://127.0.0.1:${port}/session/${sessionId}`;
    await send(`${session}/window/rect`, windowSize);
    return { version: capabilities.browserVersion, tab: tabOf(session) };
  } catch (error) {
    await program.end();
    throw error;
  }

  function tabOf(session: string): Tab {
    let evaluations = 0;
    const script = (text: string) => send(`${session}/execute/sync`, { script: text, args: [] });
    async function element(expression: string): Promise<string> {
      const found = (await script(`return ${expression}`)) as Record<string, string> | null;
      const id = found?.[elementKey];
      if (!id) throw new NoElement();
      return id;
    }
    return {
      async goto(url) {
        await send(`${session}/url`, { url });
      },
      async evaluate(expression) {
        // Not `execute/async`: an asynchronous script that runs while the page navigates is never answered.
        const number = ++evaluations;
        await script(`const answers = (window.journeyAnswers ??= {});
          answers[${number}] = null;
          (async () => JSON.stringify((await (${expression})) ?? null))().then(
            (json) => { answers[${number}] = { json }; },
            (error) => { answers[${number}] = { error: String(error) }; });`);
        for (;;) {
          const answer = (await script(
            `return window.journeyAnswers && ${number} in journeyAnswers ? journeyAnswers[${number}] : { error: 'the page navigated' };`,
          )) as { json?: string; error?: string } | null;
          if (answer?.error !== undefined) throw new Error(answer.error);
          if (answer) return JSON.parse(answer.json ?? 'null');
          // WebDriver has no events, so the answer is polled.
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      async press(expression) {
        await send(`${session}/element/${await element(expression)}/click`, {});
      },
      async type(expression, text) {
        await send(`${session}/element/${await element(expression)}/value`, { text });
      },
      async setFiles(expression, paths) {
        await send(`${session}/element/${await element(expression)}/value`, { text: paths.join('\n') });
      },
      async screenshot() {
        return Buffer.from((await get(`${session}/screenshot`)) as string, 'base64');
      },
      consoleErrors: () => program.lines(/CONSOLE.* ERROR /),
      close: () => program.end(),
    };
  }
}

async function get(address: string): Promise<unknown> {
  return answerOf(await fetch(address, { signal: AbortSignal.timeout(mostAnswerMs) }));
}

async function send(address: string, body: object): Promise<unknown> {
  const request = { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(mostAnswerMs) };
  return answerOf(await fetch(address, request));
}

async function answerOf(response: Response): Promise<unknown> {
  const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
  if (!response.ok) throw new Error(`${value?.error}: ${value?.message}`);
  return value;
}

/** Resolves when the driver answers; it prints nothing when it is ready. */
async function untilAnswered(address: string): Promise<void> {
  const giveUpAt = Date.now() + mostAnswerMs;
  for (;;) {
    try {
      await get(address);
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await new Promise(setImmediate);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
