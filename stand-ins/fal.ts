import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createFilms, type Films, type FilmsOptions } from './films.ts';
import { type Exchange, jsonOf, type Origins, type StandIn, sendJson } from './http.ts';
import type { Task } from './tasks.ts';

/** The key that the stand-in accepts; it is valid nowhere else. */
const falKey = '00000000-0000-4000-8000-000000000000:00000000000000000000000000000000';
const mount = '/fal';
const endpoints = /^\/fal-ai\/kling-video\/(v2\.5-turbo\/pro|v2\.1\/standard)\/image-to-video$/;
/** fal locks the user of an empty account. */
const empty = 'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.';
const userId = 'user_of_a_stand_in';

/** Errors of the queue with their statuses; any other force word is an error type of the model, answered with 422. */
const infrastructure: Readonly<Record<string, number>> = {
  request_timeout: 504,
  startup_timeout: 504,
  runner_scheduling_failure: 503,
  runner_connection_timeout: 503,
  runner_disconnected: 503,
  runner_connection_refused: 503,
  runner_connection_error: 503,
  runner_incomplete_response: 502,
  runner_server_error: 500,
  internal_error: 500,
  client_disconnected: 499,
  client_cancelled: 499,
  bad_request: 400,
};

type Input = { prompt: string; image_url: string; duration: string };
type Result = { status: number; body: object; headers?: Record<string, string> };

/** fal's queue: accepts a request, validates its input later, and reports a failure by the status of the result. */
export function createFal({ origin, ...options }: Origins & Omit<FilmsOptions, 'base'>): StandIn & { films: Films } {
  const base = `${origin}${mount}`;
  const films = createFilms({ base, ...options });
  const keys = generateKeyPairSync('ed25519');
  const { x } = keys.publicKey.export({ format: 'jwk' });
  /** The invalid field of a task's input, by task id; reported with the result. */
  const invalid = new Map<string, { field: string; msg: string; type: string }>();

  async function submit(exchange: Exchange, endpoint: string): Promise<void> {
    const { request, response, url } = exchange;
    const body = await jsonOf(request);
    if (typeof body !== 'object' || body === null) return flat(response, 'bad_request', 'The body is no JSON object');
    const input = body as Partial<Input>;
    const problem = problemIn(input);
    const image = problem ? noImage : await films.picture(input.image_url ?? '', 10_000_000);
    const durationSeconds = Number(input.duration ?? 5);
    const cents = Math.ceil((endpoint.includes('turbo') ? 7 : 5.6) * durationSeconds);
    const order = { model: endpoint.slice(1), prompt: String(input.prompt), image, durationSeconds, cents };
    const task = films.begin(exchange, order, (status, detail) =>
      status === 402 ? sendJson(response, 403, { detail: empty }) : sendJson(response, status, { detail }),
    );
    if (!task) return;
    if (problem) invalid.set(task.id, problem);
    const webhook = url.searchParams.get('fal_webhook');
    if (webhook) void films.settled(task.id).then((ended) => films.tell(webhook, () => webhookOf(ended)));
    sendJson(response, 200, { ...linksOf(task), status: 'IN_QUEUE', queue_position: 0 });
  }

  function linksOf({ id }: Task) {
    const at = `${base}/fal-ai/kling-video/requests/${id}`;
    return { request_id: id, response_url: at, status_url: `${at}/status`, cancel_url: `${at}/cancel` };
  }

  function resultOf(task: Task): Result {
    if (task.status === 'CANCELLED') return infrastructureError('client_cancelled');
    if (task.status === 'SUCCEEDED') {
      const video = {
        url: films.linkTo(task),
        content_type: 'video/mp4',
        file_name: 'output.mp4',
        file_size: task.video?.length,
      };
      return { status: 200, body: { video } };
    }
    if (task.status !== 'FAILED') return { status: 400, body: { detail: 'Request is still in progress' } };
    const type = (task.failureCode ?? '').toLowerCase();
    if (infrastructure[type]) return infrastructureError(type);
    const wrong = invalid.get(task.id);
    const detail = wrong
      ? { loc: ['body', wrong.field], msg: wrong.msg, type: wrong.type }
      : {
          loc: ['body', 'image_url'],
          msg: `It failed: ${type}`,
          type: type === 'asset.invalid' ? 'image_load_error' : type,
        };
    return { status: 422, body: { detail: [detail] }, headers: { 'x-fal-retryable': 'false' } };
  }

  function webhookOf(task: Task): { body: string; headers: Record<string, string> } {
    const { status, body: payload } = resultOf(task);
    const body = JSON.stringify({
      request_id: task.id,
      gateway_request_id: task.id,
      status: status === 200 ? 'OK' : 'ERROR',
      payload,
      ...(status === 200 ? {} : { error: `Invalid status code: ${status}` }),
    });
    return { body, headers: signed(task.id, body, { key: keys.privateKey, now: films.now() }) };
  }

  function ofTask({ request, response }: Exchange, task: Task, what: string): void {
    const isOver = /SUCCEEDED|FAILED|CANCELLED/.test(task.status);
    if (what === 'cancel' && request.method === 'PUT') {
      if (isOver) return void sendJson(response, 400, { status: 'ALREADY_COMPLETED' });
      const isRunning = task.status === 'RUNNING';
      films.stop(task.id);
      return void sendJson(response, isRunning ? 202 : 200, { status: isRunning ? 'CANCELLATION_REQUESTED' : 'OK' });
    }
    if (request.method !== 'GET' || what === 'cancel')
      return void sendJson(response, 405, { detail: 'Method Not Allowed' });
    if (what === 'status') {
      const state = isOver
        ? { status: 'COMPLETED', logs: [], metrics: { inference_time: task.seconds } }
        : task.status === 'RUNNING'
          ? { status: 'IN_PROGRESS', logs: [] }
          : { status: 'IN_QUEUE', queue_position: 0 };
      return void sendJson(response, isOver ? 200 : 202, { ...state, ...linksOf(task) });
    }
    const { status, body, headers = {} } = resultOf(task);
    for (const [name, value] of Object.entries({ 'x-fal-request-id': task.id, ...headers }))
      response.setHeader(name, value);
    sendJson(response, status, body);
  }

  return {
    name: 'fal',
    mount,
    vars: {
      FAL_QUEUE_URL: base,
      FAL_KEY: falKey,
      FAL_JWKS_URL: `${base}/.well-known/jwks.json`,
      FAL_OUTPUT_HOSTS: new URL(origin).host,
    },
    films,
    funds: films.account,
    close: films.close,
    answer(exchange) {
      const { request, response, path } = exchange;
      if (films.serve(exchange)) return;
      if (path === '/.well-known/jwks.json')
        return sendJson(response, 200, { keys: [{ kty: 'OKP', crv: 'Ed25519', x }] });
      if (request.headers.authorization !== `Key ${falKey}`)
        return sendJson(response, 401, { detail: 'Authentication is required to access this application.' });
      if (request.method === 'POST' && endpoints.test(path)) return submit(exchange, path);
      // The URL of a task has the owner and the alias of its endpoint, and not the rest of the endpoint's path.
      const [, id = '', what = 'result'] =
        /^\/fal-ai\/kling-video\/requests\/([\w-]+)(?:\/(status|cancel))?$/.exec(path) ?? [];
      const task = films.find(id);
      if (task) return ofTask(exchange, task, what);
      sendJson(response, 404, what === 'cancel' ? { status: 'NOT_FOUND' } : { detail: 'Request not found' });
    },
  };
}

const noImage = { ok: false, reason: 'not looked at' } as const;

function problemIn({ prompt, image_url, duration }: Partial<Input>) {
  if (typeof prompt !== 'string') return { field: 'prompt', msg: 'field required', type: 'missing' };
  if (typeof image_url !== 'string') return { field: 'image_url', msg: 'field required', type: 'missing' };
  if (duration !== undefined && !['5', '10'].includes(duration))
    return { field: 'duration', msg: "Input should be '5' or '10'", type: 'literal_error' };
  return null;
}

function infrastructureError(type: string): Result {
  const body = { detail: `The request failed: ${type}`, error_type: type };
  return { status: infrastructure[type] ?? 500, body, headers: { 'x-fal-error-type': type } };
}

function flat(response: Exchange['response'], type: string, detail: string): void {
  response.setHeader('x-fal-error-type', type);
  sendJson(response, infrastructure[type] ?? 500, { detail, error_type: type });
}

function signed(
  requestId: string,
  body: string,
  { key, now }: { key: KeyObject; now: number },
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const digest = createHash('sha256').update(body).digest('hex');
  const message = `${requestId}\n${userId}\n${timestamp}\n${digest}`;
  return {
    'x-fal-webhook-request-id': requestId,
    'x-fal-webhook-user-id': userId,
    'x-fal-webhook-timestamp': timestamp,
    'x-fal-webhook-signature': sign(null, Buffer.from(message), key).toString('hex'),
  };
}
