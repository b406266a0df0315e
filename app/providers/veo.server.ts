// Google Veo through the Gemini API: pictures go into the request, tasks cannot be stopped, videos are fetched with the key.
import {
  type Answer,
  type ErrorDetail,
  failed,
  failure,
  field,
  kindOfText,
  nameIn,
  textOf,
  unexplained,
} from './answers';
import type { FailureKind, ImageSources, Model, TaskState, VideoProvider } from './video-provider';
import { verdictOf, verifyStandardWebhook } from './webhook-signatures';
import { createWire, type ProviderOptions, priced } from './wire';

/** Google documents no limit for a picture; this one is ours. */
const imageSources: ImageSources = { url: false, mostBytes: 4_000_000 };

/** Prices per second at 720p, with sound, of Google's price page for the Gemini API, read on 2026-10-02. */
const models: readonly Model[] = [
  model('veo-3.1-fast-generate-preview', 10),
  model('veo-3.1-generate-preview', 40),
  model('veo-3.1-lite-generate-preview', 5),
];

/** `webhookSecret` belongs to the project's one webhook at Google (`whsec_…`). */
export function createVeo({
  key,
  webhookSecret,
  ...rest
}: ProviderOptions & { key: string; webhookSecret?: string | undefined }): VideoProvider {
  const wire = createWire({ ...rest, headers: { 'x-goog-api-key': key }, errorDetailOf });

  return {
    id: 'veo',
    models,
    imageSources,
    minPollSeconds: 10,
    canStop: 'never',
    // Google charges only videos that were made.
    charges: [],
    webhook: webhookSecret
      ? {
          isPerTask: false,
          verify: async (delivery) =>
            verdictOf(await verifyStandardWebhook({ ...delivery, secret: webhookSecret }), delivery.body, taskIdsOf),
        }
      : null,

    async submit({ model: modelId, image, prompt, shape, durationSeconds }) {
      const problem = wire.pictureProblem(image, imageSources);
      if (problem || image.kind !== 'bytes')
        return { outcome: 'refused', error: problem ?? failure('invalid-input', 'picture-bytes', 'bytes only') };
      const bytesBase64Encoded = Buffer.from(image.bytes).toString('base64');
      const parameters = {
        sampleCount: 1,
        durationSeconds,
        aspectRatio: shape,
        resolution: '720p',
        // The only value that is allowed with a picture.
        personGeneration: 'allow_adult',
      };
      const requestBody = {
        instances: [{ prompt, image: { bytesBase64Encoded, mimeType: image.contentType } }],
        parameters,
      };
      return wire.submit(`/models/${modelId}:predictLongRunning`, requestBody, nameOf);
    },

    poll: (taskId) => wire.poll(`/${taskId}`, stateOf),

    // The API documents no such request; Google deletes videos after two days.
    cancel: async () => 'unsupported',

    openOutput: (address) => wire.openOutput(address, { withKey: true }),
  };
}

const taskName = /^models\/[\w.-]+\/operations\/[\w-]+$/;
const nameOf = (body: unknown) => nameIn(body, ['name'], taskName);

/** Google does not document whether a webhook's id is the operation's whole name or its last part, so both are tried. */
function taskIdsOf(body: unknown): readonly string[] {
  const id = textOf(field(body, 'data', 'id'));
  if (!id || field(body, 'type') !== 'video.generated') return [];
  return taskName.test(id) ? [id] : models.map((one) => `models/${one.id}/operations/${id}`);
}

function errorDetailOf({ status, body }: Answer): ErrorDetail {
  const code = textOf(field(body, 'error', 'status'));
  const message = textOf(field(body, 'error', 'message')) ?? unexplained;
  if (code === 'FAILED_PRECONDITION') return { kind: 'out-of-funds', code, message };
  if (status === 429) return { code, message, ...limitIn(field(body, 'error', 'details'), message) };
  const meant = kindOfText(message);
  const isClear = status === 400 && (meant === 'moderated' || meant === 'auth');
  return { kind: isClear ? meant : null, code, message };
}

/**
 * What a 429 says about its limit: when to retry, and whether that can help. Its sentence mentions plan and billing for
 * every limit, so it counts only where the details name neither a limit nor a time.
 */
function limitIn(details: unknown, message: string): Pick<ErrorDetail, 'kind' | 'isFinal' | 'retryAfterSeconds'> {
  const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  const all = listOf(details);
  const broken = all.flatMap((one) => listOf(field(one, 'violations')));
  const limits = broken.flatMap((one) => textOf(field(one, 'quotaId')) ?? []);
  const [delay] = all.flatMap((one) => /^(\d+(?:\.\d+)?)s$/.exec(textOf(field(one, 'retryDelay')) ?? '')?.[1] ?? []);
  const isUnnamed = limits.length === 0 && delay === undefined;
  const isDaily = /daily|per ?day/i.test(`${message} ${limits.join(' ')}`);
  const isUnpaid = !isDaily && isUnnamed && /spend|billing|credits/i.test(message);
  const isFinal = isDaily || isUnpaid;
  return {
    ...(isUnpaid && { kind: 'out-of-funds' }),
    isFinal,
    ...(delay !== undefined && !isFinal && { retryAfterSeconds: Number(delay) }),
  };
}

/** The state of an operation; Google reports no progress before it is done. */
function stateOf(body: unknown): TaskState | null {
  if (!nameOf(body)) return null;
  if (field(body, 'done') !== true) return { status: 'running', progress: null };
  const code = field(body, 'error', 'code');
  if (typeof code === 'number') {
    const message = textOf(field(body, 'error', 'message')) ?? '';
    const kind = kindOfText(message) === 'moderated' ? 'moderated' : (kindOfRpc[code] ?? 'unknown');
    return failed(failure(kind, String(code), message));
  }
  const answer = field(body, 'response', 'generateVideoResponse');
  const outputUrl = textOf(field(answer, 'generatedSamples', '0', 'video', 'uri'));
  if (outputUrl) return { status: 'succeeded', outputUrl, costCents: null };
  const reason = textOf(field(answer, 'raiMediaFilteredReasons', '0')) ?? '';
  const isFiltered = Number(field(answer, 'raiMediaFilteredCount') ?? 0) > 0;
  return failed(
    failure(isFiltered ? 'moderated' : 'unknown', isFiltered ? 'rai' : null, reason || 'the operation has no video'),
  );
}

/** Codes of google.rpc: invalid, deadline, not found, permission, exhausted, precondition, internal, unavailable, key. */
const kindOfRpc: Readonly<Record<number, FailureKind>> = {
  3: 'invalid-input',
  4: 'retryable',
  5: 'not-found',
  7: 'auth',
  8: 'quota',
  9: 'out-of-funds',
  13: 'retryable',
  14: 'retryable',
  16: 'auth',
};

function model(id: string, centsPerSecond: number): Model {
  const ratios = { '9:16': '9:16', '16:9': '16:9' };
  return {
    id,
    durations: [4, 6, 8],
    ratios,
    maxPromptLength: 1000,
    costCents: priced(centsPerSecond),
    isPricePublished: true,
  };
}
