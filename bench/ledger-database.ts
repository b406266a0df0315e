import { codeStatement } from '../app/credits/rewards.ts';
import type { Mistake } from './ledger-operations.ts';
import { Database } from './simulator/database.ts';

/** The last one is an earlier account of the first one's Google account, deleted before anything happens. */
export const people = [0, 1, 2, 3];
export const former = { of: 0, who: 3 };
export const clipsEach = 2;

/** The database that every run begins from: people, the older first, each with a film, a code and a link. */
export function openLedgerDatabase(migrations: readonly string[], mistake: Mistake = {}): Database {
  const database = new Database(migrations);
  const add = (sql: string, ...params: (string | number)[]) => database.all(sql, params);
  for (const who of people) {
    // The earlier account comes later in the list, and keeps the account hash from before it was deleted.
    add('INSERT INTO users (id, created_at) VALUES (?, ?)', `usr_${who}`, who + 1);
    if (who === former.who) {
      add('UPDATE users SET deleted_at = 1 WHERE id = ?', `usr_${who}`);
      add('UPDATE users SET closed_at = 1 WHERE id = ?', `usr_${who}`);
      add('UPDATE users SET account_hash = ? WHERE id = ?', 'shared', `usr_${who}`);
    }
    if (who === former.of) add('UPDATE users SET account_hash = ? WHERE id = ?', 'shared', `usr_${who}`);
    add('INSERT INTO credit_accounts (user_id) VALUES (?)', `usr_${who}`);
    const code = codeStatement({ code: `code${who}`, userId: `usr_${who}`, now: 1 });
    database.all(code.sql, code.params);
    const film = [`prj_${who}`, `usr_${who}`] as const;
    add("INSERT INTO projects (id, user_id, title, created_at, updated_at) VALUES (?, ?, 'Summer', 1, 1)", ...film);
    add(
      'INSERT INTO shares (id, user_id, project_id, created_at, expires_at) VALUES (?, ?, ?, 1, 9e12)',
      `shr_${who}`,
      film[1],
      film[0],
    );
    for (let clip = 0; clip < clipsEach; clip += 1) {
      const photo = `pho_${who}_${clip}`;
      add(
        `INSERT INTO uploads (id, user_id, project_id, request_key, file_name, length_bytes, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?1, 'a.jpg', 1, 1, 2)`,
        ...[photo, film[1], film[0]],
      );
      add(
        `INSERT INTO photos (id, user_id, project_id, media_key, size_bytes, width, height, created_at)
         VALUES (?1, ?2, ?3, ?1, 1, 1080, 1440, 1)`,
        ...[photo, film[1], film[0]],
      );
      add(
        "INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at) VALUES (?, ?, ?, ?, 'a0', 1)",
        ...[`clp_${who}_${clip}`, film[1], film[0], photo],
      );
    }
  }
  database.exec(`INSERT INTO users (id, created_at, account_hash) VALUES ('usr_admin', 1, 'admin');
    INSERT INTO profiles (user_id, google_sub, email, name, updated_at) VALUES ('usr_admin', 'admin', 'a@b.c', 'A', 1);
    INSERT INTO admins (google_sub, granted_at) VALUES ('admin', 1)`);
  if (mistake.schema) database.exec(mistake.schema);
  return database;
}
