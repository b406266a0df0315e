import { evictDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { LiveFrame } from '~/live/frames';
import { createLogRateLimit } from '~/live/log-rate-limit';
import { seedAdmin, seedPerson, seedSession, testServices } from '~/testing/services';

const origin = env.APP_ORIGIN;
const balance = (version: number): LiveFrame => ({ type: 'balance', balance: 3, version });

function knock(cookie: string | null, headers: Record<string, string> = { Origin: origin }) {
  const all = { Upgrade: 'websocket', ...headers, ...(cookie === null ? {} : { Cookie: cookie }) };
  return exports.default.fetch(new Request(`${origin}/live`, { headers: all }));
}

/** A live connection with the frames it received and how it was closed. */
async function open(cookie: string) {
  const { webSocket } = await knock(cookie);
  if (!webSocket) throw new Error('no socket');
  const frames: string[] = [];
  const waiting: (() => void)[] = [];
  webSocket.accept();
  webSocket.addEventListener('message', ({ data }) => {
    frames.push(String(data));
    for (const wake of waiting.splice(0)) wake();
  });
  const closed = new Promise<number>((resolve) => webSocket.addEventListener('close', ({ code }) => resolve(code)));
  const next = async () => {
    if (frames.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    return frames.shift() as string;
  };
  return { webSocket, next, closed };
}

describe('the door for live connections', () => {
  it('the live door opens a socket for a signed-in person’s own page', async () => {
    const userId = await seedPerson();
    expect((await knock(await seedSession(userId))).status).toBe(101);
  });

  it.each([
    ['without an origin', {}],
    ['from another site', { Origin: 'https://evil.test' }],
    ['from a neighbor on our domain', { Origin: 'https://blog.echoes.test' }],
    ['from a page without an origin', { Origin: 'null' }],
  ] as [string, Record<string, string>][])(
    'the door for live connections refuses a socket %s, also with a session',
    async (_from, headers) => {
      expect((await knock(await seedSession(await seedPerson()), headers)).status).toBe(403);
    },
  );

  it('the live door refuses a request without a session', async () => {
    expect((await knock(null)).status).toBe(401);
    expect((await knock('__Host-echoes=made-up')).status).toBe(401);
  });

  it('the live door opens eight sockets of a person and refuses a ninth until one closes', async () => {
    const cookie = await seedSession(await seedPerson());
    const pages = [];
    for (let count = 0; count < 8; count++) pages.push(await open(cookie));
    expect((await knock(cookie)).status).toBe(429);
    pages[0]?.webSocket.close(1000);
    await pages[0]?.closed;
    expect((await knock(cookie)).status).toBe(101);
    expect((await knock(await seedSession(await seedPerson()))).status).toBe(101);
  });
});

describe('a live connection', () => {
  it('a live connection gets its own person’s frames alone, also after the object hibernated', async () => {
    const userId = await seedPerson();
    const otherId = await seedPerson();
    const { live } = testServices();
    const cookie = await seedSession(userId);
    const pages = [await open(cookie), await open(cookie)];
    const other = await open(await seedSession(otherId));
    await live.publish(userId, [balance(1)]);
    for (const page of pages) expect(JSON.parse(await page.next())).toEqual([balance(1)]);
    await evictDurableObject(env.LIVE_CHANNEL.getByName(userId), { webSockets: 'hibernate' });
    await live.publish(userId, [balance(2)]);
    for (const page of pages) expect(JSON.parse(await page.next())).toEqual([balance(2)]);
    await live.publish(otherId, [balance(9)]);
    expect(JSON.parse(await other.next())).toEqual([balance(9)]);
  });

  it('a ping is answered, other messages are ignored, and an oversized one closes the socket', async () => {
    const page = await open(await seedSession(await seedPerson()));
    page.webSocket.send('hello');
    page.webSocket.send('ping');
    expect(await page.next()).toBe('pong');
    page.webSocket.send('x'.repeat(1025));
    expect(await page.closed).toBe(1009);
  });

  it('a client that talks is closed after a few messages, also when the object hibernates in between', async () => {
    const userId = await seedPerson();
    const page = await open(await seedSession(userId));
    for (const word of ['one', 'two', 'three']) page.webSocket.send(word);
    page.webSocket.send('ping');
    expect(await page.next()).toBe('pong');
    await evictDurableObject(env.LIVE_CHANNEL.getByName(userId), { webSockets: 'hibernate' });
    for (const word of ['four', 'five', 'six']) page.webSocket.send(word);
    expect(await page.closed).toBe(1008);
  });

  it('a live connection is told and closed when its own session ends', async () => {
    const userId = await seedPerson();
    const [phone, laptop] = [await seedSession(userId), await seedSession(userId)];
    const [onPhone, onLaptop] = [await open(phone), await open(laptop)];
    const signOut = (path: string, Cookie: string) =>
      exports.default.fetch(
        new Request(`${origin}${path}`, { method: 'POST', redirect: 'manual', headers: { Cookie, Origin: origin } }),
      );
    await signOut('/sign-out', phone);
    expect(JSON.parse(await onPhone.next())).toEqual([{ type: 'signed-out' }]);
    expect(await onPhone.closed).toBe(4001);
    await testServices().live.publish(userId, [balance(1)]);
    expect(JSON.parse(await onLaptop.next())).toEqual([balance(1)]);

    await signOut('/sign-out/everywhere', laptop);
    expect(JSON.parse(await onLaptop.next())).toEqual([{ type: 'signed-out' }]);
    expect(await onLaptop.closed).toBe(4001);
    expect((await knock(laptop)).status).toBe(401);
  });

  it('ending one device, or all others, closes their sockets and no other, and nobody ends another person’s', async () => {
    const userId = await seedPerson();
    const cookies = [await seedSession(userId), await seedSession(userId), await seedSession(userId)] as const;
    const [here, lost, third] = cookies;
    const [onHere, onLost, onThird] = [await open(here), await open(lost), await open(third)];
    const idOf = async (cookie: string) => {
      const request = new Request(origin, { headers: { Cookie: cookie } });
      return (await testServices().auth.sessionsOf(userId, request)).find(({ isThisOne }) => isThisOne)?.id ?? '';
    };
    const post = async (path: string, Cookie: string) => {
      const headers = { Cookie, Origin: origin };
      const request = new Request(`${origin}${path}`, { method: 'POST', redirect: 'manual', headers });
      return (await exports.default.fetch(request)).headers.get('Location');
    };
    const lostId = await idOf(lost);
    const stranger = await seedSession(await seedPerson());
    expect(await post(`/account/sessions/${lostId}/sign-out`, stranger)).toBe('/account?flash=device-signed-out');
    expect((await knock(lost)).status).toBe(101);

    for (const _press of [1, 2])
      expect(await post(`/account/sessions/${lostId}/sign-out`, here)).toBe('/account?flash=device-signed-out');
    expect(JSON.parse(await onLost.next())).toEqual([{ type: 'signed-out' }]);
    expect(await onLost.closed).toBe(4001);
    expect((await knock(lost)).status).toBe(401);
    await testServices().live.publish(userId, [balance(1)]);
    for (const page of [onHere, onThird]) expect(JSON.parse(await page.next())).toEqual([balance(1)]);

    expect(await post('/account/sessions/sign-out', here)).toBe('/account?flash=devices-signed-out');
    expect(await onThird.closed).toBe(4001);
    await testServices().live.publish(userId, [balance(2)]);
    expect(JSON.parse(await onHere.next())).toEqual([balance(2)]);
    expect((await testServices().auth.sessionsOf(userId)).length).toBe(1);
  });

  it('a live connection gets no more frames once its session has expired', async () => {
    const userId = await seedPerson();
    const { live } = testServices();
    const { webSocket } = await live.connect({ userId, session: 'a', endsAt: Date.now() - 1 });
    const frames: string[] = [];
    webSocket?.accept();
    webSocket?.addEventListener('message', ({ data }) => void frames.push(String(data)));
    const closed = new Promise<number>((resolve) => webSocket?.addEventListener('close', ({ code }) => resolve(code)));
    await live.publish(userId, [balance(1)]);
    expect(await closed).toBe(4001);
    expect(frames).toEqual([JSON.stringify([{ type: 'signed-out' }])]);
  });
});

describe('the log tail', () => {
  const line = (text: string) => ({
    ...({
      at: Date.now(),
      event: 'request',
      requestId: null,
      generationId: null,
      userId: null,
      isKept: false,
    } as const),
    text,
  });
  const threadOf = (count: number) => ({
    ...{ requestId: null, userId: null, leftOut: 0 },
    lines: Array.from({ length: count }, (_, number) => line(`${number}`)),
  });
  const listen = (cookie: string | null) =>
    exports.default.fetch(
      new Request(`${origin}/live?tail`, {
        headers: { Upgrade: 'websocket', Origin: origin, ...(cookie && { Cookie: cookie }) },
      }),
    );
  const beat = (cookie: string) =>
    exports.default.fetch(
      new Request(`${origin}/admin/log/heartbeat`, {
        method: 'POST',
        headers: { Cookie: cookie, Origin: origin },
        body: new URLSearchParams(),
      }),
    );
  type LogFrame = LiveFrame & { type: 'log' };

  it('the log tail opens for admins alone, with an entry in the audit log', async () => {
    expect((await listen(null)).status).toBe(401);
    expect((await listen(await seedSession(await seedPerson()))).status).toBe(404);
    const { adminId, cookie } = await seedAdmin();
    expect((await listen(cookie)).status).toBe(101);
    expect(await testServices().admin.auditLog.list({ adminId, limit: 9 })).toMatchObject([{ what: 'tail-opened' }]);
  });

  it('the log tail sends request lines while it is open, none about itself, and counts what it left out', async () => {
    const { cookie } = await seedAdmin();
    const { webSocket } = await listen(cookie);
    const frames: LogFrame[] = [];
    const waiting: (() => void)[] = [];
    webSocket?.accept();
    webSocket?.addEventListener('message', ({ data }) => {
      frames.push(...(JSON.parse(String(data)) as LogFrame[]));
      for (const wake of waiting.splice(0)) wake();
    });
    const next = async () => {
      while (frames.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return frames.shift() as LogFrame;
    };
    // No heartbeat of the log page has come yet.
    await testServices().logbook.close(threadOf(1));
    expect(frames).toEqual([]);
    expect((await beat(cookie)).status).toBe(200);
    await testServices().logbook.close(threadOf(3), { isOfTail: true });
    await testServices().logbook.close(threadOf(70));
    const first = await next();
    expect([first.lines.length, first.leftOut]).toEqual([50, 20]);
    await exports.default.fetch(new Request(`${origin}/healthz?token=secret`));
    await exports.default.fetch(new Request(`${origin}/offline`));
    const second = await next();
    expect(second.lines.map(({ text }) => JSON.parse(text).path)).toEqual(['/offline']);
    expect((await beat(cookie)).status).toBe(200);
    expect(frames).toEqual([]);
  });

  it('the log tail passes 100 lines a second, and counts the rest with the next lines', () => {
    const { pass } = createLogRateLimit();
    const frame = (count: number, leftOut = 0) => ({ type: 'log' as const, lines: threadOf(count).lines, leftOut });
    expect(pass(frame(60, 5), 1000)).toMatchObject({ lines: { length: 60 }, leftOut: 5 });
    expect(pass(frame(60), 1500)).toMatchObject({ lines: { length: 40 }, leftOut: 20 });
    expect(pass(frame(60), 1999)).toBeNull();
    expect(pass(frame(1), 2000)).toMatchObject({ lines: { length: 1 }, leftOut: 60 });
  });
});
