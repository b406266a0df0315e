// Gifts and stops through the doors that a browser uses: what a person who cancels everything can make of one credit.
import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { generations } from '~/db/schema.server';
import { finishGeneration } from '~/testing/generation';
import { seedPerson, seedProject, seedSession, testServices } from '~/testing/services';

const origin = env.APP_ORIGIN;
const services = testServices();
const person = { id: '', cookie: '', projectId: '', clipIds: [] as string[] };

beforeEach(async () => {
  person.id = await seedPerson({ credits: 1 });
  person.cookie = await seedSession(person.id);
  Object.assign(person, await seedProject({ userId: person.id, clipCount: 4 }));
});
afterEach(async () => expect(await auditLedger(env.DB)).toEqual([]));

interface Told {
  outcome: string;
  generationId?: string;
}

async function post(path: string, fields: Record<string, string> = {}): Promise<Told & { status: number }> {
  const headers = { Origin: origin, Accept: 'application/json', Cookie: person.cookie };
  const body = new URLSearchParams(fields);
  const response = await exports.default.fetch(new Request(origin + path, { method: 'POST', body, headers }));
  return { status: response.status, ...(await response.json<Told>()) };
}

const start = (clipId: string) =>
  post(`/clips/${clipId}/generations`, { requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' });
const complain = (generationId: string) =>
  post(`/generations/${generationId}/feedback`, { requestKey: crypto.randomUUID(), reason: 'wrong-face' });
const stop = (generationId: string) => post(`/generations/${generationId}/cancellation`);
const balance = async () => (await services.credits.ledger.balance(person.id)).balance;
const countOf = async (state: string) =>
  (await services.db.select().from(generations).where(eq(generations.userId, person.id))).filter(
    (row) => row.state === state,
  ).length;

describe('a free second try', () => {
  it('one credit makes one clip and its second try, for a person who cancels every free try', async () => {
    for (const clipId of person.clipIds) {
      const paid = await start(clipId);
      if (paid.outcome !== 'started') continue;
      await finishGeneration(paid.generationId ?? '');
      const free = await complain(paid.generationId ?? '');
      expect(free.outcome).toBe('started');
      expect(await stop(free.generationId ?? '')).toMatchObject({ status: 200, outcome: 'canceled' });
      expect(await balance()).toBe(0);
    }
    expect(await countOf('ready')).toBe(1);
  });
});
