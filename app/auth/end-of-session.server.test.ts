import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { seedPerson, seedSession, testServices } from '~/testing/services';

const { APP_ORIGIN: origin } = env;

function ask(path: string, { cookie, form }: { cookie?: string; form?: Record<string, string> } = {}) {
  const headers = new Headers({ Accept: 'text/html', Origin: origin, 'Sec-Fetch-Site': 'same-origin' });
  if (cookie) headers.set('Cookie', cookie);
  const post = form && { method: 'POST', body: new URLSearchParams(form) };
  return exports.default.fetch(new Request(origin + path, { ...post, headers, redirect: 'manual' }));
}

const cleared = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).headers.get('Clear-Site-Data');

describe('what the end of a session clears in the browser', () => {
  it.each(['/sign-out', '/sign-out/everywhere'])(
    'the post to %s clears the storage only where the page has asked about photos not yet sent',
    async (path) => {
      const person = await seedPerson();
      const withPage = { cookie: await seedSession(person), form: { cleared: 'yes' } };
      expect(await cleared(path, withPage)).toBe('"cache", "storage"');
      expect(await cleared(path, { cookie: await seedSession(person), form: { cleared: 'no' } })).toBe('"cache"');
    },
  );

  it('a session that has ended elsewhere clears the cache alone, and a visitor’s browser keeps all', async () => {
    const person = await seedPerson();
    const cookie = await seedSession(person);
    expect(await cleared('/projects', { cookie })).toBeNull();
    await testServices().auth.deleteAccount(person);
    expect(await cleared('/projects', { cookie })).toBe('"cache"');
    expect(await cleared('/projects')).toBeNull();
  });

  it('a page says for whom it is, and pages of visitors for nobody', async () => {
    const person = await seedPerson();
    const page = await ask('/projects', { cookie: await seedSession(person) });
    expect(page.headers.get('Echoes-Person')).toBe(person);
    expect(await page.text()).toContain(`data-person="${person}"`);
    const visited = await ask('/');
    expect(visited.headers.get('Echoes-Person')).toBeNull();
    expect(await visited.text()).not.toContain('data-person');
  });
});
