import { createFilms, type Films, type FilmsOptions, sizes } from './films.ts';
import { type Exchange, jsonOf, type Origins, redirect, type StandIn, sendJson } from './http.ts';
import { pictureOr } from './runway-assets.ts';
import type { Task } from './tasks.ts';

/** The key that the stand-in accepts; it is valid nowhere else. */
const veoKey = `AIza${'0'.repeat(35)}`;
const mount = '/veo';
const twoDays = 172_800;
const empty = 'Your prepaid balance is used up. Please enable billing on your project in Google AI Studio.';
const centsPerSecond: Readonly<Record<string, number>> = {
  'veo-3.1-generate-preview': 40,
  'veo-3.1-fast-generate-preview': 10,
  'veo-3.1-lite-generate-preview': 5,
};
const modelIds = ['veo-3.1-generate-preview', 'veo-3.1-fast-generate-preview', 'veo-3.1-lite-generate-preview'];

/** Codes of google.rpc with which an operation may fail; the force word of each is its key. */
const codes: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
  'ASSET.INVALID': 3,
};
const names: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

type Instance = {
  prompt?: string;
  image?: { bytesBase64Encoded?: string; mimeType?: string; inlineData?: { mimeType?: string; data?: string } };
};
type Order = { instances?: Instance[]; parameters?: Record<string, unknown> };

/** Veo's wire protocol: pictures inside the request, operations without progress, films behind key and redirect. */
export function createVeo({ origin, ...options }: Origins & Omit<FilmsOptions, 'base'>): StandIn & { films: Films } {
  // Films are on another host than the API, as at Google.
  const store = new URL(origin);
  store.hostname = '127.0.0.1';
  const films = createFilms({ base: `${store.origin}${mount}`, outputTtlSeconds: twoDays, ...options });
  const base = `${origin}${mount}/v1beta`;

  function operationOf(task: Task): object {
    const name = `models/${task.order.model}/operations/${task.id}`;
    const type = 'type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse';
    if (task.status === 'SUCCEEDED') {
      const generatedSamples = [{ video: { uri: `${base}/files/${task.id}:download?alt=media` } }];
      return { name, done: true, response: { '@type': type, generateVideoResponse: { generatedSamples } } };
    }
    if (task.status !== 'FAILED') return { name };
    if (task.failureCode === 'RAI') {
      const generateVideoResponse = {
        raiMediaFilteredCount: 1,
        raiMediaFilteredReasons: ['The film was withheld because it might not follow our usage guidelines.'],
      };
      return { name, done: true, response: { '@type': type, generateVideoResponse } };
    }
    const error = { code: codes[task.failureCode ?? ''] ?? 2, message: 'The operation failed.', details: [] };
    return { name, done: true, error };
  }

  async function create(exchange: Exchange, model: string): Promise<void> {
    const { request, response } = exchange;
    const body = (await jsonOf(request, 20 * 1024 * 1024)) as Order | null;
    const problem = problemIn(body);
    if (problem) return refuse(response, 400, problem);
    const [instance] = body?.instances ?? [];
    const { aspectRatio, durationSeconds } = body?.parameters ?? {};
    const bytes = Buffer.from(instance?.image?.bytesBase64Encoded ?? instance?.image?.inlineData?.data ?? '', 'base64');
    const image = pictureOr(bytes, 'no picture');
    if (!image.ok) return refuse(response, 400, 'Unable to process input image.');
    const task = films.begin(
      exchange,
      {
        model,
        prompt: instance?.prompt ?? '',
        image,
        durationSeconds: Number(durationSeconds ?? 8),
        cents: (centsPerSecond[model] ?? 10) * Number(durationSeconds ?? 8),
        size: sizes[String(aspectRatio ?? '16:9')] ?? { width: 1280, height: 720 },
      },
      (status, message) => refuse(response, status, status === 402 ? empty : message),
    );
    if (task) sendJson(response, 200, { name: `models/${model}/operations/${task.id}` });
  }

  return {
    name: 'Veo',
    mount,
    vars: { VEO_BASE_URL: base, VEO_API_KEY: veoKey, VEO_OUTPUT_HOSTS: `${new URL(origin).host},${store.host}` },
    films,
    funds: films.account,
    close: films.close,
    answer(exchange) {
      const { request, response, path } = exchange;
      const key = request.headers['x-goog-api-key'];
      if (path.startsWith('/outputs/') && key) {
        exchange.note('the key came along');
        return refuse(response, 400, 'No key belongs here.');
      }
      if (films.serve(exchange)) return;
      if (key === undefined) return refuse(response, 403, 'Method does not allow unregistered callers.');
      if (key !== veoKey) return refuse(response, 400, 'API key not valid. Please pass a valid API key.');
      const at = `${request.method} ${path}`;
      const model = /^POST \/v1beta\/models\/([\w.-]+):predictLongRunning$/.exec(at)?.[1];
      if (model && modelIds.includes(model)) return create(exchange, model);
      const id = /^GET \/v1beta\/(?:models\/[\w.-]+\/operations\/([\w-]+)|files\/([\w-]+):download)$/.exec(at);
      const task = films.find(id?.[1] ?? id?.[2] ?? '');
      if (!task || (id?.[2] && !task.video)) return refuse(response, 404, 'Requested entity was not found.');
      if (id?.[2]) return redirect(response, films.linkTo(task));
      sendJson(response, 200, operationOf(task));
    },
  };
}

function refuse(response: Exchange['response'], status: number, message: string): void {
  // Google answers 400 FAILED_PRECONDITION for an empty account.
  const code = status === 402 ? 400 : status;
  sendJson(response, code, { error: { code, message, status: names[status] ?? 'UNKNOWN', details: [] } });
}

function problemIn(body: Order | null): string | null {
  const { instances, parameters = {} } = body ?? {};
  const [instance] = instances ?? [];
  if (instances?.length !== 1 || typeof instance?.prompt !== 'string') return 'Exactly one instance with a prompt.';
  const type = instance.image?.mimeType ?? instance.image?.inlineData?.mimeType;
  if (!/^image\/(jpeg|png|webp)$/.test(type ?? '')) return 'Unsupported mime type of the image.';
  const known = ['sampleCount', 'durationSeconds', 'aspectRatio', 'resolution', 'personGeneration', 'negativePrompt'];
  const strange = Object.keys(parameters).find((name) => !known.includes(name));
  if (strange) return `Unknown name "${strange}": Cannot find field.`;
  const {
    durationSeconds = 8,
    aspectRatio = '16:9',
    personGeneration = 'allow_adult',
    resolution = '720p',
  } = parameters;
  if (![4, 6, 8].includes(durationSeconds as number)) return 'durationSeconds must be 4, 6 or 8.';
  if (resolution !== '720p' && durationSeconds !== 8) return 'durationSeconds must be 8 for this resolution.';
  if (!['16:9', '9:16'].includes(aspectRatio as string)) return 'aspectRatio must be 16:9 or 9:16.';
  return personGeneration === 'allow_adult' ? null : 'personGeneration must be allow_adult for image-to-video.';
}
