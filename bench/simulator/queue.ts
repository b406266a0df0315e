import type { World } from './world.ts';

const mostRetries = 3;
const retryMilliseconds = 5_000;

/**
 * The queue of hints: loses, doubles and delays messages. Its consumer works like workers/queue.ts: a message is done when
 * its object accepts it, is retried three times, and is retried once more as a dead letter.
 */
export function createQueue(world: World, start: (generationId: string) => void) {
  const { random, agenda } = world;

  function deliver(generationId: string, attempt: number): void {
    agenda.later(attempt === 0 ? random.between(0, 20_000) : retryMilliseconds, () => {
      if (!random.chance(world.faults.objectUnreachable)) return start(generationId);
      if (attempt <= mostRetries) deliver(generationId, attempt + 1);
    });
  }

  return {
    async send({ generationId }: { generationId: string }): Promise<void> {
      if (random.chance(world.faults.queueLost)) return;
      deliver(generationId, 0);
      if (random.chance(world.faults.queueDoubled)) deliver(generationId, 0);
    },
  };
}
