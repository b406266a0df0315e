import type { CopyOutcome } from '../../app/generations/pipeline/effects.ts';
import type { Provider } from './provider.ts';
import { Fault, type World } from './world.ts';

interface Stored {
  generationId: string;
  /** The task whose video it is; null for the picture a provider fetches. */
  taskId: string | null;
  uploadedAt: number;
}

/** R2: whole objects or nothing, last writer wins, lists by page. */
export function createBucket(world: World, provider: Provider) {
  const { random, agenda } = world;
  const objects = new Map<string, Stored>();

  return {
    objects,

    /** Fetches a finished video and stores it, as `copyOutput` does. The stream goes on for a while without its reader. */
    copy(
      { url, key, generationId }: { url: string; key: string; generationId: string },
      answer: (outcome: CopyOutcome) => void,
    ) {
      const { faults } = world;
      const address = new URL(url);
      const task = provider.tasks.get(address.pathname.slice(1));
      const isExpired = agenda.now > Number(address.searchParams.get('expires'));
      if (!task || task.isGone || isExpired)
        return agenda.later(200, () => answer({ outcome: 'unreachable', detail: '404 no video' }));
      if (task.isBad) return agenda.later(200, () => answer({ outcome: 'bad', detail: 'not an MP4' }));
      const milliseconds = random.between(500, 12_000);
      const fails = (detail: string) => agenda.later(milliseconds, () => answer({ outcome: 'unreachable', detail }));
      if (random.chance(faults.streamCut)) return fails('the stream was cut');
      if (random.chance(faults.bucketRefuses)) return fails('the bucket refused');
      agenda.later(milliseconds, () => {
        objects.set(key, { generationId, taskId: task.id, uploadedAt: agenda.now });
        world.tell(generationId, () => `stored ${key}`);
        answer(
          random.chance(faults.bucketAnswerLost)
            ? { outcome: 'unreachable', detail: 'the answer of the bucket was lost' }
            : { outcome: 'stored', bytes: 1_000_000 },
        );
      });
    },

    putPicture(key: string, generationId: string): void {
      if (random.chance(world.faults.bucketRefuses)) throw new Fault('the bucket refused');
      objects.set(key, { generationId, taskId: null, uploadedAt: agenda.now });
    },

    find(key: string): { bytes: number } | null {
      if (random.chance(world.faults.bucketRefuses)) throw new Fault('the bucket refused');
      return objects.has(key) ? { bytes: 1_000_000 } : null;
    },

    delete(key: string): void {
      if (random.chance(world.faults.bucketRefuses)) throw new Fault('the bucket refused');
      objects.delete(key);
      if (random.chance(world.faults.bucketAnswerLost)) throw new Fault('the answer of the bucket was lost');
    },

    /** The part of R2's binding that the sweeper uses. */
    binding: {
      async list({ limit = 1000, cursor }: { prefix?: string; limit?: number; cursor?: string }) {
        if (random.chance(world.faults.bucketRefuses)) throw new Fault('the bucket refused');
        const keys = [...objects.keys()].sort().filter((key) => cursor === undefined || key > cursor);
        const page = keys.slice(0, limit);
        return {
          objects: page.map((key) => ({ key, uploaded: new Date(objects.get(key)?.uploadedAt ?? 0) })),
          truncated: keys.length > page.length,
          cursor: page.at(-1) ?? '',
        };
      },
      async delete(keys: string | string[]) {
        if (random.chance(world.faults.bucketRefuses)) throw new Fault('the bucket refused');
        for (const key of [keys].flat()) objects.delete(key);
      },
    },
  };
}

export type Bucket = ReturnType<typeof createBucket>;
