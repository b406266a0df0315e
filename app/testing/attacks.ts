// Attacks on the laws of the schema: statements that a law has to refuse, and that go through once the law is gone; and
// what the schema does by itself, which is missed once it does not.
import { env } from 'cloudflare:workers';
import { brokenLaw } from '~/db/client.server';

export type Value = string | number | null;

export interface Attack {
  name: string;
  /** The law that refuses it; `refused` where a key, a check or a type does. */
  law: string;
  /** The trigger without which it succeeds, if there is one. */
  trigger?: string;
  /** Further walls behind the trigger, which must be gone too before the hole is open. */
  behind?: string[];
  /** The references between tables stand behind it as well: they are asked at the end of the batch only. */
  areKeysBehind?: boolean;
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
export async function getsThroughWithout({
  trigger = '',
  behind = [],
  areKeysBehind = false,
  attack,
}: Attack): Promise<string> {
  const drops = [trigger, ...behind].map((name) => env.DB.prepare(`DROP TRIGGER ${name}`));
  const defer = areKeysBehind ? [env.DB.prepare('PRAGMA defer_foreign_keys = on')] : [];
  // The last statement always fails: if it is reached, the attack has succeeded.
  const end = env.DB.prepare('INSERT INTO users (id) VALUES (?1)').bind('usr_without_a_date');
  const text = await failureOf([...defer, ...drops, attack(), end]);
  return text.includes('NOT NULL constraint failed: users.created_at') ? 'got through' : text;
}

/** What the schema does by itself after a statement. */
export interface Deed {
  trigger: string;
  /** What somebody does. */
  deed: () => D1PreparedStatement[];
  /** A question in SQL about what should have come of it. */
  seen: () => { sql: string; params: Value[] };
}

/** Does it, with the trigger or without, and takes all of it back. Answers whether it was seen to have its effect. */
export async function isSeen({ trigger, deed, seen }: Deed, { without }: { without: boolean }): Promise<boolean> {
  const drops = without ? [env.DB.prepare(`DROP TRIGGER ${trigger}`)] : [];
  const { sql, params } = seen();
  // The last statement always fails, and by the column that fails it answers.
  const end = env.DB.prepare(
    `INSERT INTO users (id, created_at) SELECT iif((${sql}), 'usr_without_a_date', NULL), NULL`,
  ).bind(...params);
  const text = await failureOf([...drops, ...deed(), end]);
  if (text.includes('NOT NULL constraint failed: users.created_at')) return true;
  if (text.includes('NOT NULL constraint failed: users.id')) return false;
  throw new Error(text);
}

async function failureOf(batch: D1PreparedStatement[]): Promise<string> {
  try {
    await env.DB.batch(batch);
  } catch (error) {
    return String(error);
  }
  throw new Error('was not taken back');
}

/** Laws that have a file of attacks of their own; every other one is tried in app/credits/laws.server.test.ts. */
const filesOfLaws = {
  /** app/credits/laws-of-money.server.test.ts */
  money: /^(purchases|reversals|referrals|share_visits|share_rewards)_|^entries_(9|1[0-3])_/,
  /** app/credits/laws-of-adjustments.server.test.ts */
  adjustments: /^(adjustments|admin_acts)_|^entries_15_/,
  /** app/admin/prompt/laws-of-prompt.server.test.ts */
  prompt: /^prompt_versions_|^generations_10_/,
  /** app/auth/laws-of-people.server.test.ts */
  people: /^(users|uploads)_|^generations_11_/,
  /** app/admin/overview/figures.server.test.ts: each is taken away and missed. */
  figures: /^(prompt_)?figures_/,
} as const;

/**
 * Of the laws that this database says it has, those that are this file's to try and were not. A new law belongs to `rest`
 * until it is named above, so none goes without an attack.
 */
export async function lawsNotTried({
  file,
  tried,
}: {
  file: keyof typeof filesOfLaws | 'rest';
  tried: readonly (string | undefined)[];
}): Promise<{ found: number; notTried: string[] }> {
  const { results } = await env.DB.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name").all<{
    name: string;
  }>();
  const fileOf = (name: string) => Object.entries(filesOfLaws).find(([, names]) => names.test(name))?.[0] ?? 'rest';
  const ours = results.map(({ name }) => name).filter((name) => fileOf(name) === file);
  return { found: ours.length, notTried: ours.filter((name) => !tried.includes(name)) };
}
