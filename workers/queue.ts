import { isId } from '~/db/ids';
import { keepDeadLetter } from '~/generations/dead-letters.server';
import { log } from '~/log';

const deadLetters = 'echoes-generations-dead';

/** Hands each hint to its object. A message is done once the object has written down that it is wanted. */
export async function consumeQueue(batch: MessageBatch, env: Env): Promise<void> {
  const isDead = batch.queue === deadLetters;
  await Promise.all(
    batch.messages.map(async (message) => {
      if (isDead) await noted(message, env);
      const generationId = (message.body as { generationId?: unknown } | null)?.generationId;
      if (!isId('gen', generationId)) {
        log({ event: 'queue', generationId: String(generationId), outcome: 'not-understood' });
        return message.ack();
      }
      if (isDead) log({ event: 'queue', generationId, outcome: 'dead-letter' });
      try {
        // A new stub for each message: one that has thrown stays broken.
        await env.GENERATION_JOB.getByName(generationId).start(generationId);
        message.ack();
      } catch (error) {
        log({ event: 'queue', generationId, outcome: 'not-started', detail: String(error) });
        // The sweeper takes up whatever no message could start.
        if (isDead) message.ack();
        else message.retry({ delaySeconds: 5 });
      }
    }),
  );
}

/** That a letter could not be kept must not keep its generation waiting. */
async function noted({ id, body, attempts }: Message, env: Env): Promise<void> {
  try {
    await keepDeadLetter({ db: env.DB, letter: { id, body, attempts }, now: Date.now() });
  } catch (error) {
    log({ event: 'queue', generationId: id, outcome: 'dead-letter-not-kept', detail: String(error) });
  }
}
