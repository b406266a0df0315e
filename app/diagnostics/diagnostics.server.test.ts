import { env, exports } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { seedPerson, seedSession } from '~/testing/services';

const ask = (headers: Record<string, string>) =>
  exports.default.fetch(new Request(`${env.APP_ORIGIN}/diagnostics`, { redirect: 'manual', headers }));

it('The diagnostics page is for people who are signed in, and is kept by no cache', async () => {
  const visitor = await ask({ Accept: 'text/html' });
  expect([visitor.status, new URL(visitor.headers.get('Location') ?? '', env.APP_ORIGIN).pathname]).toEqual([302, '/']);
  await visitor.text();

  const cookie = await seedSession(await seedPerson({ credits: 3 }));
  const page = await ask({ Accept: 'text/html', Cookie: cookie });
  expect(page.status).toBe(200);
  expect(page.headers.get('Cache-Control')).toContain('no-store');
  const text = await page.text();
  expect(text).toContain('Check this device');
  expect(text).toContain('data-credit-balance="3"');
});
