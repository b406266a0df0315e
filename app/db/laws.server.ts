import { createHash } from 'node:crypto';

/** The fingerprint of every trigger after the last migration (app/db/laws.server.test.ts says the new one). */
export const lawsFingerprint = '5c83ae1277b5183a';

/** The migrations that the build expects, in their order (the same test compares them with `migrations/`). */
export const migrationNames = [
  '0000_house.sql',
  '0001_laws.sql',
  '0002_erasure.sql',
  '0003_cleaned.sql',
  '0004_money.sql',
  '0005_laws_of_money.sql',
  '0006_desk.sql',
  '0007_laws_of_the_desk.sql',
  '0008_beacon.sql',
  '0009_cursors.sql',
  '0010_accounts.sql',
  '0011_limits.sql',
  '0012_gifts.sql',
  '0013_second_admin.sql',
  '0014_bounds.sql',
  '0015_laws_of_rows.sql',
  '0016_open_checkouts.sql',
  '0017_rewards.sql',
  '0018_left_as_photo.sql',
  '0019_stops.sql',
  '0020_gifts_of_admins.sql',
  '0021_attempts.sql',
  '0022_traces.sql',
  '0023_frame_turn.sql',
  '0024_costs.sql',
  '0025_account_deletion.sql',
  '0026_photo_sizes.sql',
  '0027_desk_refunds.sql',
  '0028_true_figures.sql',
  '0029_maintenance.sql',
  '0030_same_photo.sql',
  '0031_stripe_fees.sql',
  '0032_failed_refunds.sql',
  '0033_no_defaults_behind_laws.sql',
] as const;

/** The nouns with which the laws begin, as the migrations raise them (`RAISE(ABORT, 'ledger:overdraft')`). */
export const lawNouns = [
  'adjustment',
  'clip',
  'cost',
  'desk',
  'fee',
  'feedback',
  'generation',
  'ledger',
  'person',
  'photo',
  'project',
  'purchase',
  'referral',
  'refund',
  'reversal',
  'session',
  'setting',
  'share',
  'timeline',
  'upload',
] as const;

const triggers = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name";
const appliedMigrations = 'SELECT name FROM d1_migrations ORDER BY id';

/** Whether the database has the laws and migrations that the build expects. `missing`: migrations that were not applied. */
export interface SchemaState {
  areLawsRight: boolean;
  fingerprint: string;
  missing: string[];
  last: string;
}

/**
 * Compares triggers and migrations with those of the build: rebuilding a table drops its triggers silently. Throws if the
 * database does not answer or has no table of migrations.
 */
export async function stateOfSchema(database: D1Database): Promise<SchemaState> {
  const [laws, applied] = await database.batch<Record<string, string>>([
    database.prepare(triggers),
    database.prepare(appliedMigrations),
  ]);
  const fingerprint = fingerprintOf((laws?.results ?? []) as { sql: string }[]);
  const names = (applied?.results ?? []).map(({ name }) => name ?? '');
  const missing = migrationNames.filter((name) => !names.includes(name));
  return { areLawsRight: fingerprint === lawsFingerprint, fingerprint, missing, last: names.at(-1) ?? 'none' };
}

function fingerprintOf(rows: readonly { sql: string }[]): string {
  const text = rows.map(({ sql }) => sql.replace(/\s+/g, ' ').trim()).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
