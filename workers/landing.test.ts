// The landing page of strangers: rendered once, and the same for everybody but for its nonce.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it, vi } from 'vitest';
import { type Recorded, recording } from '~/testing/recording';
import { seedPerson, seedSession, seedSettings } from '~/testing/services';
import worker from './app';

const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148';

/** Opens a page. `db`: the database; a new one has no settings in its cache. */
async function open({
  path = '/',
  headers = {},
  db = recording(env.DB, []),
}: {
  path?: string;
  headers?: Record<string, string>;
  db?: D1Database;
} = {}) {
  const context = createExecutionContext();
  const request = new Request(`${env.APP_ORIGIN}${path}`, { headers: { Accept: 'text/html', ...headers } });
  const asked = request as Parameters<typeof worker.fetch>[0];
  const response = await worker.fetch(asked, { ...env, DB: db } as Env, context);
  const html = await response.text();
  await waitOnExecutionContext(context);
  const nonce = /'nonce-(\w+)'/.exec(response.headers.get('Content-Security-Policy') ?? '')?.[1] ?? '';
  return { status: response.status, html, nonce, bare: html.replaceAll(nonce, '') };
}

it('each answer has a nonce of its own, and nothing else that differs', async () => {
  const [one, two] = [await open(), await open()];
  expect([one.status, two.status]).toEqual([200, 200]);
  expect(one.nonce).not.toBe(two.nonce);
  expect(one.bare).toBe(two.bare);
  const inline = [...one.html.matchAll(/<(?:script|style)\b[^>]*>/g)].map(([tag]) => tag);
  expect(inline.length).toBeGreaterThan(1);
  for (const tag of inline) expect(tag).toContain(`nonce="${one.nonce}"`);
});

it('the page says what the settings say, as soon as they change', async () => {
  await seedSettings({ signupCredits: 3 });
  expect((await open()).html).toContain('Your first 3 clips are free');
  await seedSettings({ signupCredits: 1 });
  expect((await open()).html).toContain('Your first clip is free');
});

it('in maintenance mode the landing page and every page of a person carry the message of the owner', async () => {
  const cookie = await seedSession(await seedPerson());
  const pages = async () => [
    (await open()).html,
    ...(await Promise.all(
      ['/', '/projects', '/credits', '/account'].map(
        async (path) => (await open({ path, headers: { Cookie: cookie } })).html,
      ),
    )),
  ];
  await seedSettings({ maintenance: 'We move house <until> noon.' });
  for (const html of await pages()) expect(html).toContain('We move house &lt;until&gt; noon.');
  await seedSettings({ maintenance: '' });
  for (const html of await pages()) expect(html).not.toContain('We move house');
});

it('a person, an invited friend, an address with a query and a browser in an app get their own page', async () => {
  const plain = await open();
  expect(plain.html).toContain('Continue with Google');
  expect((await open({ headers: { Cookie: await seedSession(await seedPerson()) } })).html).toContain('My films');
  expect((await open({ path: '/?returnTo=%2Fprojects' })).html).toContain('value="/projects"');
  expect((await open({ headers: { 'User-Agent': `${iphone} Instagram 300.0` } })).html).toContain('x-safari-https:');
  expect((await open()).bare).toBe(plain.bare);
});

it('the page reads nothing from the database while the settings that were read are fresh', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const statements: Recorded[] = [];
  const db = recording(env.DB, statements);
  await open({ db });
  expect(statements.length).toBeGreaterThan(0);
  statements.length = 0;
  for (let stranger = 0; stranger < 5; stranger += 1) await open({ db });
  expect(statements).toEqual([]);
  vi.useRealTimers();
});
