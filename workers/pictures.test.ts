// How a person's picture reaches each provider: by a signed URL, or inside the request.
import { runDurableObjectAlarm } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeEach, expect, it, vi } from 'vitest';
import { createIds } from '~/db/ids';
import { clips, generations } from '~/db/schema.server';
import { encodeJpeg } from '~/photos/jpeg-codec.server';
import { field } from '~/providers/answers';
import { seedPerson, seedProject, testServices } from '~/testing/services';

const now = 2_000_000_000_000;
/** The submits that reached the providers, oldest first. */
const orders: unknown[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  orders.length = 0;
  globalThis.fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    if (request.method === 'POST') orders.push(await request.json());
    const id = crypto.randomUUID().replaceAll('-', '');
    return Response.json({ id, name: `models/m/operations/${id}` }, { status: 201 });
  }) as typeof globalThis.fetch;
});

/** Starts a generation at this provider and runs its object once. */
async function submit(provider: string, model: string): Promise<unknown> {
  const userId = await seedPerson({ credits: 1 });
  const { clipIds } = await seedProject({ userId });
  const { db } = testServices();
  const clipId = clipIds[0] as string;
  const [clip] = await db.select().from(clips).where(eq(clips.id, clipId));
  const data = new Uint8ClampedArray(108 * 144 * 4).fill(120);
  const jpeg = await encodeJpeg({ pixels: { data, width: 108, height: 144 }, quality: 80 });
  await env.MEDIA.put(`u/${userId}/p/${clip?.photoId}.jpg`, jpeg);
  const id = createIds({ clock: () => now })('gen');
  const frame = { frameX: 0.5, frameY: 0.5, frameZoom: 1 };
  const chosen = { presetId: 'gentle', words: '', prompt: 'x', shape: '9:16' as const, durationSeconds: 5 };
  const times = { createdAt: now, stateAt: now, deadlineAt: now + 1_800_000 };
  await db
    .insert(generations)
    .values({ id, userId, clipId, requestKey: id, cost: 1, provider, model, ...frame, ...chosen, ...times });
  const job = env.GENERATION_JOB.getByName(id);
  await job.start(id);
  await runDurableObjectAlarm(job);
  return orders.at(-1);
}

it('Luma and Replicate get a working signed URL and a webhook URL', async () => {
  const luma = await submit('luma', 'ray-2');
  const address = String(field(luma, 'keyframes', 'frame0', 'url'));
  expect(address).toMatch(/^https:\/\/echoes\.test\/media\//);
  expect((await exports.default.fetch(new Request(address))).headers.get('Content-Type')).toBe('image/jpeg');
  expect(field(luma, 'callback_url')).toMatch(/^https:\/\/echoes\.test\/webhooks\/luma\/gen_\w+\.[\w-]{43}$/);
  const replicate = await submit('replicate', 'kwaivgi/kling-v2.1');
  expect(field(replicate, 'input', 'start_image')).toMatch(/^https:\/\/echoes\.test\/media\//);
});

it('Veo gets the picture inside the request, since it fetches none', async () => {
  const veo = await submit('veo', 'veo-3.1-fast-generate-preview');
  const image = field(veo, 'instances', '0', 'image');
  expect(field(image, 'mimeType')).toBe('image/jpeg');
  const bytes = Buffer.from(String(field(image, 'bytesBase64Encoded')), 'base64');
  expect([...bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
});

it('an attempt with its picture inside the request is marked as such, since no picture fetch follows', async () => {
  await submit('veo', 'veo-3.1-fast-generate-preview');
  const { results } = await env.DB.prepare(
    `SELECT what, detail = submit_nonce AS isOfAttempt FROM generation_steps JOIN generations g ON g.id = generation_id
     WHERE provider = 'veo' AND g.rowid = (SELECT max(rowid) FROM generations) AND what IN ('sent', 'carried', 'fetched')
     ORDER BY generation_steps.id`,
  ).all();
  expect(results).toEqual([
    { what: 'sent', isOfAttempt: 1 },
    { what: 'carried', isOfAttempt: 1 },
  ]);
});
