// Measures how soon an open page shows a change from another device, and how soon a finished clip is ready.
import type { Page } from 'playwright-core';
import type { RunningEchoes } from '../journeys/echoes.ts';

const titleField = 'input[aria-label="Title of the film"]';

/**
 * Changes the film's title on one page `times` times, and measures for each the time in ms from the write in
 * D1 (`updated_at`, taken just before it) to the frame in which the other page shows the title.
 */
export async function measureCommittedToPainted({
  echoes,
  from,
  to,
  projectId,
  times,
}: {
  echoes: RunningEchoes;
  from: Page;
  to: Page;
  projectId: string;
  times: number;
}): Promise<number[]> {
  const db = await echoes.worker.getD1Database('DB');
  const samples: number[] = [];
  for (let round = 0; round < times; round++) {
    const title = `Summer ${round}`;
    const painted = to.evaluate(paintedAt, [titleField, title] as const);
    await from.evaluate(
      async ([path, title]) => {
        const body = new URLSearchParams({ title });
        const answer = await fetch(path, { method: 'POST', body, headers: { Accept: 'application/json' } });
        if (!answer.ok) throw new Error(`the change of the title answered ${answer.status}`);
      },
      [`/projects/${projectId}/details`, title] as const,
    );
    const row = await db
      .prepare('SELECT updated_at AS at FROM projects WHERE id = ?1')
      .bind(projectId)
      .first<{ at: number }>();
    samples.push((await painted) - (row?.at ?? Number.NaN));
  }
  return samples;
}

/** Runs in the page: the time (ms since 1970) at which the frame with this value of a field has been rendered. */
function paintedAt([selector, value]: readonly [string, string]): Promise<number> {
  return new Promise((resolve) => {
    const check = () => {
      if (document.querySelector<HTMLInputElement>(selector)?.value !== value) return requestAnimationFrame(check);
      // A message posted in an animation frame is delivered after that frame was rendered.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
      port2.postMessage(null);
    };
    check();
  });
}

/**
 * Starts a generation of every clip of a film, and measures for each the time in ms from the end of the provider's task
 * to `ready` in D1 (poll, copy to R2, commit).
 */
export async function measureDoneToReady({
  echoes,
  page,
  projectId,
}: {
  echoes: RunningEchoes;
  page: Page;
  projectId: string;
}): Promise<number[]> {
  const { runway } = echoes.standIns;
  const doneAt = new Map<string, number>();
  const watched = new Set<string>();
  const watch = () => {
    for (const { id } of runway.tasks()) {
      if (watched.has(id)) continue;
      watched.add(id);
      void runway.settled(id).then(() => doneAt.set(id, Date.now()));
    }
  };
  const watching = setInterval(watch, 20);
  const clipIds = await page
    .locator('[data-clip-id]')
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-clip-id') ?? ''));
  await page.evaluate(
    async ([path, ids]) => {
      const body = new URLSearchParams({ requestKey: crypto.randomUUID() });
      for (const id of ids) body.append('clipIds', id);
      const answer = await fetch(path, { method: 'POST', body, headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(`the start of generations answered ${answer.status}`);
    },
    [`/projects/${projectId}/generations`, clipIds] as const,
  );
  await page
    .locator('[data-clip-status="ready"]')
    .nth(clipIds.length - 1)
    .waitFor({ timeout: 180_000 });
  clearInterval(watching);
  const db = await echoes.worker.getD1Database('DB');
  const { results } = await db
    .prepare("SELECT provider_task_id AS id, state_at AS at FROM generations WHERE state = 'ready'")
    .all<{ id: string; at: number }>();
  return results.flatMap(({ id, at }) => {
    const done = doneAt.get(id);
    return done === undefined ? [] : [at - done];
  });
}
