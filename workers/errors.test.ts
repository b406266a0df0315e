import { env, exports } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ProblemJson, problemFor } from '~/problem';
import { skipLedgerAudit } from '~/testing/audit';
import { clearSettings, seedPerson, seedProject, seedSession, seedSettings } from '~/testing/services';

const origin = env.APP_ORIGIN;
const ours = { Origin: origin, 'Sec-Fetch-Site': 'same-origin', 'Tus-Resumable': '1.0.0' };
const html = 'text/html,application/xhtml+xml';
const json = 'application/json';

afterEach(() => {
  vi.restoreAllMocks();
});

async function ask(address: string, accept: string, init: { headers?: Record<string, string>; body?: BodyInit } = {}) {
  const [method = '', path = ''] = address.split(' ');
  const headers = { ...ours, Accept: accept, ...init.headers };
  const response = await exports.default.fetch(
    new Request(origin + path, { method, redirect: 'manual', body: init.body ?? null, headers }),
  );
  return { response, text: await response.text(), requestId: response.headers.get('X-Request-Id') ?? '' };
}

/** The page title and the `reason` of each status, the same at every door. */
async function expectProduct(status: number, address: string, init?: Parameters<typeof ask>[2]): Promise<void> {
  const page = await ask(address, html, init);
  expect([address, page.response.status, page.response.headers.get('Content-Type')]).toEqual([
    address,
    status,
    'text/html; charset=utf-8',
  ]);
  expect(page.text).toContain(`<h1 class="text-44">${problemFor(status).title}</h1>`);
  const data = await ask(address, json, init);
  expect([address, data.response.status]).toEqual([address, status]);
  expect((JSON.parse(data.text) as ProblemJson).error).toEqual({
    status,
    reason: expect.stringMatching(/^[a-z-]+$/),
    message: expect.stringMatching(/^[A-Z].+\.$/),
    requestId: data.requestId,
  });
  expect(data.requestId).toMatch(/^req_[0-9A-Z]{26}$/);
}

describe('refusals', { timeout: 60_000 }, () => {
  it('the page about a problem leads to the owner by a mail that names its number', async () => {
    const none = await ask('GET /no-such-page', html);
    expect(none.text).not.toContain('mailto:');
    expect(none.text).toContain(`<code class="select-all wrap-anywhere">${none.requestId}</code>`);
    await seedSettings({ contactAddress: 'ada+echoes@example.com' });
    const { text, requestId } = await ask('GET /no-such-page', html);
    const [, query = ''] = /href="mailto:ada%2Bechoes@example\.com\?([^"]+)"/.exec(text) ?? [];
    const mail = new URLSearchParams(query.replaceAll('&amp;', '&'));
    expect(mail.get('subject')).toBe(`Echoes: ${problemFor(404).title}`);
    expect(mail.get('body')).toContain(requestId);
    await clearSettings();
  });

  it('refusals of pages and of doors look alike', async () => {
    const userId = await seedPerson();
    const Cookie = await seedSession(userId);
    const headers = { Cookie };
    const { clipIds } = await seedProject({ userId });
    await expectProduct(404, 'GET /no-such-page');
    await expectProduct(404, 'GET /media/u/x/p/y.jpg');
    await expectProduct(404, 'GET /projects/prj_1', { headers });
    await expectProduct(404, 'GET /clips/clp_1/generations', { headers });
    await expectProduct(404, 'POST /projects/prj_1/deletion', { headers });
    await expectProduct(403, 'POST /projects', { headers: { Origin: 'https://evil.test' } });
    await expectProduct(403, 'POST /uploads', { headers: { Origin: 'https://evil.test' } });
    await expectProduct(403, 'GET /live', { headers: { Upgrade: 'websocket', Origin: 'https://evil.test' } });
    await expectProduct(401, 'POST /projects');
    await expectProduct(401, 'POST /uploads');
    for (const address of ['PUT /projects', 'POST /credits', 'GET /account/erasure', 'POST /live', 'PUT /uploads'])
      await expectProduct(405, address, { headers });
    await expectProduct(405, 'POST /media/u/x/p/y.jpg', { headers });
    const large = { headers, body: new URLSearchParams({ words: 'a'.repeat(100_000) }) };
    await expectProduct(413, `POST /clips/${clipIds[0]}/details`, large);
    await expectProduct(413, 'POST /uploads', {
      headers: {
        ...headers,
        'Upload-Length': '25000001',
        'Upload-Metadata': `projectId ${btoa('prj_1')},requestKey ${btoa('12345678')}`,
      },
    });
    const odd = { headers: { ...headers, 'Content-Type': 'application/json' }, body: '{}' };
    await expectProduct(415, 'POST /projects', odd);
    await expectProduct(415, 'PATCH /uploads/pho_0123456789ABCDEFGHJKMNPQRS', odd);
    await expectProduct(429, 'GET /problem/429');
  });

  it('a 405 names the methods that its address takes', async () => {
    const allowed = async (address: string) => (await ask(address, json)).response.headers.get('Allow');
    expect(await allowed('GET /clips/clp_1/approval')).toBe('POST, DELETE');
    expect(await allowed('PUT /clips/clp_1/details')).toBe('POST');
    expect(await allowed('DELETE /live')).toBe('GET');
  });
});

describe('an unexpected error', { timeout: 60_000 }, () => {
  it('an unexpected error shows only the request id under which the log has its details', async () => {
    const userId = await seedPerson({ credits: 5 });
    const headers = { Cookie: await seedSession(userId) };
    const { projectId, clipIds } = await seedProject({ userId });
    const logged: string[] = [];
    vi.spyOn(console, 'error').mockImplementation((line: string) => {
      logged.push(line);
    });
    skipLedgerAudit('its tables are renamed here');
    await env.DB.prepare('ALTER TABLE credit_accounts RENAME TO somewhere_else').run();
    await env.DB.prepare('ALTER TABLE clips RENAME TO other_clips').run();
    await env.DB.prepare('ALTER TABLE upload_parts RENAME TO other_parts').run();
    const words = { body: new URLSearchParams({ words: 'x' }) };
    for (const [address, body] of [
      ['GET /projects', {}],
      ['GET /credits', {}],
      [`GET /projects/${projectId}`, {}],
      [`GET /projects/${projectId}/play`, {}],
      [`GET /clips/${clipIds[0]}/generations`, {}],
      [`POST /clips/${clipIds[0]}/details`, words],
      [`POST /clips/${clipIds[0]}/deletion`, {}],
      [
        'POST /uploads',
        {
          headers: {
            'Upload-Length': '9',
            'Upload-Metadata': `projectId ${btoa(projectId)},requestKey ${btoa('12345678')}`,
          },
        },
      ],
    ] as const)
      for (const accept of [html, json]) {
        const init = { ...body, headers: { ...headers, ...('headers' in body ? body.headers : {}) } };
        const { response, text, requestId } = await ask(address, accept, init);
        expect([address, accept, response.status]).toEqual([address, accept, 500]);
        expect(text).not.toMatch(/no such table|D1_ERROR|SQLITE|credit_accounts|\.js:\d|select /i);
        if (accept === html) expect(text).toContain(`<code class="select-all wrap-anywhere">${requestId}</code>`);
        else expect((JSON.parse(text) as ProblemJson).error).toMatchObject({ status: 500, requestId });
        expect(logged.some((line) => line.includes(requestId) && line.includes('no such table'))).toBe(true);
      }
    // The errors that Remix's client reads are sanitized too.
    const { response, text } = await ask('GET /projects.data', '*/*', { headers });
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/no such table|D1_ERROR|SQLITE|\.js:\d/);
  });
});
