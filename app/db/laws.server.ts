import { createHash } from 'node:crypto';

/** The fingerprint of every trigger after the last migration (app/db/laws.server.test.ts says the new one). */
export const lawsFingerprint = 'd74e7b3af5e880b0';

/** What the triggers of this database amount to. Rebuilding a table drops its triggers silently: this would show it. */
export async function fingerprintOfLaws(database: D1Database): Promise<string> {
  const { results } = await database
    .prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")
    .all<{ sql: string }>();
  const text = results.map(({ sql }) => sql.replace(/\s+/g, ' ').trim()).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
