import { readConfig } from '~/config.server';
import { isId } from '~/db/ids';
import { keepDeadLetter } from '~/generations/pipeline/dead-letters.server';
import { log, withThread } from '~/log';
import { createServices } from '~/services.server';

const deadLetters = 'echoes-generations-dead';

/** Starts the object of each message's generation. A message is acknowledged once the object has stored the start. */
export async function consumeQueue(batch: MessageBatch, env: Env): Promise<void> {
  await Promise.all(batch.messages.map((message) => handle(message, env, batch.queue === deadLetters)));
}

/** Handles one message under the thread of the request that sent it, and stores its log lines if there are any. */
async function handle(message: Message, env: Env, isDead: boolean): Promise<void> {
  const { requestId } = contentOf(message);
  await withThread(isId('req', requestId) ? requestId : null, async (thread) => {
    await take(message, env, isDead);
    const read = readConfig(env);
    if (thread.lines.length > 0 && read.ok) await createServices({ env, config: read.config }).logbook.close(thread);
  });
}

async function take(message: Message, env: Env, isDead: boolean): Promise<void> {
  if (isDead) await keep(message, env);
  const { generationId } = contentOf(message);
  if (!isId('gen', generationId)) {
    log({ event: 'queue', generationId: String(generationId), outcome: 'not-understood' });
    return message.ack();
  }
  if (isDead) log({ event: 'queue', generationId, outcome: 'dead-letter' });
  try {
    // A new stub for each message, since a stub that has thrown stays broken.
    await env.GENERATION_JOB.getByName(generationId).start(generationId);
    log({ event: 'queue', generationId, outcome: 'started' });
    message.ack();
  } catch (error) {
    log({ event: 'queue', generationId, outcome: 'not-started', detail: String(error) });
    // The sweep starts a generation whose messages all failed.
    if (isDead) message.ack();
    else message.retry({ delaySeconds: 5 });
  }
}

/** The fields of a message, whose body may be anything. */
function contentOf({ body }: Message): { generationId?: unknown; requestId?: unknown } {
  return body !== null && typeof body === 'object' ? body : {};
}

/** Stores a dead letter. Never throws, since its generation is started all the same. */
async function keep({ id, body, attempts }: Message, env: Env): Promise<void> {
  try {
    await keepDeadLetter(env.DB, { id, body, attempts }, Date.now());
  } catch (error) {
    log({ event: 'queue', generationId: id, outcome: 'dead-letter-not-kept', detail: String(error) });
  }
}
