import type { Database } from '~/db/client.server';
import { type IdKind, isId } from '~/db/ids';
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
// From the first letters to the last that begins with them, as the index spells it: read in order, from the index alone.
const byEmail = `SELECT ${columns} FROM profiles p LEFT JOIN users u ON u.id = p.user_id ${others}
  WHERE p.email COLLATE NOCASE >= ?1 AND p.email COLLATE NOCASE < ?2 ORDER BY p.email COLLATE NOCASE LIMIT ?3`;
const byName = `SELECT ${columns} FROM profiles p LEFT JOIN users u ON u.id = p.user_id ${others}
  WHERE p.name COLLATE NOCASE >= ?1 AND p.name COLLATE NOCASE < ?2 ORDER BY p.name COLLATE NOCASE LIMIT ?3`;

/** Whose it is, by what an id stands for. */
const owners: Partial<Record<IdKind, string>> = {
  usr: 'SELECT id AS userId FROM users WHERE id = ?1',
  prj: 'SELECT user_id AS userId FROM projects WHERE id = ?1',
  clp: 'SELECT user_id AS userId FROM clips WHERE id = ?1',
  pho: 'SELECT user_id AS userId FROM uploads WHERE id = ?1',
  pur: 'SELECT user_id AS userId FROM purchases WHERE id = ?1',
  shr: 'SELECT user_id AS userId FROM shares WHERE id = ?1',
  adj: 'SELECT user_id AS userId FROM adjustments WHERE id = ?1',
  gen: 'SELECT user_id AS userId FROM generations WHERE id = ?1',
};

type Row = Omit<PersonRow, 'isAdmin'> & { isAdmin: number };
const toPerson = (row: Row): PersonRow => ({ ...row, isAdmin: row.isAdmin === 1 });

/** Finds people: by how their name or e-mail begins, or by the id of anything that is theirs. */
export function createPeople({ db }: { db: Database }) {
  const run = (sql: string, ...values: (string | number)[]) => db.$client.prepare(sql).bind(...values);

  async function byId(asked: string): Promise<Found | null> {
    const [, word = '', rest = ''] = /^([a-z]{3})_(\w+)$/i.exec(asked) ?? [];
    const kind = word.toLowerCase() as IdKind;
    const id = `${kind}_${rest.toUpperCase()}`;
    if (!isId(kind, id)) return null;
    if (kind === 'req') return { outcome: 'there', path: `/admin/log?request=${id}` };
    const owner = owners[kind] && (await run(owners[kind], id).first<{ userId: string }>());
    if (!owner) return { outcome: 'nothing' };
    if (kind === 'gen') return { outcome: 'there', path: `/admin/generations/${id}` };
    const clip = kind === 'clp' ? `?clip=${id}` : '';
    return { outcome: 'there', path: `/admin/people/${owner.userId}${clip}` };
  }

  return {
    /** Where this leads: `asked` is what stands in the search box. */
    async find(asked: string): Promise<Found> {
      const thing = await byId(asked);
      if (thing) return thing;
      const upTo = asked + String.fromCodePoint(0x10ffff);
      const answers = await db.$client.batch<Row>([byEmail, byName].map((sql) => run(sql, asked, upTo, mostFound + 1)));
      const rows = new Map(answers.flatMap(({ results }) => results.slice(0, mostFound)).map((row) => [row.id, row]));
      if (rows.size === 0) return { outcome: 'nothing' };
      const hasMore = answers.some(({ results }) => results.length > mostFound);
      return { outcome: 'people', people: [...rows.values()].map(toPerson), hasMore };
    },

    /** People, newest first; `before` is the id of the last one that was shown. */
    async newest({ before, limit }: { before: string | null; limit: number }): Promise<PersonRow[]> {
      const { results } = await run(newest, before ?? afterAllPeople, limit).all<Row>();
      return results.map(toPerson);
    },

    /** One person; null for an id that nobody has. */
    async one(userId: string): Promise<PersonRow | null> {
      const row = await run(one, userId).first<Row>();
      return row && toPerson(row);
    },
  };
}
