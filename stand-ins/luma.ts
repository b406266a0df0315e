import { createFilms, type Films, type FilmsOptions, sizes } from './films.ts';
import { type Exchange, jsonOf, type Origins, type StandIn, sendJson } from './http.ts';
import type { Task } from './tasks.ts';

/** The key that the stand-in accepts; it is valid nowhere else. */
const lumaKey = 'luma-00000000-0000-4000-8000-000000000000';
const mount = '/luma';
/** Luma has no code for an empty account: a 400 with this sentence. */
const empty = 'Insufficient credits';
const centsPerSecond: Readonly<Record<string, number>> = { 'ray-2': 14.2, 'ray-flash-2': 4.8 };
const states = {
  PENDING: 'queued',
  THROTTLED: 'queued',
  RUNNING: 'dreaming',
  SUCCEEDED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'failed',
} as const;

/** Luma's failure reasons are sentences; the force word of each is its key. */
const reasons: Readonly<Record<string, string>> = {
  MODERATED: 'The prompt or image was blocked by content moderation.',
  PROMPT: 'Invalid prompt.',
  DISPATCH: 'Error while dispatching the job.',
  JOB: 'Internal job error.',
  'ASSET.INVALID': 'Could not access the keyframe image.',
};

type Order = {
  model: string;
  prompt: string;
  aspect_ratio: string;
  duration: string;
  keyframes: { frame0: { type: string; url: string } };
  callback_url?: string;
};

/** Luma's wire protocol: pictures by URL alone, no progress, unsigned callbacks. */
export function createLuma({ origin, ...options }: Origins & Omit<FilmsOptions, 'base'>): StandIn & { films: Films } {
  const films = createFilms({ base: `${origin}${mount}`, ...options });
  const orders = new Map<string, Order>();

  function generationOf(task: Task) {
    const state = states[task.status];
    return {
      id: task.id,
      generation_type: 'video',
      state,
      failure_reason: state === 'failed' ? (reasons[task.failureCode ?? ''] ?? 'Something went wrong.') : null,
      created_at: new Date(task.createdAt).toISOString(),
      model: task.order.model,
      assets: state === 'completed' ? { video: films.linkTo(task) } : null,
      request: orders.get(task.id),
    };
  }

  async function create(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const body = await jsonOf(request);
    const problem = problemIn(body);
    if (problem) return sendJson(response, 422, { detail: [problem] });
    const order = body as Order;
    const image = await films.picture(order.keyframes.frame0.url, 0);
    const task = films.begin(
      exchange,
      {
        model: order.model,
        prompt: order.prompt,
        image,
        durationSeconds: Number.parseInt(order.duration, 10),
        cents: Math.ceil((centsPerSecond[order.model] ?? 15) * Number.parseInt(order.duration, 10)),
        ...(sizes[order.aspect_ratio] ? { size: sizes[order.aspect_ratio] } : {}),
      },
      (status, detail) =>
        status === 402 ? sendJson(response, 400, { detail: empty }) : sendJson(response, status, { detail }),
    );
    if (!task) return;
    orders.set(task.id, order);
    const { callback_url } = order;
    if (callback_url) {
      // The body is made at the event; repeated callbacks send the same body.
      const notify = (changed: Task) => {
        const body = JSON.stringify(generationOf(changed));
        return films.tell(callback_url, () => ({ body, headers: {} }));
      };
      void films.begun(task.id).then(notify);
      void films.settled(task.id).then(notify);
    }
    sendJson(response, 201, generationOf(task));
  }

  return {
    name: 'Luma',
    mount,
    vars: {
      LUMA_BASE_URL: `${origin}${mount}`,
      LUMA_API_KEY: lumaKey,
      LUMA_OUTPUT_HOSTS: new URL(origin).host,
    },
    films,
    funds: films.account,
    close: films.close,
    answer(exchange) {
      const { request, response, path } = exchange;
      if (films.serve(exchange)) return;
      if (request.headers.authorization !== `Bearer ${lumaKey}`)
        return sendJson(response, 401, { detail: 'Invalid API key is provided' });
      const at = `${request.method} ${path}`;
      if (at === 'GET /ping') return sendJson(response, 200, { message: 'pong' });
      if (at === 'GET /credits') return sendJson(response, 200, { credit_balance: films.account.balance() });
      if (at === 'POST /generations/video') return create(exchange);
      const id = /^\/generations\/([\w-]+)$/.exec(path)?.[1] ?? '';
      const task = films.find(id);
      if (!task) return sendJson(response, 404, { detail: 'Generation not found' });
      if (request.method === 'GET') return sendJson(response, 200, generationOf(task));
      if (request.method !== 'DELETE') return sendJson(response, 405, { detail: 'Method Not Allowed' });
      films.forget(id);
      response.writeHead(204).end();
    },
  };
}

/** The first validation error of a request, in FastAPI's form. */
function problemIn(body: unknown): { loc: string[]; msg: string; type: string } | null {
  const order = (typeof body === 'object' && body !== null ? body : {}) as Partial<Order>;
  const problem = (where: string, msg: string, type = 'value_error') => ({ loc: ['body', where], msg, type });
  if (!['ray-2', 'ray-flash-2'].includes(order.model ?? ''))
    return problem('model', "Input should be 'ray-2' or 'ray-flash-2'", 'enum');
  if (typeof order.prompt !== 'string') return problem('prompt', 'Input should be a valid string', 'string_type');
  if (!['5s', '9s'].includes(order.duration ?? '')) return problem('duration', "Input should be '5s' or '9s'", 'enum');
  if (!/^(1:1|16:9|9:16|4:3|3:4|21:9|9:21)$/.test(order.aspect_ratio ?? ''))
    return problem('aspect_ratio', 'Input is no known ratio', 'enum');
  const frame = order.keyframes?.frame0;
  if (frame?.type !== 'image' || !/^https?:\/\//.test(frame.url ?? ''))
    return problem('keyframes', 'frame0 should be an image with an address', 'url_parsing');
  if (order.callback_url !== undefined && !URL.canParse(order.callback_url))
    return problem('callback_url', 'Input should be a valid URL', 'url_parsing');
  return null;
}
