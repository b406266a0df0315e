// Attacks on the laws of the schema: statements that a law must refuse, and that succeed without it. Effects of triggers,
// which must be missing without their trigger.
import { env } from 'cloudflare:workers';
import { brokenLaw } from '~/db/client.server';

export type Value = string | number | null;

export interface Attack {
  name: string;
  /** The law that refuses it; `refused` where a key, a check or a type does. */
  law: string;
  /** The trigger without which it succeeds, if there is one. */
  trigger?: string;
  /** Other triggers that refuse the attack too; they are dropped with it. */
  behind?: string[];
  /** Foreign keys refuse the attack too; they are deferred to the end of the batch, which is never reached. */
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

/** The outcome of a statement: the law that refused it, `refused` where a key, a check or a type did, or `done`. */
export async function outcomeOf(attack: () => D1PreparedStatement): Promise<string> {
  try {
    await attack().run();
    return 'done';
  } catch (error) {
    return brokenLaw(error) ?? 'refused';
  }
}

/** Runs the attack without its laws and rolls everything back. Returns `got through`, or the error of the refusal. */
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

/** What a trigger adds to the statements that fire it. */
export interface TriggerEffect {
  trigger: string;
  cause: () => D1PreparedStatement[];
  /** A condition in SQL that holds only after the effect. */
  effect: () => { sql: string; params: Value[] };
}

/** Runs the cause, with the trigger or without, and rolls everything back. Returns whether the effect was there. */
export async function hasEffect(
  { trigger, cause, effect }: TriggerEffect,
  { without }: { without: boolean },
): Promise<boolean> {
  const drops = without ? [env.DB.prepare(`DROP TRIGGER ${trigger}`)] : [];
  const { sql, params } = effect();
  // The last statement always fails; the column that fails tells whether the condition held.
  const end = env.DB.prepare(
    `INSERT INTO users (id, created_at) SELECT iif((${sql}), 'usr_without_a_date', NULL), NULL`,
  ).bind(...params);
  const text = await failureOf([...drops, ...cause(), end]);
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
  throw new Error('was not rolled back');
}

/** Laws whose attacks have a file of their own; app/credits/laws.server.test.ts attacks all others. */
const filesOfLaws = {
  /** app/db/laws-of-rows.server.test.ts */
  rows: /^(projects_[2345]|clips_(8|9|1[0-4])|photos_[1234]|uploads_[2346]|shares_[123]|share_visits_[234]|referral_codes_[123]|feedback_3|purchases_([78]|11)|sessions_[123]|users_7|steps_6|transitions_3|generations_(15|33))_/,
  /** app/credits/laws-of-money.server.test.ts */
  money:
    /^(purchases|reversals|referrals|share_visits|share_rewards|share_networks|reward_reversals)_|^entries_(9|1[0-3])_/,
  /** app/billing/laws-of-refunds.server.test.ts */
  refunds: /^refund_requests_/,
  /** app/billing/laws-of-fees.server.test.ts */
  fees: /^fees_/,
  /** app/credits/laws-of-adjustments.server.test.ts */
  adjustments: /^(adjustments|admin_acts)_|^entries_15_/,
  /** app/admin/laws-of-admins.server.test.ts */
  admins: /^(admins|profiles|guarded_settings|setting_changes|settings)_/,
  /** app/admin/prompt/laws-of-prompt.server.test.ts */
  prompt: /^prompt_versions_|^generations_10_/,
  /** app/auth/laws-of-people.server.test.ts */
  people: /^(users|uploads)_|^generations_(11|32)_/,
  /** app/generations/laws-of-costs.server.test.ts */
  costs: /^costs_|^generations_3[01]_/,
  /** app/db/laws-of-bounds.server.test.ts */
  bounds: /^bounds_/,
  /** app/admin/overview/figures.server.test.ts */
  figures: /^(prompt_)?figures_/,
} as const;

/**
 * The laws in the database that belong to this file and have no attack in it. A new law belongs to `rest` until it is
 * named above, so none goes without an attack.
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
