// What we say to Runway and what we understand of it, held against Runway's own OpenAPI description, cut down by
// ops/cut-specs.ts.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { Shape } from '~/photos/frame';
import { field } from './answers';
import { createRunway } from './runway.server';
import { refusalOf, runwayImageSources, runwayModels, stateOf } from './runway-wire';
import type { SubmitRequest } from './video-provider';

const path = resolve(import.meta.dirname, '../../stand-ins/specs/runway-openapi.json');
const spec: unknown = JSON.parse(readFileSync(path, 'utf8'));
// Runway counts UTF-16 units, as JavaScript does; its description has words of its own beside JSON Schema's.
const ajv = new Ajv2020({ strict: false, unicode: false, logger: false });
addFormats.default(ajv);

const at = (...names: string[]) => field(spec, ...names) as object;
const jsonOf = (...names: string[]) => at(...names, 'content', 'application/json', 'schema');
/** Compiled when it is first needed: the whole order is a union of every model there is. */
const compiled = new Map<object, ReturnType<typeof ajv.compile>>();
function offencesAgainst(schema: object, value: unknown): unknown {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  return validate(value) ? null : (validate.errors ?? 'refused');
}
const orderSchema = () => jsonOf('paths', '/v1/image_to_video', 'post', 'requestBody');
const taskSchema = () => jsonOf('paths', '/v1/tasks/{id}', 'get', 'responses', '200');

const secret = `key_${'0'.repeat(128)}`;
const id = '17f20503-6c24-4c16-946b-35dbbce2af2f';
const createdAt = '2026-08-08T12:00:00.000Z';

async function sent(request: SubmitRequest): Promise<Request> {
  const seen: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen.push(new Request(input as RequestInfo, init));
    return Response.json({ id, estimatedCost: { credits: 25 } });
  };
  const runway = createRunway({ baseUrl: 'https://runway.test', secret, outputHosts: [], fetch });
  expect(await runway.submit(request)).toEqual({ outcome: 'accepted', taskId: id });
  return seen[0] as Request;
}

const orders = runwayModels.flatMap(({ id: model, ratios, durations }) =>
  (Object.keys(ratios) as Shape[]).flatMap((shape) =>
    durations.map((durationSeconds) => ({ model, shape, durationSeconds })),
  ),
);
const address: SubmitRequest['image'] = { kind: 'url', url: 'https://echoes.test/media/p.jpg?sig=x' };
const picture = (size: number): SubmitRequest['image'] => ({
  kind: 'bytes',
  bytes: new Uint8Array(size),
  contentType: 'image/jpeg',
});

describe('a submit to Runway', () => {
  it.each(orders)('a submit matches Runway’s schema: $model, $shape, $durationSeconds s', async (requestBody) => {
    const request = await sent({ ...requestBody, image: address, prompt: 'The camera pushes in slowly.' });
    expect(offencesAgainst(orderSchema(), await request.json())).toBeNull();
  });

  it('the shortest and longest prompt and the smallest and largest picture match Runway’s schema', async () => {
    const [requestBody] = orders as [(typeof orders)[number]];
    for (const { id: model, maxPromptLength } of runwayModels) {
      const prompts = ['a', 'a'.repeat(maxPromptLength), '🌊'.repeat(maxPromptLength / 2), 'é\n"\\\u0000'];
      for (const prompt of prompts) {
        const body = await (await sent({ ...requestBody, model, image: address, prompt })).json();
        expect(offencesAgainst(orderSchema(), body)).toBeNull();
      }
      for (const size of [1, runwayImageSources.mostBytes]) {
        const body = await (await sent({ ...requestBody, model, image: picture(size), prompt: 'a' })).json();
        expect(offencesAgainst(orderSchema(), body)).toBeNull();
      }
    }
  });

  it('a submit uses the path and version of Runway’s schema', async () => {
    const [requestBody] = orders as [(typeof orders)[number]];
    const { method, url, headers } = await sent({ ...requestBody, image: address, prompt: 'a' });
    expect(at('paths', new URL(url).pathname, method.toLowerCase())).toBeDefined();
    expect(at('components', 'parameters', 'X-Runway-Version', 'schema')).toMatchObject({
      const: headers.get('X-Runway-Version'),
    });
    expect(at('paths', '/v1/tasks/{id}', 'delete')).toBeDefined();
  });

  it('Runway’s schema refuses each of these wrong submits', async () => {
    const [requestBody] = orders as [(typeof orders)[number]];
    const good = (await (await sent({ ...requestBody, image: address, prompt: 'a' })).json()) as object;
    const wrong: object[] = [
      { model: 'gen9' },
      { ratio: '9:16' },
      { duration: 11 },
      { duration: 2.5 },
      { duration: '5' },
      { promptImage: 'http://echoes.test/p.jpg' },
      { promptImage: undefined },
      { promptText: 'a'.repeat(1001) },
      { promptText: '' },
    ];
    for (const change of wrong)
      expect(offencesAgainst(orderSchema(), JSON.parse(JSON.stringify({ ...good, ...change })))).not.toBeNull();
  });
});

const common = { id, createdAt };
const tasks = [
  { ...common, status: 'PENDING', estimatedCost: { credits: 25 } },
  { ...common, status: 'THROTTLED', estimatedCost: { credits: 25 } },
  { ...common, status: 'RUNNING', progress: 0.4, estimatedCost: { credits: 25 } },
  { ...common, status: 'SUCCEEDED', output: ['https://out.test/a.mp4?_jwt=x'], cost: { credits: 25 } },
  { ...common, status: 'FAILED', failure: 'x', failureCode: 'SAFETY.INPUT.IMAGE', cost: { credits: 25 } },
  { ...common, status: 'FAILED', failure: 'x', cost: { credits: 0 } },
  { ...common, status: 'CANCELLED', cost: { credits: 0 } },
];

describe('a task at Runway', () => {
  it('every task form of Runway’s schema is mapped', () => {
    const forms = at('paths') && (field(taskSchema(), 'oneOf') as object[]);
    const described = forms.map((form) => field(form, 'properties', 'status', 'const'));
    expect(new Set(tasks.map(({ status }) => status))).toEqual(new Set(described));
    for (const task of tasks) {
      expect(offencesAgainst(taskSchema(), task)).toBeNull();
      expect(stateOf(task)).not.toBeNull();
    }
  });

  it('Runway’s error forms are mapped', () => {
    const refusals = (field(spec, 'paths', '/v1/image_to_video', 'post', 'responses') ?? {}) as Record<string, unknown>;
    expect(Object.keys(refusals)).toEqual(expect.arrayContaining(['200', '429']));
    for (const status of Object.keys(refusals).filter((key) => key.startsWith('4'))) {
      const answer = { status: Number(status), headers: new Headers(), body: { error: 'x' } };
      expect(refusalOf(answer)).toMatchObject({ httpStatus: Number(status), message: 'x' });
    }
  });
});

describe('Runway’s usage report', () => {
  it('the usage request and answer match Runway’s schema', async () => {
    const schemaOf = (...names: string[]) => jsonOf('paths', '/v1/organization/usage', 'post', ...names);
    const answer = {
      results: [
        { date: '2026-11-23', usedCredits: [{ model: 'gen4_turbo', amount: 75 }] },
        {
          date: '2026-11-24',
          usedCredits: [
            { model: 'gen4_turbo', amount: -25 },
            { model: 'gen4_image', amount: 400 },
            { model: 'gen4.5', amount: 60 },
          ],
        },
      ],
      models: ['gen4_turbo', 'gen4_image', 'gen4.5'],
    };
    expect(offencesAgainst(schemaOf('responses', '200'), answer)).toBeNull();
    const seen: Request[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      seen.push(new Request(input as RequestInfo, init));
      return Response.json(answer);
    };
    const runway = createRunway({ baseUrl: 'https://runway.test', secret, outputHosts: [], fetch });
    const days = { from: '2026-11-23', before: '2026-11-25' };
    expect(await runway.charged?.(days)).toEqual({ outcome: 'told', cents: 110 });
    expect(seen.map(({ url }) => new URL(url).pathname)).toEqual(['/v1/organization/usage']);
    expect(offencesAgainst(schemaOf('requestBody'), await seen[0]?.json())).toBeNull();
  });
});
