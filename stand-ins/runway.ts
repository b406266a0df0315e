import { type Account, createAccount } from './account.ts';
import { createForce, type Forced, namesOf } from './force.ts';
import { type Exchange, jsonOf, type Origins, type StandIn, sendJson } from './http.ts';
import { createOutputs } from './outputs.ts';
import { renderAt } from './renderer.ts';
import { assetFrom, createUploads } from './runway-assets.ts';
import { modelNames, orderFrom } from './runway-models.ts';
import { createTasks, type Task, taskBody } from './tasks.ts';
import type { Issue } from './zod-issues.ts';

/** The key that the stand-in accepts; it is valid nowhere else. */
const runwayKey = `key_${'0123456789abcdef'.repeat(8)}`;
const version = '2024-11-06';
const mount = '/runway';
const docUrl = 'https://docs.dev.runwayml.com/api';
const noSuchTask = { error: 'The task does not exist, or was deleted or canceled.' };

/** Runway's stand-in, with its controls for tests and the board. */
export type Runway = StandIn & {
  funds: Account;
  /** Resolves when a task has ended. */
  settled(id: string): Promise<Task>;
  tasks(): readonly Task[];
  /** Forces the next `times` tasks by a force word or a failure code. */
  forceNext(word: string, times?: number): void;
  forcedNext(): readonly string[];
};

export type RunwayOptions = Origins & {
  seconds?: { min: number; max: number };
  outputTtlSeconds?: number;
  concurrency?: number;
  credits?: number;
  framesPerSecond?: number | undefined;
  /** Fetches prompt images; tests replace it, because Runway refuses loopback addresses. */
  fetchAsset?: typeof fetch;
  now?: () => number;
};

/** Runway's wire protocol, as strict as the real one; it renders real clips. */
export function createRunway({
  origin,
  seconds = { min: 10, max: 40 },
  outputTtlSeconds = 86_400,
  concurrency = 5,
  credits,
  framesPerSecond,
  fetchAsset = fetch,
  now = Date.now,
}: RunwayOptions): Runway {
  const base = `${origin}${mount}`;
  const usage: { date: string; model: string; amount: number }[] = [];
  const account = createAccount(credits);
  const charge = (model: string, amount: number) => {
    account.spend(amount);
    if (amount > 0) usage.push({ date: dayOf(now()), model, amount });
  };
  const uploads = createUploads({ base, now });
  const outputs = createOutputs({ base, ttlSeconds: outputTtlSeconds, now });
  const tasks = createTasks({ seconds, concurrency, render: renderAt(framesPerSecond), charge, now });
  const force = createForce();

  async function createTask({ request, response, note }: Exchange): Promise<void> {
    const parsed = orderFrom(await jsonOf(request));
    if (!parsed.ok) return invalid(response, parsed.issues);
    const { order } = parsed;
    const assets = await Promise.all(order.images.map(({ uri }) => assetFrom(uri, { uploads, fetchAsset })));
    const bad = assets.find((asset) => !asset.ok);
    if (bad) return invalid(response, [{ code: 'custom', path: ['promptImage'], message: bad.reason }]);
    const forced = force.forcedBy(order.promptText);
    const words = namesOf(forced);
    if (words) note(`forced: ${words}`);
    const refusal = refusalFor(forced, order.credits > account.balance());
    if (refusal) return sendJson(response, refusal.status, refusal.body);
    const image = assets[0]?.ok ? assets[0].bytes : new Uint8Array();
    const task = tasks.create(order, image, forced);
    note(`task ${task.id.slice(0, 8)}`);
    if (forced.create === 'lose-answer') return void response.destroy();
    sendJson(response, 200, { id: task.id, estimatedCost: { credits: order.credits } });
  }

  function readTask({ response, note }: Exchange, id: string): void {
    const task = tasks.find(id);
    note(task?.status ?? 'unknown task');
    const outputUrl = task?.status === 'SUCCEEDED' ? outputs.linkTo(task) : '';
    if (task) sendJson(response, 200, taskBody(task, { progress: tasks.progressOf(task), outputUrl }));
    else sendJson(response, 404, noSuchTask);
  }

  function deleteTask({ response, note }: Exchange, id: string): void {
    note(`was ${tasks.find(id)?.status ?? 'unknown'}`);
    if (tasks.remove(id)) response.writeHead(204).end();
    else sendJson(response, 404, noSuchTask);
  }

  async function createUpload({ request, response }: Exchange): Promise<void> {
    const body = (await jsonOf(request)) as { filename?: unknown; type?: unknown } | null;
    const filename = typeof body?.filename === 'string' ? body.filename : '';
    if (filename.length < 3 || filename.length > 255 || !/\.[a-z0-9]{2,5}$/i.test(filename)) {
      return invalid(response, [{ code: 'custom', path: ['filename'], message: 'Invalid filename' }]);
    }
    if (body?.type !== 'ephemeral') {
      return invalid(response, [
        {
          code: 'invalid_value',
          values: ['ephemeral'],
          path: ['type'],
          message: 'Invalid input: expected "ephemeral"',
        },
      ]);
    }
    sendJson(response, 200, uploads.create(filename));
  }

  function organization({ response }: Exchange): void {
    const limits = { maxConcurrentGenerations: concurrency, maxDailyGenerations: null };
    const today = tasks.all().filter((task) => dayOf(task.createdAt) === dayOf(now()));
    const daily = (model: string) => ({ dailyGenerations: today.filter(({ order }) => order.model === model).length });
    sendJson(response, 200, {
      tier: { maxMonthlyCreditSpend: 200_000, models: Object.fromEntries(modelNames.map((model) => [model, limits])) },
      creditBalance: account.balance(),
      usage: { models: Object.fromEntries(modelNames.map((model) => [model, daily(model)])) },
    });
  }

  async function creditUsage({ request, response }: Exchange): Promise<void> {
    const { startDate = '0000', beforeDate = '9999' } = ((await jsonOf(request)) ?? {}) as {
      startDate?: string;
      beforeDate?: string;
    };
    const seen = usage.filter(({ date }) => date >= startDate && date < beforeDate);
    const amountOf = (date: string, model: string) =>
      seen.filter((one) => one.date === date && one.model === model).reduce((sum, { amount }) => sum + amount, 0);
    const models = [...new Set(seen.map(({ model }) => model))];
    const results = [...new Set(seen.map(({ date }) => date))].map((date) => ({
      date,
      usedCredits: models.map((model) => ({ model, amount: amountOf(date, model) })).filter(({ amount }) => amount > 0),
    }));
    sendJson(response, 200, { results, models });
  }

  type Route = { method: string; path: RegExp; serve: (exchange: Exchange, id: string) => Promise<void> | void };
  const routes: readonly Route[] = [
    { method: 'POST', path: /^\/v1\/image_to_video$/, serve: createTask },
    { method: 'GET', path: /^\/v1\/tasks\/([^/]+)$/, serve: readTask },
    { method: 'DELETE', path: /^\/v1\/tasks\/([^/]+)$/, serve: deleteTask },
    { method: 'POST', path: /^\/v1\/uploads$/, serve: createUpload },
    { method: 'GET', path: /^\/v1\/organization$/, serve: organization },
    { method: 'POST', path: /^\/v1\/organization\/usage$/, serve: creditUsage },
  ];

  function answer(exchange: Exchange): Promise<void> | void {
    const { request, response, path } = exchange;
    const [, area, name] = path.split('/');
    if (area === 'outputs') return outputs.serve(exchange, tasks.find(name?.replace(/\.mp4$/, '') ?? ''));
    if (area === 'uploads' && request.method === 'POST') return uploads.receive(exchange);
    const refusal = headerRefusal(exchange);
    const here = routes.map((route) => ({ ...route, match: route.path.exec(path) })).filter(({ match }) => match);
    const route = here.find(({ method }) => method === request.method);
    if (here.length === 0) return sendJson(response, 404, { error: 'Not found' });
    if (refusal) return sendJson(response, refusal.status, { error: refusal.error, docUrl });
    if (!route) return sendJson(response, 405, { error: 'Method not allowed' });
    return route.serve(exchange, route.match?.[1] ?? '');
  }

  return {
    name: 'Runway',
    mount,
    vars: { RUNWAYML_BASE_URL: base, RUNWAYML_API_SECRET: runwayKey, RUNWAYML_OUTPUT_HOSTS: new URL(origin).host },
    funds: account,
    answer,
    close: () => tasks.close(),
    settled: tasks.settled,
    tasks: tasks.all,
    forceNext: force.next,
    forcedNext: force.waiting,
  };
}

/** Parses `10-40` as a range of seconds; undefined for any other text. */
export function secondsFrom(text: string | undefined): { min: number; max: number } | undefined {
  const [, min, max] = /^([\d.]+)-([\d.]+)$/.exec(text ?? '') ?? [];
  return min && max ? { min: Number(min), max: Number(max) } : undefined;
}

function headerRefusal({ request }: Exchange): { status: number; error: string } | null {
  const { authorization, 'content-type': type = '' } = request.headers;
  if (authorization !== `Bearer ${runwayKey}`) return { status: 401, error: 'You did not provide a valid API key.' };
  if (request.headers['x-runway-version'] !== version) {
    return { status: 400, error: `The X-Runway-Version header is required and must be "${version}".` };
  }
  if (request.method === 'POST' && !/^application\/json\b/i.test(type))
    return { status: 400, error: 'The request body must be application/json.' };
  return null;
}

function refusalFor({ create }: Forced, isBroke: boolean): { status: number; body: Record<string, unknown> } | null {
  if (create === 'no-credits' || isBroke)
    return { status: 400, body: { error: 'You do not have enough credits to run this task.', docUrl } };
  if (create === 'refuse') return { status: 400, body: { error: 'The request was rejected.', docUrl } };
  if (create === 'daily-quota')
    return { status: 429, body: { error: 'You have reached the daily limit of generations for this model.' } };
  if (create === 'overloaded') return { status: 503, body: { error: 'The service is overloaded.' } };
  return null;
}

function invalid(response: Exchange['response'], issues: readonly Issue[]): void {
  const [first] = issues;
  const error =
    first?.code === 'custom'
      ? `Invalid asset in ${first.path.join('.')}: ${first.message}`
      : 'Validation of body failed';
  sendJson(response, 400, { error, issues, docUrl });
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
