import { describe, expect, it, vi } from 'vitest';
import { followThread, isWorthKeeping, type LogEvent, log, withThread } from './log';

const request = { event: 'request', requestId: 'req_1', method: 'GET', path: '/x', milliseconds: 1 } as const;
const call = { event: 'provider-call', generationId: 'gen_1', provider: 'runway', milliseconds: 1 } as const;
const step = { event: 'generation-step', generationId: 'gen_1', userId: 'usr_1', clipId: 'clp_1' } as const;

describe('log lines that are kept', () => {
  const kept: [string, LogEvent][] = [
    ['an error', { event: 'error', where: '/x', message: 'x' }],
    ['a refusal of a signed-in person', { ...request, status: 404, reason: 'not-found', userId: 'usr_1' }],
    ['a submit', { ...call, call: 'submit', outcome: 'accepted' }],
    ['a poll that finds the task ended', { ...call, call: 'poll', outcome: 'state', state: 'succeeded' }],
    ['a failed poll', { ...call, call: 'poll', outcome: 'unreachable' }],
    ['the end of a generation', { ...step, what: 'fail: failed' }],
  ];
  const dropped: [string, LogEvent][] = [
    ['an unknown address without a session', { ...request, status: 404, reason: 'not-found' }],
    ['a stranger who is signed out', { ...request, status: 401, reason: 'signed-out' }],
    ['a stranger who asks too fast', { ...request, status: 429, reason: 'too-many-requests' }],
    ['a successful request', { ...request, status: 200, userId: 'usr_1' }],
    ['a refusal without a reason, as doors for programs give', { ...request, status: 401 }],
    ['a poll of a running task', { ...call, call: 'poll', outcome: 'state', state: 'running' }],
    ['a step of an open generation', { ...step, what: 'bind: generating' }],
    ['the clean-up of a generation', { ...step, what: 'cleaned: failed' }],
  ];
  it.each(kept)('the log line of %s is kept', (_name, event) => expect(isWorthKeeping(event)).toBe(true));
  it.each(dropped)('the log line of %s is not kept', (_name, event) => expect(isWorthKeeping(event)).toBe(false));
});

describe('a thread', () => {
  it('a thread’s ids are on every line of its invocation and of no other, masked and of bounded length', async () => {
    const written: string[] = [];
    for (const method of ['log', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((line: string) => void written.push(line));
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

  it('a thread gathers a limited number of lines, counts the others, and leaves room for kept lines', () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const thread = withThread(null, (thread) => {
      for (let count = 0; count < 150; count += 1) log({ event: 'audit', differences: count });
      log({ event: 'queue', generationId: 'gen_1', outcome: 'started' });
      return thread;
    });
    expect([thread.lines.length, thread.leftOut, thread.lines.at(-1)?.event]).toEqual([101, 50, 'queue']);
  });
});
