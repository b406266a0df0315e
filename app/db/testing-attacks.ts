// Attacks on the laws of the schema: statements that a law has to refuse, and that go through once the law is gone.
import { env } from 'cloudflare:workers';
import { brokenLaw } from './client.server';

export type Value = string | number | null;

export interface Attack {
  name: string;
  /** The law that refuses it; `refused` where a key, a check or a type does. */
  law: string;
  /** The trigger without which it succeeds, if there is one. */
  trigger?: string;
  /** Further walls behind the trigger, which must be gone too before the hole is open. */
  behind?: string[];
  prepare?: () => Promise<unknown>;
  attack: () => D1PreparedStatement;
}

/** The statement that inserts this row. `verb` is how: `INSERT OR REPLACE` goes around keys. */
export function inserting(table: string, row: Record<string, Value>, verb = 'INSERT'): D1PreparedStatement {
  const names = Object.keys(row);
  const marks = names.map((_name, index) => `?${index + 1}`);
  return env.DB.prepare(`${verb} INTO ${table} (${names.join(', ')}) VALUES (${marks.join(', ')})`).bind(
    ...Object.values(row),
  );
}

/** What a statement came to: the law that refused it, `refused` for a plainer refusal, or `done`. */
export async function outcomeOf(attack: () => D1PreparedStatement): Promise<string> {
  try {
    await attack().run();
    return 'done';
  } catch (error) {
    return brokenLaw(error) ?? 'refused';
  }
}

/** Runs the attack with its laws gone, and takes all of it back. Answers whether it got through. */
export async function getsThroughWithout({ trigger = '', behind = [], attack }: Attack): Promise<string> {
  const drops = [trigger, ...behind].map((name) => env.DB.prepare(`DROP TRIGGER ${name}`));
  // The last statement always fails: if it is reached, the attack has succeeded.
  const end = env.DB.prepare('INSERT INTO users (id) VALUES (?1)').bind('usr_without_a_date');
  try {
    await env.DB.batch([...drops, attack(), end]);
  } catch (error) {
    const text = String(error);
    return text.includes('NOT NULL constraint failed: users.created_at') ? 'got through' : text;
  }
  return 'was not taken back';
}
