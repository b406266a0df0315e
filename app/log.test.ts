import { describe, expect, it, vi } from 'vitest';
import { followThread, isWorthKeeping, type LogEvent, log, withThread } from './log';

const request = { event: 'request', requestId: 'req_1', method: 'GET', path: '/x', milliseconds: 1 } as const;
const call = { event: 'provider-call', generationId: 'gen_1', provider: 'runway', milliseconds: 1 } as const;
const step = { event: 'generation-step', generationId: 'gen_1', userId: 'usr_1', clipId: 'clp_1' } as const;

describe('a line is kept', () => {
  const cases: [string, LogEvent, boolean][] = [
    ['for an error', { event: 'error', where: '/x', message: 'x' }, true],
    ['for what a person was refused', { ...request, status: 404, reason: 'not-found', userId: 'usr_1' }, true],
    ['not for what a stranger did not find', { ...request, status: 404, reason: 'not-found' }, false],
    ['not for a stranger who is signed out', { ...request, status: 401, reason: 'signed-out' }, false],
    ['not for a stranger who asks too fast', { ...request, status: 429, reason: 'too-many-requests' }, false],
    ['not for what went well', { ...request, status: 200, userId: 'usr_1' }, false],
    ['not for a door that answers programs alone', { ...request, status: 401 }, false],
    ['for a submit', { ...call, call: 'submit', outcome: 'accepted' }, true],
    ['not for a question without news', { ...call, call: 'poll', outcome: 'state', state: 'running' }, false],
    ['for the question that ends it', { ...call, call: 'poll', outcome: 'state', state: 'succeeded' }, true],
    ['for a question that failed', { ...call, call: 'poll', outcome: 'unreachable' }, true],
    ['for an end', { ...step, what: 'fail: failed' }, true],
    ['not for a step on the way', { ...step, what: 'bind: generating' }, false],
    ['not for tidying up', { ...step, what: 'cleaned: failed' }, false],
  ];
  it.each(cases)('%s', (_name, event, isKept) => expect(isWorthKeeping(event)).toBe(isKept));
});

describe('a thread', () => {
  it('is on every line of its invocation and of no other, masked and of bounded length', async () => {
    const written: string[] = [];
    for (const way of ['log', 'error'] as const)
      vi.spyOn(console, way).mockImplementation((line: string) => void written.push(line));
    const [one, other] = await Promise.all(
      ['req_1', 'req_2'].map((requestId) =>
        withThread(requestId, async (thread) => {
          await null;
          log({ event: 'audit', differences: 1 });
          followThread({ requestId: null, userId: `usr_of_${requestId}` });
          log({ event: 'error', where: 'x', message: `token=secret ${'x'.repeat(9000)}` });
          return thread;
        }),
      ),
    );
    for (const thread of [one, other]) {
      expect(thread?.lines.map(({ requestId }) => requestId)).toEqual([thread?.requestId, thread?.requestId]);
      expect(thread?.lines.map(({ isKept }) => isKept)).toEqual([false, true]);
      expect(thread?.lines[1]).toMatchObject({ userId: `usr_of_${thread?.requestId}` });
      expect(thread?.lines[1]?.text.length).toBeLessThanOrEqual(4000);
      expect(JSON.parse(thread?.lines[1]?.text ?? '')).toMatchObject({ requestId: thread?.requestId });
    }
    expect(written.join()).not.toContain('secret');
    log({ event: 'audit', differences: 2 });
    expect(written.at(-1)).toBe('{"event":"audit","differences":2}');
  });

  it('gathers so many lines, says how many more there were, and leaves room for what is kept', () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const thread = withThread(null, (thread) => {
      for (let count = 0; count < 150; count += 1) log({ event: 'audit', differences: count });
      log({ event: 'queue', generationId: 'gen_1', outcome: 'started' });
      return thread;
    });
    expect([thread.lines.length, thread.leftOut, thread.lines.at(-1)?.event]).toEqual([101, 50, 'queue']);
  });
});
