import {
  booleanIssue,
  type Complaint,
  type Issue,
  integerIssue,
  optionIssue,
  sizeIssue,
  textIssue,
  typeIssue,
} from './zod-issues.ts';

type PromptImage = { uri: string; position: 'first' | 'last' };

/** A request that passed validation. `credits` is its price. */
export type VideoOrder = {
  model: string;
  promptText: string;
  images: PromptImage[];
  width: number;
  height: number;
  durationSeconds: number;
  credits: number;
};

type Fields = Record<string, unknown>;
type Model = {
  prompt: { required: boolean; max: number };
  duration: { values: readonly number[]; required: boolean; fallback: number };
  ratios: readonly string[];
  ratioRequired: boolean;
  images: number;
  /** Keys beyond the common ones. A strict model refuses unknown keys; the others ignore them. */
  extra: Record<string, (value: unknown) => Complaint | null>;
  strict: boolean;
  creditsPerSecond(fields: Fields): number;
  leastCredits?: number;
};

const runwayRatios = ['1280:720', '720:1280', '1104:832', '832:1104', '960:960', '1584:672'] as const;
const veoRatios = ['1280:720', '720:1280', '1080:1920', '1920:1080'] as const;
const seedanceSmall = ['992:432', '864:496', '752:560', '640:640', '560:752', '496:864'] as const;
const seedanceMiddle = ['1470:630', '1280:720', '1112:834', '960:960', '834:1112', '720:1280'] as const;
const seedanceSmall25 = ['992:432', '854:480', '752:560', '640:640', '560:752', '480:854'] as const;

const veo = (withSound: number, silent: number): Model => ({
  prompt: { required: false, max: 1000 },
  duration: { values: [4, 6, 8], required: false, fallback: 8 },
  ratios: veoRatios,
  ratioRequired: true,
  images: 2,
  extra: { audio: booleanIssue, negativePrompt: (value) => textIssue(value, 1, 1000) },
  strict: false,
  creditsPerSecond: ({ audio }) => (audio === false ? silent : withSound),
});

/** The models with a published price; Runway's other models are answered with 400. */
const models: Record<string, Model> = {
  gen4_turbo: {
    prompt: { required: false, max: 1000 },
    duration: { values: span(2, 10), required: false, fallback: 5 },
    ratios: runwayRatios,
    ratioRequired: true,
    images: 1,
    extra: { contentModeration: moderationIssue },
    strict: false,
    creditsPerSecond: () => 5,
  },
  'gen4.5': {
    prompt: { required: true, max: 1000 },
    duration: { values: span(2, 10), required: true, fallback: 5 },
    ratios: runwayRatios,
    ratioRequired: true,
    images: 1,
    extra: { contentModeration: moderationIssue, outputFormat: (value) => optionIssue(value, ['mp4']) },
    strict: false,
    creditsPerSecond: () => 12,
  },
  'veo3.1': veo(40, 20),
  'veo3.1_fast': veo(15, 10),
  seedance2: {
    prompt: { required: false, max: 3500 },
    duration: { values: span(4, 15), required: false, fallback: 5 },
    ratios: [...seedanceSmall, ...seedanceMiddle, '1920:1080', '1440:1440', '1080:1920'],
    ratioRequired: false,
    images: 2,
    extra: { audio: booleanIssue },
    strict: true,
    creditsPerSecond: () => 36,
  },
  seedance2_5: {
    prompt: { required: false, max: 15_000 },
    duration: { values: span(4, 30), required: false, fallback: 5 },
    ratios: [...seedanceSmall25, ...seedanceMiddle],
    ratioRequired: false,
    images: 2,
    extra: { audio: booleanIssue },
    strict: true,
    creditsPerSecond: ({ ratio }) => ((seedanceSmall25 as readonly unknown[]).includes(ratio) ? 20 : 30),
    leastCredits: 80,
  },
};

export const modelNames = Object.keys(models);

/** Checks a body of `POST /v1/image_to_video` against the rules of its model. */
export function orderFrom(body: unknown): { ok: true; order: VideoOrder } | { ok: false; issues: Issue[] } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return refused([at([], typeIssue('object', body))]);
  const fields = body as Fields;
  const model = typeof fields.model === 'string' ? models[fields.model] : undefined;
  if (!model)
    return refused([at(['model'], { code: 'invalid_union', discriminator: 'model', message: 'Invalid input' })]);
  const issues = issuesIn(fields, model);
  if (issues.length > 0) return refused(issues);
  const durationSeconds = (fields.duration as number | undefined) ?? model.duration.fallback;
  const [width = 0, height = 0] = ((fields.ratio as string | undefined) ?? '1280:720').split(':').map(Number);
  const images =
    typeof fields.promptImage === 'string' ? [{ uri: fields.promptImage }] : (fields.promptImage as PromptImage[]);
  return {
    ok: true,
    order: {
      model: fields.model as string,
      promptText: (fields.promptText as string | undefined) ?? '',
      images: images.map(({ uri, ...rest }) => ({ uri, position: 'position' in rest ? rest.position : 'first' })),
      width,
      height,
      durationSeconds,
      credits: Math.max(durationSeconds * model.creditsPerSecond(fields), model.leastCredits ?? 0),
    },
  };
}

function issuesIn(fields: Fields, model: Model): Issue[] {
  const { promptText, promptImage, duration, ratio, seed } = fields;
  const found = [
    at(
      ['promptText'],
      promptText === undefined && !model.prompt.required ? null : textIssue(promptText, 1, model.prompt.max),
    ),
    ...imageIssues(promptImage, model.images),
    at(
      ['duration'],
      duration === undefined && !model.duration.required ? null : durationIssue(duration, model.duration.values),
    ),
    at(['ratio'], ratio === undefined && !model.ratioRequired ? null : optionIssue(ratio, model.ratios)),
    at(['seed'], seed === undefined ? null : integerIssue(seed, 0, 4_294_967_295)),
    ...Object.entries(model.extra).map(([key, check]) =>
      at([key], fields[key] === undefined ? null : check(fields[key])),
    ),
  ];
  const known = ['model', 'promptText', 'promptImage', 'duration', 'ratio', 'seed', ...Object.keys(model.extra)];
  const keys = model.strict ? Object.keys(fields).filter((key) => !known.includes(key)) : [];
  if (keys.length > 0)
    found.push(
      at([], {
        code: 'unrecognized_keys',
        keys,
        message: `Unrecognized key: ${keys.map((key) => `"${key}"`).join(', ')}`,
      }),
    );
  return found.filter((issue) => issue !== null);
}

function imageIssues(value: unknown, most: number): (Issue | null)[] {
  if (typeof value === 'string') return [at(['promptImage'], uriIssue(value))];
  if (!Array.isArray(value))
    return [at(['promptImage'], { code: 'invalid_union', errors: [], message: 'Invalid input' })];
  const positions = most === 1 ? ['first'] : ['first', 'last'];
  const count =
    value.length < 1
      ? sizeIssue('array', 'items', { least: 1 })
      : value.length > most
        ? sizeIssue('array', 'items', { most })
        : null;
  return [
    at(['promptImage'], count),
    ...value.flatMap((image: Partial<PromptImage> | null, index) => [
      at(
        ['promptImage', index, 'uri'],
        typeof image?.uri === 'string' ? uriIssue(image.uri) : typeIssue('string', image?.uri),
      ),
      at(['promptImage', index, 'position'], optionIssue(image?.position, positions)),
    ]),
  ];
}

/** Checks the length of the whole URI, which depends on its scheme. The picture is checked later. */
function uriIssue(uri: string): Complaint | null {
  if (uri.startsWith('http://')) return { code: 'custom', message: 'Only HTTPS URLs are allowed.' };
  const most = uri.startsWith('https://')
    ? 2048
    : uri.startsWith('runway://')
      ? 5000
      : uri.startsWith('data:image/')
        ? 5_242_880
        : 0;
  if (most === 0)
    return {
      code: 'custom',
      message: uri.startsWith('data:') ? 'Unsupported asset type. Use JPEG, PNG or WebP.' : 'Invalid URL',
    };
  return textIssue(uri, 13, most);
}

function durationIssue(value: unknown, values: readonly number[]): Complaint | null {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (values.length <= most - least) return values.includes(value as number) ? null : optionIssue(value, values);
  return integerIssue(value, least, most);
}

function moderationIssue(value: unknown): Complaint | null {
  if (typeof value !== 'object' || value === null) return typeIssue('object', value);
  const { publicFigureThreshold, ...others } = value as Fields;
  const keys = Object.keys(others);
  if (keys.length > 0) return { code: 'unrecognized_keys', keys, message: `Unrecognized key: "${keys[0]}"` };
  return publicFigureThreshold === undefined ? null : optionIssue(publicFigureThreshold, ['auto', 'low']);
}

function at(path: Issue['path'], issue: Complaint | null): Issue | null {
  return issue && ({ ...issue, path } as Issue);
}

function refused(issues: (Issue | null)[]): { ok: false; issues: Issue[] } {
  return { ok: false, issues: issues.filter((issue) => issue !== null) };
}

function span(least: number, most: number): number[] {
  return Array.from({ length: most - least + 1 }, (_, index) => least + index);
}
