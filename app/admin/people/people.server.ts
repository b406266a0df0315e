import type { Database } from '~/db/client.server';
import { type IdKind, isId } from '~/db/ids';
import { all, batch, first, statement } from '~/db/statement';
import type { Found, PersonRow } from './people';

const mostFound = 50;
/** Sorts after every id of a person. */
const afterAllPeople = 'usr_~';

const columns = `u.id, p.name, p.email, u.created_at AS createdAt, u.suspended_at AS suspendedAt, u.deleted_at AS deletedAt,
  coalesce(a.balance, 0) AS balance, d.google_sub IS NOT NULL AS isAdmin`;
const others = 'LEFT JOIN credit_accounts a ON a.user_id = u.id LEFT JOIN admins d ON d.google_sub = p.google_sub';
const newest = `SELECT ${columns} FROM users u LEFT JOIN profiles p ON p.user_id = u.id ${others}
  WHERE u.id < ?1 ORDER BY u.id DESC LIMIT ?2`;
const one = `SELECT ${columns} FROM users u LEFT JOIN profiles p ON p.user_id = u.id ${others} WHERE u.id = ?1`;
// A prefix as a range, in the collation of the index: read in order, from the index alone.
const byEmail = `SELECT ${columns} FROM profiles p LEFT JOIN users u ON u.id = p.user_id ${others}
  WHERE p.email COLLATE NOCASE >= ?1 AND p.email COLLATE NOCASE < ?2 ORDER BY p.email COLLATE NOCASE LIMIT ?3`;
const byName = `SELECT ${columns} FROM profiles p LEFT JOIN users u ON u.id = p.user_id ${others}
  WHERE p.name COLLATE NOCASE >= ?1 AND p.name COLLATE NOCASE < ?2 ORDER BY p.name COLLATE NOCASE LIMIT ?3`;

/** The query for the owner of a row, by the kind of its id. */
const owners: Partial<Record<IdKind, string>> = {
  usr: 'SELECT id AS userId FROM users WHERE id = ?1',
  prj: 'SELECT user_id AS userId FROM projects WHERE id = ?1',
  clp: 'SELECT user_id AS userId FROM clips WHERE id = ?1',
  pho: 'SELECT user_id AS userId FROM uploads WHERE id = ?1',
  pur: 'SELECT user_id AS userId FROM purchases WHERE id = ?1',
  shr: 'SELECT user_id AS userId FROM shares WHERE id = ?1',
  adj: 'SELECT user_id AS userId FROM adjustments WHERE id = ?1',
  rfd: 'SELECT user_id AS userId FROM refund_requests WHERE id = ?1',
  gen: 'SELECT user_id AS userId FROM generations WHERE id = ?1',
};

type Row = Omit<PersonRow, 'isAdmin'> & { isAdmin: number };
const toPerson = (row: Row): PersonRow => ({ ...row, isAdmin: row.isAdmin === 1 });

/** Finds people by the beginning of a name or an e-mail, or by the id of anything they own. */
export function createPeople({ db }: { db: Database }) {
  async function byId(query: string): Promise<Found | null> {
    const [, word = '', rest = ''] = /^([a-z]{3})_(\w+)$/i.exec(query) ?? [];
    const kind = word.toLowerCase() as IdKind;
    const id = `${kind}_${rest.toUpperCase()}`;
    if (!isId(kind, id)) return null;
    if (kind === 'req') return { outcome: 'path', path: `/admin/log?request=${id}` };
    const owner = owners[kind] && (await first<{ userId: string }>(db, statement(owners[kind], id)));
    if (!owner) return { outcome: 'nothing' };
    if (kind === 'pur') return { outcome: 'path', path: `/admin/purchases/${id}` };
    if (kind === 'gen') return { outcome: 'path', path: `/admin/generations/${id}` };
    const clip = kind === 'clp' ? `?clip=${id}` : '';
    return { outcome: 'path', path: `/admin/people/${owner.userId}${clip}` };
  }

  return {
    /** Finds by the search text: the path of one page for an id, or a list of people. */
    async find(query: string): Promise<Found> {
      const thing = await byId(query);
      if (thing) return thing;
      const end = query + String.fromCodePoint(0x10ffff);
      const answers = await batch<Row>(
        db,
        [byEmail, byName].map((sql) => statement(sql, query, end, mostFound + 1)),
      );
      const rows = new Map(answers.flatMap((answer) => answer.slice(0, mostFound)).map((row) => [row.id, row]));
      if (rows.size === 0) return { outcome: 'nothing' };
      const hasMore = answers.some((answer) => answer.length > mostFound);
      return { outcome: 'people', people: [...rows.values()].map(toPerson), hasMore };
    },

    /** People, newest first, older than the id `before`. */
    async newest({ before, limit }: { before: string | null; limit: number }): Promise<PersonRow[]> {
      return (await all<Row>(db, statement(newest, before ?? afterAllPeople, limit))).map(toPerson);
    },

    /** One person, or null. */
    async one(userId: string): Promise<PersonRow | null> {
      const row = await first<Row>(db, statement(one, userId));
      return row && toPerson(row);
    },
  };
}
