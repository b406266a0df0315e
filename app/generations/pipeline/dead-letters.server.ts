import { isId } from '~/db/ids';

/** A message that no object would take after all its tries, as the dead-letter queue brings it. */
export interface DeadLetter {
  id: string;
  body: unknown;
  attempts: number;
}

/** Keeps a dead letter for the owner to see; the same message again is the same row. `now` in ms. */
export async function keepDeadLetter({ db, letter, now }: { db: D1Database; letter: DeadLetter; now: number }) {
  const { id, body, attempts } = letter;
  const generationId = (body as { generationId?: unknown } | null)?.generationId;
  await db
    .prepare(
      `INSERT INTO dead_letters (id, body, generation_id, attempts, received_at) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (id) DO UPDATE SET attempts = excluded.attempts`,
    )
    .bind(id, JSON.stringify(body).slice(0, 2000), isId('gen', generationId) ? generationId : null, attempts, now)
    .run();
}
