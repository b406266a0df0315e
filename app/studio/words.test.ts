import { describe, expect, test } from 'vitest';
import { clip, generation } from '~/testing/studio';
import { createRequestKeys } from './request-keys';
import {
  aboutText,
  actionText,
  clipWord,
  progressOf,
  queueText,
  refusalText,
  retryText,
  startedText,
  waitText,
} from './words';

describe('the words of the studio', () => {
  test('waits are given in tens of seconds, then in minutes', () => {
    expect([4, 34, 40, 89, 90, 160].map(aboutText)).toEqual([
      'about 10 s',
      'about 40 s',
      'about 40 s',
      'about 90 s',
      'about 2 min',
      'about 3 min',
    ]);
  });

  test('the button of the next action names the price and the wait', () => {
    expect(actionText({ kind: 'bring-to-life', clipIds: ['a', 'b', 'c', 'd'], credits: 4, left: 0 }, 120)).toBe(
      'Bring 4 to life · 4 credits · about 2 min',
    );
    expect(actionText({ kind: 'bring-to-life', clipIds: ['a'], credits: 1, left: 3 }, 38)).toBe(
      'Bring 1 to life · 1 credit · about 40 s',
    );
    expect(actionText({ kind: 'review', clipIds: ['a', 'b', 'c'] }, 0)).toBe('Review 3');
  });

  test('each state of a generation has its word and its progress', () => {
    const going = (given: Parameters<typeof generation>[0]) =>
      clip({ status: 'generating', latest: generation(given) });
    const steps = [
      going({ state: 'queued' }),
      going({ state: 'submitting' }),
      going({ state: 'generating' }),
      going({ state: 'generating', heldBack: true }),
      going({ state: 'generating', progress: 0.4 }),
      going({ state: 'copying' }),
    ];
    expect(steps.map(clipWord)).toEqual([
      'Waiting',
      'Sending',
      'Being made',
      'Held back for now',
      '40 %',
      'Almost there',
    ]);
    const lines = steps.map((step) => progressOf(step) ?? -1);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(progressOf(clip())).toBeNull();
  });

  test('the word of a ready clip says whether it is approved', () => {
    const ready = generation({ id: 'gen_2', state: 'ready' });
    expect(clipWord(clip({ status: 'ready', latest: ready, ready }))).toBe('To review');
    expect(clipWord(clip({ status: 'ready', latest: ready, ready, approved: ready }))).toBe('Approved');
    const older = generation({ id: 'gen_1', state: 'ready' });
    expect(clipWord(clip({ status: 'ready', latest: ready, ready, approved: older }))).toBe('New try ready');
  });

  test('the retry button names its price', () => {
    const retry = { clipIds: ['a', 'b'], credits: 2, failedIds: ['x', 'y'] };
    expect(retryText(retry, 40)).toBe('Retry 2 failed · 2 credits · about 40 s');
    expect(retryText({ clipIds: ['a'], credits: 1, failedIds: ['x'] }, 40)).toBe(
      'Retry 1 failed · 1 credit · about 40 s',
    );
  });

  test('the sentence for a partial start says how many generations were started', () => {
    const stopped = { ok: false as const, status: 409, outcome: 'no-credit', requestId: null };
    expect(startedText({ started: 4, stopped: null })).toBe('4 on the way. You can close this page.');
    expect(startedText({ started: 3, stopped })).toMatch(
      /^3 are on the way; the rest are not\. You do not have enough/,
    );
    expect(startedText({ started: 0, stopped })).toMatch(/^You do not have enough/);
  });

  test('the queue position and the wait have their sentences', () => {
    expect([null, 0, 3].map(queueText)).toEqual([
      'Waiting for its turn.',
      'Yours is next in line.',
      'In line: 3 before yours.',
    ]);
    const offer = { atOnce: 2, expectedSeconds: 40 };
    expect(waitText({ createdAt: 0, now: 5000, offer, ahead: null })).toBe('Usually ready in about 40 s.');
    expect(waitText({ createdAt: 0, now: 5000, offer, ahead: 4 })).toBe('Usually ready in about 2 min.');
    expect(waitText({ createdAt: 0, now: 75_000, offer, ahead: null })).toContain('longer than usual');
    expect(waitText({ createdAt: 0, now: 75_000, offer, ahead: null, paidBy: 'gift' })).toContain(
      'your free try is back',
    );
  });

  test('a refusal says what happened and, for an unexpected fault, the request id', () => {
    const refusal = { ok: false as const, outcome: null, requestId: 'req_01JABCDEFGHJKMNPQRSTVWXYZ0' };
    expect(refusalText({ ...refusal, status: 0 })).toContain('No connection');
    expect(refusalText({ ...refusal, status: 500 })).toContain('req_01JABCDEFGHJKMNPQRSTVWXYZ0');
    expect(refusalText({ ...refusal, status: 409, outcome: 'no-credit' })).toContain('Nothing was started');
    expect(refusalText({ ...refusal, status: 503, outcome: 'maintenance', notice: 'Back at noon.' })).toMatch(
      /^Back at noon\. .*Nothing was charged/,
    );
  });
});

test('a paid request keeps its key until it is answered, even over a reload', () => {
  const kept = new Map<string, string>();
  const store = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  let count = 0;
  const page = () => createRequestKeys({ store, newKey: () => `key-${++count}` });
  const key = page().keyFor('clip:a');
  expect(page().keyFor('clip:a')).toBe(key);
  expect(page().keyFor('clip:b')).not.toBe(key);
  const keys = page();
  keys.answered('clip:a');
  expect(keys.keyFor('clip:a')).not.toBe(key);
});
