// A try that can really be made: its photo lies in R2, its order in D1, and its object waits for the first alarm.
import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { clips } from '~/db/schema.server';
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

/** Asks for a try, once; its hint is only laid into the queue. */
export async function startGeneration({ userId, clipId }: Pick<SeededClip, 'userId' | 'clipId'>): Promise<string> {
  const requestKey = crypto.randomUUID();
  const wish = { userId, clipId, requestKey, presetId: 'gentle', words: '' };
  const started = await testServices().generations.start(wish);
  if (started.outcome !== 'started') throw new Error(started.outcome);
  return started.generationId;
}

/** One batch of the queue; answers what became of its messages. */
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
