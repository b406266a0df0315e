import { createHmac, randomBytes } from 'node:crypto';
import { createFilms, type Films, type FilmsOptions } from './films.ts';
import { type Exchange, jsonOf, type Origins, type StandIn, sendJson } from './http.ts';
import type { Task } from './tasks.ts';

/** The token that the stand-in accepts, and the secret of its signatures; they are valid nowhere else. */
const replicateToken = `r8_${'0'.repeat(37)}`;
const replicateSecret = `whsec_${Buffer.from('the webhook secret of a stand-in').toString('base64')}`;
const mount = '/replicate';
const retentionMs = 3_600_000;
const mostInline = 256 * 1024;

/** Replicate's errors are sentences; the force word of each is its key. */
const errors: Readonly<Record<string, string>> = {
  NSFW: 'NSFW content detected. Try running it again, or try a different prompt.',
  E005: 'The input or output was flagged as sensitive. Please try again with different inputs. (E005)',
  INTERRUPTED: 'Prediction interrupted; please retry (code: PA)',
  OUT_OF_MEMORY: 'CUDA out of memory.',
  'ASSET.INVALID': 'Failed to load the image.',
};

/** Replicate's title and detail for an empty account. */
const empty = [
  'Insufficient credit',
  'You have insufficient credit to run this model. Go to https://replicate.com/account/billing to purchase credit.',
] as const;

type Input = { prompt: string; start_image: string; duration: number; mode: string };
type Order = { input: Input; webhook?: string };

const idOf = ({ id }: Task) => id.replaceAll('-', '');
const uuidOf = (id: string) => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Replicate's wire protocol: signed webhooks, films that are removed after an hour, small data URIs. */
export function createReplicate({
  origin,
  ...options
}: Origins & Omit<FilmsOptions, 'base'>): StandIn & { films: Films } {
  const base = `${origin}${mount}`;
  const films = createFilms({ base, outputTtlSeconds: 3600, ...options });
  const inputs = new Map<string, Input>();

  function predictionOf(task: Task) {
    const isOld = films.now() - task.createdAt > retentionMs;
    const status = statusOf(task);
    const at = `${base}/predictions/${idOf(task)}`;
    return {
      id: idOf(task),
      model: task.order.model,
      version: 'hidden',
      input: isOld ? {} : inputs.get(task.id),
      output: status === 'succeeded' && !isOld ? films.linkTo(task) : null,
      error: status === 'failed' ? (errors[task.failureCode ?? ''] ?? task.failureCode) : null,
      status,
      logs: '',
      metrics: {},
      created_at: new Date(task.createdAt).toISOString(),
      data_removed: isOld,
      source: 'api',
      urls: { get: at, cancel: `${at}/cancel`, web: `https://replicate.com/p/${idOf(task)}` },
    };
  }

  async function create(exchange: Exchange, model: string): Promise<void> {
    const { request, response } = exchange;
    const body = await jsonOf(request);
    const wrong = problemIn(body);
    if (wrong) return problem(response, 422, 'Input validation failed', wrong);
    const { input, webhook } = body as Order;
    const image = await films.picture(input.start_image, mostInline);
    const cents = 5 * input.duration;
    const order = { model, prompt: input.prompt, image, durationSeconds: input.duration, cents };
    const task = films.begin(exchange, order, (status, detail) =>
      status === 402 ? problem(response, 402, ...empty) : problem(response, status, 'Refused', detail),
    );
    if (!task) return;
    inputs.set(task.id, input);
    if (webhook)
      void films.settled(task.id).then((ended) => {
        const id = `msg_${randomBytes(12).toString('hex')}`;
        return films.tell(webhook, () => signed(id, JSON.stringify(predictionOf(ended)), films.now()));
      });
    sendJson(response, 201, predictionOf(task));
  }

  return {
    name: 'Replicate',
    mount,
    vars: {
      REPLICATE_BASE_URL: base,
      REPLICATE_API_TOKEN: replicateToken,
      REPLICATE_OUTPUT_HOSTS: new URL(origin).host,
      REPLICATE_WEBHOOK_SECRET: replicateSecret,
    },
    films,
    funds: films.account,
    close: films.close,
    answer(exchange) {
      const { request, response, path } = exchange;
      if (films.serve(exchange)) return;
      if (request.headers.authorization !== `Bearer ${replicateToken}`)
        return problem(response, 401, 'Unauthenticated', 'You did not pass a valid authentication token');
      const at = `${request.method} ${path}`;
      if (at === 'GET /webhooks/default/secret') return sendJson(response, 200, { key: replicateSecret });
      const model = /^POST \/models\/([\w.-]+\/[\w.-]+)\/predictions$/.exec(at)?.[1];
      if (model === 'kwaivgi/kling-v2.1') return create(exchange, model);
      const [, id = '', cancel] = /^\/predictions\/([a-z0-9]+)(\/cancel)?$/.exec(path) ?? [];
      const task = films.find(uuidOf(id));
      if (!task) return problem(response, 404, 'Not found', 'The requested resource could not be found.');
      if (request.method !== (cancel ? 'POST' : 'GET'))
        return problem(response, 405, 'Method not allowed', 'Method not allowed');
      if (cancel && !/SUCCEEDED|FAILED/.test(task.status)) films.stop(task.id);
      sendJson(response, 200, predictionOf(task));
    },
  };
}

function statusOf({ status, failureCode }: Task): string {
  if (status === 'FAILED') return failureCode === 'ABORTED' ? 'aborted' : 'failed';
  const words = { PENDING: 'starting', THROTTLED: 'starting', RUNNING: 'processing', SUCCEEDED: 'succeeded' } as const;
  return status === 'CANCELLED' ? 'canceled' : words[status];
}

function problem(response: Exchange['response'], status: number, title: string, detail: string): void {
  sendJson(response, status, { title, detail, status });
}

function problemIn(body: unknown): string | null {
  const { input, webhook } = (typeof body === 'object' && body !== null ? body : {}) as Partial<Order>;
  if (typeof input?.prompt !== 'string') return '- input: prompt is required\n';
  if (!/^(https?:\/\/|data:)/.test(input.start_image ?? ''))
    return "- input.start_image: Does not match format 'uri'\n";
  if (input.start_image.startsWith('data:') && input.start_image.length > mostInline)
    return '- input.start_image: Data URLs may be 256 KB, use a URL for larger files\n';
  if (![5, 10].includes(input.duration)) return '- input.duration: Must be one of 5, 10\n';
  if (!['standard', 'pro'].includes(input.mode)) return '- input.mode: Must be one of standard, pro\n';
  return webhook !== undefined && !URL.canParse(webhook) ? '- webhook: must be a valid URL\n' : null;
}

/** A Standard Webhooks signature; repeated deliveries have the same id. */
function signed(id: string, body: string, now: number): { body: string; headers: Record<string, string> } {
  const timestamp = String(Math.floor(now / 1000));
  const key = Buffer.from(replicateSecret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    body,
    headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
  };
}
