import { describe, expect, it } from 'vitest';
import { seedPerson, seedSession, testServices } from '~/db/testing';

const asked = (cookie: string) => new Request('https://echoes.test/projects?page=2', { headers: { Cookie: cookie } });

describe('a session', () => {
  it('says who is there', async () => {
    const userId = await seedPerson();
    const cookie = await seedSession(userId);
    expect(await testServices().auth.findUser(asked(cookie))).toMatchObject({ id: userId, role: 'person' });
  });

  it('leads a stranger to the landing page, and back afterwards', async () => {
    const answer = await testServices()
      .auth.requireUser(asked('__Host-echoes=made-up'))
      .catch((thrown: unknown) => thrown as Response);
    expect((answer as Response).headers.get('Location')).toBe('/?returnTo=%2Fprojects%3Fpage%3D2');
  });
});
