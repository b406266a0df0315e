import { isId } from '~/db/ids';
import { run, type Statement, statement } from '~/db/statement';

/** A message from the dead-letter queue: no object took it in all its attempts. */
export interface DeadLetter {
  id: string;
  body: unknown;
  attempts: number;
}

/** Stores a dead letter; the same message again updates its row. `now` in ms. */
function deadLetterStatement({ id, body, attempts }: DeadLetter, now: number): Statement {
  const generationId = (body as { generationId?: unknown } | null)?.generationId;
  return statement(
    `INSERT INTO dead_letters (id, body, generation_id, attempts, received_at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (id) DO UPDATE SET attempts = excluded.attempts`,
    id,
    JSON.stringify(body).slice(0, 2000),
    isId('gen', generationId) ? generationId : null,
    attempts,
    now,
  );
}

/** Stores a dead letter for the admin pages. `now` in ms. */
export async function keepDeadLetter(db: D1Database, letter: DeadLetter, now: number): Promise<void> {
  await run({ $client: db }, deadLetterStatement(letter, now));
}
