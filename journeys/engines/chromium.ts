// Chromium, driven by Playwright as in every other journey.
import type { ElementHandle } from 'playwright-core';
import { launchBrowser, phone, profile } from '../browser.ts';
import { type Engine, mostAnswerMs, NoElement, type Tab } from './engine.ts';

/** Starts Chromium as a phone with touch. */
export async function launchChromium(): Promise<Engine> {
  const browser = await launchBrowser();
  return {
    name: `Chromium ${browser.version()}`,
    async newTab(): Promise<Tab> {
      const context = await profile(browser, phone);
      context.setDefaultTimeout(mostAnswerMs);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      const element = async (expression: string) => {
        const found = (
          await page.evaluateHandle<Node | null>(expression)
        ).asElement() as ElementHandle<HTMLElement> | null;
        if (!found) throw new NoElement();
        return found;
      };
      return {
        async goto(address) {
          await page.goto(address);
        },
        evaluate: (expression) => page.evaluate(expression),
        press: async (expression) => (await element(expression)).tap(),
        type: async (expression, text) => (await element(expression)).fill(text),
        setFiles: async (expression, paths) => (await element(expression)).setInputFiles([...paths]),
        screenshot: () => page.screenshot({ animations: 'allow', scale: 'css' }),
        consoleErrors: () => errors,
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}
