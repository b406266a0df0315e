import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCaller, png } from './runway-testing.ts';
import { type StandIns, startStandIns } from './server.ts';
import { clipFrom } from './testing.ts';

let standIns: StandIns;
beforeAll(async () => {
  standIns = await startStandIns({
    port: 0,
    appOrigin: 'http://localhost:8787',
    runwaySeconds: { min: 0.02, max: 0.05 },
    concurrency: 3,
    quiet: true,
  });
});
afterAll(() => standIns.close());

const { call, create, ended } = createCaller(() => standIns);

describe('a task', () => {
  test('a task goes from PENDING to a film of the requested size and length', async () => {
    const created = await create();
    expect(created).toMatchObject({ status: 200, body: { estimatedCost: { credits: 10 } } });
    expect(created.body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const path = `/v1/tasks/${created.body.id}`;
    const begun = await call('GET', path);
    expect(['PENDING', 'RUNNING']).toContain(begun.body.status);
    expect(begun.body.progress !== undefined).toBe(begun.body.status === 'RUNNING');
    await standIns.runway.settled(created.body.id);
    const { body } = await call('GET', path);
    expect(body).toMatchObject({ status: 'SUCCEEDED', cost: { credits: 10 } });
    const output = await fetch(body.output[0] ?? '');
    expect(output.headers.get('content-type')).toBe('video/mp4');
    const clip = await clipFrom(new Uint8Array(await output.arrayBuffer()));
    expect(clip).toMatchObject({ width: 960, height: 960, seconds: 2, codec: 'h264' });
    expect(new URL(body.output[0] ?? '').host).toBe(standIns.vars.RUNWAYML_OUTPUT_HOSTS);
  });

  test('each read of a task gives a new output link, which answers HEAD and ranges, and is refused when changed', async () => {
    const { output, id } = await ended('pan left');
    const again = (await call('GET', `/v1/tasks/${id}`)).body.output[0] ?? '';
    expect(again).not.toBe(output[0]);
    const head = await fetch(again, { method: 'HEAD' });
    const length = Number(head.headers.get('content-length'));
    const part = await fetch(again, { headers: { range: 'bytes=4-7' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 4-7/${length}`);
    expect(await part.text()).toBe('ftyp');
    expect((await fetch(again.slice(0, -2))).status).toBe(403);
  });

  test('a running and an ended task are gone after DELETE', async () => {
    const running = (await create({ promptText: '[[HANG]]' })).body.id;
    const over = (await ended('[[INTERNAL]]')).id;
    for (const id of [running, over]) {
      expect((await call('DELETE', `/v1/tasks/${id}`)).status).toBe(204);
      expect((await call('GET', `/v1/tasks/${id}`)).status).toBe(404);
      expect((await call('DELETE', `/v1/tasks/${id}`)).status).toBe(404);
    }
  });

  test('a task is THROTTLED while its model is at its limit', async () => {
    const hanging = await Promise.all([1, 2, 3].map(() => create({ promptText: '[[HANG]]' })));
    const next = (await create({ promptText: '[[INTERNAL]]' })).body.id;
    expect((await call('GET', `/v1/tasks/${next}`)).body.status).toBe('THROTTLED');
    await Promise.all(hanging.map(({ body }) => call('DELETE', `/v1/tasks/${body.id}`)));
    expect(await standIns.runway.settled(next)).toMatchObject({ status: 'FAILED' });
  });

  test('a task whose picture cannot be decoded fails as ASSET.INVALID, free of charge', async () => {
    const broken = `data:image/png;base64,${Buffer.concat([png.subarray(0, 8), Buffer.alloc(600)]).toString('base64')}`;
    const { body } = await create({ promptImage: broken });
    expect(await standIns.runway.settled(body.id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'ASSET.INVALID',
      cost: 0,
    });
  });
});

describe('words in a prompt', () => {
  test.each([
    ['SAFETY.INPUT.IMAGE', 10],
    ['SAFETY.INPUT.TEXT', 10],
    ['SAFETY.OUTPUT.VIDEO', 10],
    ['INPUT_PREPROCESSING.SAFETY.TEXT', 10],
    ['INPUT_PREPROCESSING.INTERNAL', 0],
    ['INTERNAL.BAD_OUTPUT.CODE01', 0],
    ['ASSET.INVALID', 0],
    ['THIRD_PARTY.UNAVAILABLE', 0],
    ['INTERNAL', 0],
    ['SOMETHING.NEW', 0],
  ])('the force word [[%s]] fails the task with that code for %i credits', async (failureCode, credits) => {
    expect(await ended(`A smile [[${failureCode}]]`)).toMatchObject({
      status: 'FAILED',
      failureCode,
      cost: { credits },
    });
  });

  test.each([
    ['REFUSE', 400, /rejected/],
    ['NO_CREDITS', 400, /^You do not have enough credits to run this task\.$/],
    ['DAILY_QUOTA', 429, /daily/],
    ['OVERLOADED', 503, /overloaded/],
  ])('the force word [[%s]] is answered with %i', async (word, status, error) => {
    const answer = await create({ promptText: `[[${word}]]` });
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatch(error);
  });

  test('[[LOSE_ANSWER]] accepts the task and cuts the connection before the answer', async () => {
    const before = standIns.runway.tasks().length;
    await expect(create({ promptText: '[[LOSE_ANSWER]]' })).rejects.toThrow();
    expect(standIns.runway.tasks().length).toBe(before + 1);
  });

  test('[[WORD_ONCE]] applies to the first request with that prompt alone', async () => {
    expect((await create({ promptText: 'hello [[OVERLOADED_ONCE]]' })).status).toBe(503);
    expect((await create({ promptText: 'hello [[OVERLOADED_ONCE]]' })).status).toBe(200);
  });

  test('[[HANG]] never ends, [[THROTTLE]] is held back', async () => {
    const hang = (await create({ promptText: '[[HANG]]' })).body.id;
    const held = (await create({ promptText: '[[THROTTLE]]' })).body.id;
    expect((await call('GET', `/v1/tasks/${held}`)).body.status).toBe('THROTTLED');
    expect(['PENDING', 'RUNNING']).toContain((await call('GET', `/v1/tasks/${hang}`)).body.status);
    await Promise.all([hang, held].map((id) => call('DELETE', `/v1/tasks/${id}`)));
  });

  test('[[CUT_OUTPUT]] cuts every download short, [[CUT_OUTPUT_ONCE]] the first one alone', async () => {
    const cut = (await ended('[[CUT_OUTPUT]]')).output[0] ?? '';
    for (const _ of [1, 2]) await expect(fetch(cut).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    const once = (await ended('[[CUT_OUTPUT_ONCE]]')).output[0] ?? '';
    await expect(fetch(once).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    expect((await (await fetch(once)).arrayBuffer()).byteLength).toBeGreaterThan(1000);
  });

  test('[[HTML_OUTPUT]] serves a page in place of the film, [[EXPIRE_OUTPUT]] an expired link at the first read alone', async () => {
    const html = await fetch((await ended('[[HTML_OUTPUT]]')).output[0] ?? '');
    expect(html.headers.get('content-type')).toMatch(/^text\/html/);
    const { id, output } = await ended('[[EXPIRE_OUTPUT]]');
    expect((await fetch(output[0] ?? '')).status).toBe(403);
    expect((await fetch((await call('GET', `/v1/tasks/${id}`)).body.output[0] ?? '')).status).toBe(200);
  });
});
