import { gzipSync } from 'node:zlib';
import type { Browser, Cookie } from 'playwright-core';

/** The cost of opening a page with empty caches: requests, and kB of the bodies after gzip -6. */
export interface PageWeight {
  requests: number;
  scripts: number;
  javascriptKb: number;
  cssKb: number;
  htmlKb: number;
  /** Largest contentful paint, in ms, with the CPU four times slower. */
  largestContentfulPaintMs: number[];
  /** Total blocking time after the first paint, in ms, with the CPU four times slower. */
  totalBlockingMs: number[];
}

/** Opens a page with cold caches `runs` times on a phone-sized screen, CPU four times slower. */
export async function measurePage({
  browser,
  url,
  cookies,
  runs = 7,
}: {
  browser: Browser;
  url: string;
  cookies: Cookie[];
  runs?: number;
}): Promise<PageWeight> {
  const weight: PageWeight = {
    requests: 0,
    scripts: 0,
    javascriptKb: 0,
    cssKb: 0,
    htmlKb: 0,
    largestContentfulPaintMs: [],
    totalBlockingMs: [],
  };
  for (let run = 0; run < runs; run++) {
    const context = await browser.newContext({
      viewport: { width: 412, height: 823 },
      deviceScaleFactor: 2.625,
      isMobile: true,
      hasTouch: true,
      serviceWorkers: 'block',
    });
    await context.addCookies(cookies);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    const bodies: Promise<[string, number]>[] = [];
    page.on('requestfinished', (request) => {
      const kind = request.resourceType();
      bodies.push(
        (async () => {
          const response = await request.response();
          const body = ['document', 'script', 'stylesheet'].includes(kind)
            ? await response?.body().catch(() => undefined)
            : undefined;
          return [kind, body ? gzipSync(body, { level: 6 }).length / 1000 : 0];
        })(),
      );
    });
    await page.addInitScript(watchVitals);
    await page.goto(url, { waitUntil: 'load' });
    // Resolves after a second without a long task.
    const vitals = await page.evaluate(() =>
      (window as unknown as { vitals(): Promise<{ lcp: number; tbt: number }> }).vitals(),
    );
    weight.largestContentfulPaintMs.push(vitals.lcp);
    weight.totalBlockingMs.push(vitals.tbt);
    const loaded = await Promise.all(bodies);
    const sum = (kind: string) => loaded.filter(([type]) => type === kind).reduce((total, [, kb]) => total + kb, 0);
    weight.requests = loaded.length;
    weight.scripts = loaded.filter(([type]) => type === 'script').length;
    weight.javascriptKb = sum('script');
    weight.cssKb = sum('stylesheet');
    weight.htmlKb = sum('document');
    await context.close();
  }
  return weight;
}

/** Runs in the page before its scripts: records the largest paint and the long tasks. */
function watchVitals(): void {
  let lcp = 0;
  let firstPaint = Number.POSITIVE_INFINITY;
  let lastLongTask = 0;
  const tasks: { start: number; milliseconds: number }[] = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) lcp = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) firstPaint = Math.min(firstPaint, entry.startTime);
  }).observe({ type: 'paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      tasks.push({ start: entry.startTime, milliseconds: entry.duration });
      lastLongTask = performance.now();
    }
  }).observe({ type: 'longtask', buffered: true });
  Object.assign(window, {
    vitals: async () => {
      while (performance.now() - Math.max(lastLongTask, 500) < 1000) await new Promise((next) => setTimeout(next, 100));
      const tbt = tasks
        .filter((task) => task.start >= firstPaint)
        .reduce((sum, task) => sum + Math.max(0, task.milliseconds - 50), 0);
      return { lcp, tbt };
    },
  });
}
