import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StandIns, startStandIns } from './server.ts';
import { picture } from './testing.ts';

let standIns: StandIns;
beforeAll(async () => {
  standIns = await startStandIns({
    port: 0,
    appOrigin: 'http://localhost:8787',
    runwaySeconds: { min: 0.01, max: 0.02 },
    quiet: true,
  });
});
afterAll(() => standIns.close());

async function create(promptText: string): Promise<Response> {
  return fetch(`${standIns.vars.RUNWAYML_BASE_URL}/v1/image_to_video`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${standIns.vars.RUNWAYML_API_SECRET}`,
      'x-runway-version': '2024-11-06',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      model: 'gen4_turbo',
      promptImage: `data:image/png;base64,${picture().toString('base64')}`,
      promptText,
      ratio: '960:960',
      duration: 2,
    }),
  });
}

const force = (body: unknown) =>
  fetch(`${standIns.origin}/board/force`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('the board forces as many of Runway’s next answers as it is told, in order', async () => {
  await force({ next: 'OVERLOADED', times: 2 });
  await force({ next: 'SAFETY.INPUT.IMAGE' });
  const statuses = [(await create('first')).status, (await create('second')).status];
  expect(statuses).toEqual([503, 503]);
  const { id } = (await (await create('third')).json()) as { id: string };
  expect(await standIns.runway.settled(id)).toMatchObject({ failureCode: 'SAFETY.INPUT.IMAGE' });
  expect(
    ((await (await fetch(`${standIns.origin}/board.json`)).json()) as { forcedNext: string[] }).forcedNext,
  ).toEqual([]);
});

test('the board empties the account of one service alone, and tops it up', async () => {
  const set = async (body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`${standIns.origin}/board/accounts`, init);
    return { status: answer.status, ...((await answer.json()) as { accounts?: Record<string, number> }) };
  };
  const { accounts } = await set({ standIn: 'Runway', cents: 0 });
  expect(accounts).toMatchObject({ Runway: 0, Luma: 100_000, fal: 100_000, Replicate: 100_000, Veo: 100_000 });
  expect([(await create('no money')).status, standIns.runway.funds.balance()]).toEqual([400, 0]);
  await set({ standIn: 'Runway', cents: 500 });
  expect((await create('money [[HANG]]')).status).toBe(200);
  expect(await set({ standIn: 'Google', cents: 0 })).toMatchObject({ status: 400 });
});

test('the board lists requests, newest first, with tasks and people', async () => {
  await create('<b>[[INTERNAL]]</b>');
  const board = (await (await fetch(`${standIns.origin}/board.json`)).json()) as {
    received: { path: string; status: number; standIn: string }[];
    tasks: { promptText: string }[];
    people: { name: string }[];
  };
  expect(board.received[0]).toMatchObject({ standIn: 'Runway', method: 'POST', path: '/runway/v1/image_to_video' });
  expect(board.tasks[0]?.promptText).toBe('<b>[[INTERNAL]]</b>');
  expect(board.people.map(({ name }) => name)).toEqual(['Ada Admin', 'Grace Guest', 'Una Unverified']);
});

test('the board escapes prompts in its page', async () => {
  const html = await (await fetch(standIns.origin)).text();
  expect(html).not.toContain('<b>');
  expect(html).toContain('[[INTERNAL]]');
});

test('the board refuses a malformed command', async () => {
  expect((await force({ next: 'not a word' })).status).toBe(400);
  expect((await force('nothing')).status).toBe(400);
});

test('the stand-ins answer on localhost and on 127.0.0.1', async () => {
  const { port } = new URL(standIns.origin);
  expect((await fetch(`http://127.0.0.1:${port}/board.json`)).status).toBe(200);
  expect((await fetch(`http://localhost:${port}/board.json`)).status).toBe(200);
});
