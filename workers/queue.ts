import { readConfig } from '~/config.server';
import { isId } from '~/db/ids';
import { keepDeadLetter } from '~/generations/pipeline/dead-letters.server';
import { log, withThread } from '~/log';
import { createServices } from '~/services.server';

const deadLetters = 'echoes-generations-dead';

/** Hands each hint to its object. A message is done once the object has written down that it is wanted. */
export async function consumeQueue(batch: MessageBatch, env: Env): Promise<void> {
  await Promise.all(batch.messages.map((message) => onItsThread(message, env, batch.queue === deadLetters)));
}

/** A message goes on with the request that sent it. What there was to say is kept; mostly there is nothing. */
async function onItsThread(message: Message, env: Env, isDead: boolean): Promise<void> {
  const { requestId } = said(message);
  await withThread(isId('req', requestId) ? requestId : null, async (thread) => {
    await take(message, env, isDead);
    const read = readConfig(env);
    if (thread.lines.length > 0 && read.ok) await createServices({ env, config: read.config }).logbook.close(thread);
  });
}

async function take(message: Message, env: Env, isDead: boolean): Promise<void> {
  if (isDead) await noted(message, env);
  const { generationId } = said(message);
  if (!isId('gen', generationId)) {
    log({ event: 'queue', generationId: String(generationId), outcome: 'not-understood' });
    return message.ack();
  }
  if (isDead) log({ event: 'queue', generationId, outcome: 'dead-letter' });
  try {
    // A new stub for each message: one that has thrown stays broken.
    await env.GENERATION_JOB.getByName(generationId).start(generationId);
    log({ event: 'queue', generationId, outcome: 'started' });
    message.ack();
  } catch (error) {
    log({ event: 'queue', generationId, outcome: 'not-started', detail: String(error) });
    // The sweeper takes up whatever no message could start.
    if (isDead) message.ack();
    else message.retry({ delaySeconds: 5 });
  }
}

/** What a message may say; anything may lie in a queue. */
function said({ body }: Message): { generationId?: unknown; requestId?: unknown } {
  return body !== null && typeof body === 'object' ? body : {};
}

/** That a letter could not be kept must not keep its generation waiting. */
async function noted({ id, body, attempts }: Message, env: Env): Promise<void> {
  try {
    await keepDeadLetter(env.DB, { id, body, attempts }, Date.now());
  } catch (error) {
    log({ event: 'queue', generationId: id, outcome: 'dead-letter-not-kept', detail: String(error) });
  }
}
