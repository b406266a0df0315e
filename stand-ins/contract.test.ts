// Every provider's client against its stand-in over real HTTP: requests, results, and the kind of each error.
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '~/config.server';
import { findAtWork } from '~/providers/at-work';
import { balanceAt } from '~/providers/balance';
import { signalOfSubmit } from '~/providers/breaker';
import { createProviders, type Providers } from '~/providers/registry.server';
import type { CancelOutcome, SubmitRequest, VideoProvider } from '~/providers/video-provider';
import type { Films } from './films.ts';
import { type StandIns, startStandIns } from './server.ts';
import { clipFrom, picture } from './testing.ts';

const png = picture(64, 48);
const pictureUrl = 'https://echoes.test/picture.png';
let standIns: StandIns;
let providers: Providers;

beforeAll(async () => {
  const fetchAsset = async (url: RequestInfo | URL) =>
    String(url) === pictureUrl ? new Response(new Uint8Array(png)) : new Response(null, { status: 404 });
  standIns = await startStandIns({
    port: 0,
    appOrigin: 'http://localhost:8787',
    runwaySeconds: { min: 0.01, max: 0.02 },
    fetchAsset,
    framesPerSecond: 8,
    quiet: true,
  });
  const rest = {
    GOOGLE_CLIENT_ID: 'x',
    SESSION_SECRET: 's'.repeat(16),
    MEDIA_SIGNING_SECRET: 'm'.repeat(16),
    IDENTITY_SECRET: 'i'.repeat(16),
  };
  const read = readConfig({ APP_ORIGIN: 'https://echoes.test', ...rest, ...standIns.vars });
  if (!read.ok) throw new Error(String(read.names));
  providers = createProviders({ config: read.config, fetch });
});
afterAll(() => standIns.close());

type Name = keyof StandIns['films'];
const names: Name[] = ['luma', 'fal', 'replicate', 'veo'];
const models: Record<Name, string> = {
  luma: 'ray-flash-2',
  fal: 'fal-ai/kling-video/v2.5-turbo/pro/image-to-video',
  replicate: 'kwaivgi/kling-v2.1',
  veo: 'veo-3.1-fast-generate-preview',
};
/** The services whose API tells what the account holds. */
const tells = new Set<string>(['runway', 'luma']);
const bytes: SubmitRequest['image'] = { kind: 'bytes', bytes: png, contentType: 'image/png' };

const runwayOrder = { model: 'gen4_turbo', image: bytes, durationSeconds: 5, shape: '9:16' } as const;

function provider(name: Name): VideoProvider {
  const found = providers.find(name);
  if (!found) throw new Error(`${name} is not offered`);
  return found;
}

function submit(name: Name, prompt: string, changes: Partial<SubmitRequest> = {}) {
  const image: SubmitRequest['image'] = name === 'luma' ? { kind: 'url', url: pictureUrl } : bytes;
  const durationSeconds = name === 'veo' ? 4 : 5;
  return provider(name).submit({ model: models[name], image, prompt, durationSeconds, shape: '9:16', ...changes });
}

async function accepted(name: Name, prompt: string, changes: Partial<SubmitRequest> = {}): Promise<string> {
  const answer = await submit(name, prompt, changes);
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  return answer.taskId;
}

/** The stand-in's films and its own id of a task, from the product's task id. */
function filmOf(name: Name, taskId: string): { films: Films; id: string } {
  const last = taskId.split('/').at(-1) ?? '';
  const id = name === 'replicate' ? last.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : last;
  return { films: standIns.films[name], id };
}

async function ended(name: Name, prompt: string, changes: Partial<SubmitRequest> = {}) {
  const taskId = await accepted(name, prompt, changes);
  const { films, id } = filmOf(name, taskId);
  await films.settled(id);
  const answer = await provider(name).poll(taskId);
  return answer.outcome === 'state' ? answer.state : answer;
}

describe.each(names)('%s', (name) => {
  test(`${name} makes a film of a picture and serves it`, async () => {
    const state = await ended(name, 'pan left');
    if (!('status' in state) || state.status !== 'succeeded') throw new Error(JSON.stringify(state));
    const output = await provider(name).openOutput(state.outputUrl);
    if (output.outcome !== 'open') throw new Error(JSON.stringify(output));
    expect(output.response.headers.get('Content-Type')).toBe('video/mp4');
    const clip = await clipFrom(new Uint8Array(await output.response.arrayBuffer()));
    const size = name === 'fal' || name === 'replicate' ? { width: 960, height: 720 } : { width: 720, height: 1280 };
    expect(clip).toMatchObject({ codec: 'h264', seconds: name === 'veo' ? 4 : 5, ...size });
  });

  test(`${name} has an unknown outcome, never a refusal, for a submit without an answer`, async () => {
    expect(await submit(name, 'x [[LOSE_ANSWER]]')).toMatchObject({ outcome: 'unknown' });
    expect(await submit(name, 'x [[OVERLOADED]]')).toMatchObject({ outcome: 'unknown', error: { httpStatus: 503 } });
  });

  test(`${name} refuses moderated prompts, empty accounts and exceeded quotas`, async () => {
    expect(await submit(name, 'x [[REFUSE]]')).toMatchObject({ outcome: 'refused', error: { kind: refusedAs[name] } });
    expect(await submit(name, 'x [[NO_CREDITS]]')).toMatchObject({
      outcome: 'refused',
      error: { kind: 'out-of-funds' },
    });
    const often = await submit(name, 'x [[DAILY_QUOTA]]');
    expect(often).toMatchObject({ outcome: 'refused', error: { kind: 'quota', httpStatus: 429 } });
  });

  test(`${name} answers gone for an unknown task`, async () => {
    const strange = `${(await accepted(name, '[[HANG]]')).slice(0, -4)}0000`;
    expect(await provider(name).poll(strange)).toEqual({ outcome: 'gone' });
    expect(await provider(name).cancel(strange)).toBe(name === 'veo' ? 'unsupported' : 'gone');
  });

  test(`${name} answers a cancel with the extent to which it stops the task`, async () => {
    const taskId = await accepted(name, '[[THROTTLE]]');
    expect(await provider(name).poll(taskId)).toMatchObject({ outcome: 'state' });
    expect(await provider(name).cancel(taskId)).toBe(stopped[name]);
    const over = await accepted(name, '[[HANG]] [[NOTHING]]');
    expect(await provider(name).cancel(over)).toMatch(/canceled|requested|forgotten|unsupported/);
  });
});

/** How each service says that our account is empty: the status, and a word of its sentence or its code. */
const emptyAs: Record<Name | 'runway', { httpStatus: number; message: RegExp }> = {
  runway: { httpStatus: 400, message: /not have enough credits/ },
  luma: { httpStatus: 400, message: /Insufficient credits/ },
  fal: { httpStatus: 403, message: /Exhausted balance/ },
  replicate: { httpStatus: 402, message: /insufficient credit/ },
  veo: { httpStatus: 400, message: /enable billing/ },
};

test.each([...names, 'runway' as const])(
  '%s refuses as its service does once our account is empty, and takes tasks again when it is topped up',
  async (name) => {
    const account = name === 'runway' ? standIns.runway.funds : standIns.films[name].account;
    const order = () =>
      name === 'runway'
        ? providers.find('runway')?.submit({ ...runwayOrder, prompt: 'x [[HANG]]' })
        : submit(name, 'x [[HANG]]');
    const before = account.balance();
    account.set(1);
    const refused = await order();
    if (refused?.outcome !== 'refused') throw new Error(JSON.stringify(refused));
    const { httpStatus, message } = emptyAs[name];
    expect(refused.error).toMatchObject({ kind: 'out-of-funds', httpStatus });
    expect(refused.error.message).toMatch(message);
    expect(signalOfSubmit(refused)).toBe('out-of-funds');
    const balance = await balanceAt(providers.find(name));
    expect(balance).toEqual(tells.has(name) ? { outcome: 'told', cents: 1 } : { outcome: 'not-offered' });
    account.set(before);
    expect(await order()).toMatchObject({ outcome: 'accepted' });
  },
);

test('a film that is made lowers the balance of its account by its price', async () => {
  const { account } = standIns.films.luma;
  const before = account.balance();
  await ended('luma', 'pan left');
  expect(before - account.balance()).toBe(24);
});

test('before a stop, each provider that can stop a task says whether it is still at work', async () => {
  for (const name of ['fal', 'replicate'] as const) {
    const { canStop } = provider(name);
    const asked = (taskId: string) => findAtWork(provider(name), { taskId, canStop });
    expect(await asked(await accepted(name, '[[THROTTLE]]'))).toBe('at-work');
    const running = await accepted(name, '[[HANG]]');
    await filmOf(name, running).films.begun(filmOf(name, running).id);
    expect(await asked(running)).toBe(canStop === 'queued' ? 'cannot' : 'at-work');
    const made = await accepted(name, 'pan left');
    await filmOf(name, made).films.settled(filmOf(name, made).id);
    expect(await asked(made)).toBe('ended');
    // The question leaves the film where it is.
    expect(await provider(name).poll(made)).toMatchObject({ state: { status: 'succeeded' } });
  }
  for (const name of ['luma', 'veo'] as const)
    expect(await findAtWork(provider(name), { taskId: 'any', canStop: provider(name).canStop })).toBe('cannot');
});

const refusedAs: Record<Name, string> = {
  luma: 'moderated',
  fal: 'invalid-input',
  replicate: 'moderated',
  veo: 'moderated',
};
const stopped: Record<Name, CancelOutcome> = {
  luma: 'forgotten',
  fal: 'canceled',
  replicate: 'canceled',
  veo: 'unsupported',
};

test.each<[Name, string, string]>([
  ['luma', 'MODERATED', 'moderated'],
  ['luma', 'PROMPT', 'invalid-input'],
  ['luma', 'DISPATCH', 'retryable'],
  ['luma', 'JOB', 'retryable'],
  ['luma', 'ASSET.INVALID', 'invalid-input'],
  ['luma', 'SOMETHING_NEW', 'unknown'],
  ['fal', 'CONTENT_POLICY_VIOLATION', 'moderated'],
  ['fal', 'NO_MEDIA_GENERATED', 'moderated'],
  ['fal', 'IMAGE_TOO_LARGE', 'invalid-input'],
  ['fal', 'ASSET.INVALID', 'invalid-input'],
  ['fal', 'REQUEST_TIMEOUT', 'retryable'],
  ['fal', 'STARTUP_TIMEOUT', 'retryable'],
  ['fal', 'RUNNER_SCHEDULING_FAILURE', 'retryable'],
  ['fal', 'RUNNER_CONNECTION_TIMEOUT', 'retryable'],
  ['fal', 'RUNNER_DISCONNECTED', 'retryable'],
  ['fal', 'RUNNER_CONNECTION_REFUSED', 'retryable'],
  ['fal', 'RUNNER_CONNECTION_ERROR', 'retryable'],
  ['fal', 'RUNNER_INCOMPLETE_RESPONSE', 'retryable'],
  ['fal', 'RUNNER_SERVER_ERROR', 'retryable'],
  ['fal', 'INTERNAL_ERROR', 'retryable'],
  ['fal', 'CLIENT_DISCONNECTED', 'unknown'],
  ['fal', 'BAD_REQUEST', 'invalid-input'],
  ['replicate', 'NSFW', 'moderated'],
  ['replicate', 'E005', 'moderated'],
  ['replicate', 'INTERRUPTED', 'retryable'],
  ['replicate', 'OUT_OF_MEMORY', 'retryable'],
  ['replicate', 'ASSET.INVALID', 'invalid-input'],
  ['replicate', 'SOMETHING_NEW', 'unknown'],
  ['veo', 'RAI', 'moderated'],
  ['veo', 'INVALID_ARGUMENT', 'invalid-input'],
  ['veo', 'DEADLINE_EXCEEDED', 'retryable'],
  ['veo', 'NOT_FOUND', 'not-found'],
  ['veo', 'PERMISSION_DENIED', 'auth'],
  ['veo', 'RESOURCE_EXHAUSTED', 'quota'],
  ['veo', 'FAILED_PRECONDITION', 'out-of-funds'],
  ['veo', 'INTERNAL', 'retryable'],
  ['veo', 'UNAVAILABLE', 'retryable'],
  ['veo', 'UNAUTHENTICATED', 'auth'],
  ['veo', 'SOMETHING_NEW', 'unknown'],
])('a task of %s that fails with %s has an error of the kind %s', async (name, word, kind) => {
  expect(await ended(name, `x [[${word}]]`)).toMatchObject({ status: 'failed', error: { kind } });
});

test.each<[Name, string]>([
  ['fal', 'CLIENT_CANCELLED'],
  ['replicate', 'ABORTED'],
])('a task of %s that fails with %s is canceled', async (name, word) => {
  expect(await ended(name, `x [[${word}]]`)).toEqual({ status: 'canceled' });
});

describe('a webhook', () => {
  /** Submits a task with a webhook of this test, and returns its first delivery. */
  async function webhookOf(name: Name): Promise<{ taskId: string; delivery: { headers: Headers; body: Uint8Array } }> {
    let got: (delivery: { headers: Headers; body: Uint8Array }) => void = () => undefined;
    const delivered = new Promise<{ headers: Headers; body: Uint8Array }>((resolve) => {
      got = resolve;
    });
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      response.writeHead(200).end();
      got({ headers: new Headers(request.headers as Record<string, string>), body: Buffer.concat(parts) });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const taskId = await accepted(name, 'x [[SOMETHING_NEW]]', { webhookUrl: `http://127.0.0.1:${port}/hook` });
    const delivery = await delivered;
    server.close();
    return { taskId, delivery };
  }

  test.each<Name>(['luma', 'fal', 'replicate'])(
    'a webhook of %s names its task, and is refused after five minutes',
    async (name) => {
      const { taskId, delivery } = await webhookOf(name);
      const verify = (now: number) => provider(name).webhook?.verify({ ...delivery, now });
      expect(await verify(Date.now())).toEqual({ outcome: 'hint', taskIds: [taskId] });
      if (name !== 'luma') expect(await verify(Date.now() + 301_000)).toEqual({ outcome: 'refused', reason: 'stale' });
    },
  );
});

test('Runway reports the charge of a finished film', async () => {
  const { create, charged } = runwayOf(providers);
  const before = await charged();
  await create('a slow walk');
  expect(await charged()).toBe(before + 25);
});

/** Runway's client: `create` makes a film of five seconds and waits for its end, `charged` reads the charges of today. */
function runwayOf({ find }: Providers) {
  const runway = find('runway');
  if (!runway?.charged) throw new Error('Runway cannot be asked');
  const { charged, submit: order } = runway;
  const dateIn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  return {
    async create(prompt: string) {
      const answer = await order({ ...runwayOrder, prompt });
      if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
      await standIns.runway.settled(answer.taskId);
    },
    async charged() {
      const answer = await charged({ from: dateIn(-1), before: dateIn(2) });
      if (answer.outcome !== 'told') throw new Error(answer.error.message);
      return answer.cents;
    },
  };
}
