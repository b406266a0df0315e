// Seeds generations that can be made: the photo is in R2, the row in D1, and the object waits for its first alarm.
import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { clips, generations } from '~/db/schema.server';
import { photoKey } from '~/media/keys';
import { encodeJpeg } from '~/photos/jpeg-codec.server';
import { seedPerson, seedProject, testServices } from './services';

export interface SeededClip {
  userId: string;
  projectId: string;
  clipId: string;
  photoKey: string;
}

/** A small grey photo. */
export function testJpeg(): Promise<Uint8Array> {
  const data = new Uint8ClampedArray(108 * 144 * 4).fill(120);
  return encodeJpeg({ pixels: { data, width: 108, height: 144 }, quality: 80 });
}

/** A person with credits and one clip with a photo. */
export async function seedClip({ credits = 1, jpeg }: { credits?: number; jpeg: Uint8Array }): Promise<SeededClip> {
  const userId = await seedPerson({ credits });
  const { projectId, clipIds } = await seedProject({ userId });
  const clipId = clipIds[0] as string;
  const [clip] = await testServices().db.select().from(clips).where(eq(clips.id, clipId));
  const photo = photoKey({ userId, id: String(clip?.photoId) });
  await env.MEDIA.put(photo, jpeg);
  return { userId, projectId, clipId, photoKey: photo };
}

/** Starts one generation; its hint stays in the queue. */
export async function startGeneration({ userId, clipId }: Pick<SeededClip, 'userId' | 'clipId'>): Promise<string> {
  const requestKey = crypto.randomUUID();
  const request = { userId, clipId, requestKey, presetId: 'gentle', words: '' };
  const started = await testServices().generations.start(request);
  if (started.outcome !== 'started') throw new Error(started.outcome);
  return started.generationId;
}

/** Moves a queued generation by the legal transitions to `ready`. */
export async function finishGeneration(id: string, mediaKey = `u/x/g/${id}.mp4`): Promise<void> {
  const { db } = testServices();
  for (const step of [
    { state: 'submitting', submitNonce: `nonce of ${id}`, submits: 1 },
    { state: 'generating', providerTaskId: `task of ${id}` },
    { state: 'copying' },
    { state: 'ready', mediaKey, mediaBytes: 4 },
  ] as const)
    await db.update(generations).set(step).where(eq(generations.id, id));
}

/** Consumes one batch of the queue and returns the results of its messages. */
export async function deliver(
  consume: (batch: MessageBatch, env: Env) => Promise<void>,
  bodies: readonly unknown[],
  queue = 'echoes-generations',
) {
  const messages = bodies.map((body, index) => ({ id: `${index}`, timestamp: new Date(), attempts: 1, body }));
  const batch = createMessageBatch(queue, messages);
  await consume(batch, env);
  return getQueueResult(batch, createExecutionContext());
}
