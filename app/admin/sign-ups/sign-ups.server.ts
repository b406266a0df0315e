import type { AdminContext } from '~/admin/audit-log.server';
import { all, batch, first, statement } from '~/db/statement';
import type { Live } from '~/live/channel.server';
import type { SettingsReader } from '~/settings/settings.server';
import { type Cluster, type ClusterKey, type ClusterPerson, clusterId } from './sign-ups';

const day = 24 * 60 * 60_000;
const daysShown = 7;
const mostClusters = 50;
const mostPeople = 500;
/** Channels that are closed at a time. */
const atOnce = 25;

const clusters = (column: 'network_hash' | 'device_hash', by: Cluster['by']) =>
  `SELECT '${by}' AS by, a.${column} AS hash, a.at / 86400000 AS day, count(*) AS count,
    sum(u.suspended_at IS NOT NULL) AS suspended, min(a.at) AS firstAt, max(a.at) AS lastAt
  FROM arrivals a INDEXED BY arrivals_newest JOIN users u ON u.id = a.user_id WHERE a.at > ?1
  GROUP BY hash, day HAVING count(*) >= ?2 ORDER BY day DESC, count DESC LIMIT ${mostClusters}`;
const byNetwork = clusters('network_hash', 'network');
const byDevice = clusters('device_hash', 'device');
const members = (column: 'network_hash' | 'device_hash') =>
  `SELECT u.id, p.name, p.email, a.at, u.suspended_at AS suspendedAt, u.deleted_at AS deletedAt,
    d.google_sub IS NOT NULL AS isAdmin
  FROM arrivals a JOIN users u ON u.id = a.user_id LEFT JOIN profiles p ON p.user_id = u.id
    LEFT JOIN admins d ON d.google_sub = p.google_sub
  WHERE a.${column} = ?1 AND a.at >= ?2 AND a.at < ?3 ORDER BY a.at LIMIT ${mostPeople}`;
const membersOf = { network: members('network_hash'), device: members('device_hash') };
const suspend = `UPDATE users SET suspended_at = ?2
  WHERE id IN (SELECT value FROM json_each(?1)) AND suspended_at IS NULL AND deleted_at IS NULL`;
// The people whom the statement before has suspended.
const noteSuspended = `INSERT INTO admin_acts (at, admin_user_id, what, user_id, subject, reason, request_id)
  SELECT ?2, ?3, 'suspended', u.id, ?4, ?5, ?6 FROM users u
  WHERE u.id IN (SELECT value FROM json_each(?1)) AND u.suspended_at = ?2`;
/** Whom the act for all has suspended, and nobody has lifted or suspended anew since. */
const stillSuspended = `SELECT u.id FROM admin_acts a JOIN users u ON u.id = a.user_id AND u.suspended_at = a.at
  WHERE a.subject = ?1 AND a.what = 'suspended'`;
const noteLifted = `INSERT INTO admin_acts (at, admin_user_id, what, user_id, subject, reason, request_id)
  SELECT ?2, ?3, 'lifted', s.id, ?1, ?4, ?5 FROM (${stillSuspended}) s`;
const lift = `UPDATE users SET suspended_at = NULL WHERE id IN (${stillSuspended})`;
const countStill = `SELECT count(*) AS count FROM (${stillSuspended})`;

interface Act extends ClusterKey {
  adminId: string;
  reason: string;
  requestId: string;
}

/** Bursts of sign-ups, and one act for all people of one. Nothing is deleted, and the act can be taken back. */
export function createSignUps(
  { db, clock }: Pick<AdminContext, 'db' | 'clock'>,
  { live, settings }: { live: Pick<Live, 'signOut'>; settings: SettingsReader },
) {
  const peopleOf = ({ by, hash, day: at }: ClusterKey) =>
    all<ClusterPerson>(db, statement(membersOf[by], hash, at * day, (at + 1) * day));

  return {
    /** The clusters of seven days that are as large as the settings say, newest day first. */
    async clusters(): Promise<Cluster[]> {
      const { signUpsPerNetwork, signUpsPerDevice } = await settings.read();
      const since = clock() - daysShown * day;
      const found = await batch<Cluster>(db, [
        statement(byNetwork, since, signUpsPerNetwork),
        statement(byDevice, since, signUpsPerDevice),
      ]);
      return found.flat().sort((a, b) => b.day - a.day || b.count - a.count);
    },

    people: peopleOf,

    /** How many people of the cluster are suspended by the act for all. */
    suspendedTogether: async (key: ClusterKey): Promise<number> =>
      (await first<{ count: number }>(db, statement(countStill, clusterId(key))))?.count ?? 0,

    /** Suspends everybody of the cluster, but no admin, and closes their open pages. */
    async suspendAll({ adminId, reason, requestId, ...key }: Act): Promise<'all-suspended' | 'already-so'> {
      const people = (await peopleOf(key)).filter(
        ({ suspendedAt, deletedAt, isAdmin }) => suspendedAt === null && deletedAt === null && isAdmin === 0,
      );
      if (people.length === 0) return 'already-so';
      const ids = JSON.stringify(people.map(({ id }) => id));
      const now = clock();
      await batch(db, [
        statement(suspend, ids, now),
        statement(noteSuspended, ids, now, adminId, clusterId(key), reason, requestId),
      ]);
      for (let from = 0; from < people.length; from += atOnce)
        await Promise.all(
          people.slice(from, from + atOnce).map(({ id: userId }) => live.signOut({ userId, session: null })),
        );
      return 'all-suspended';
    },

    /** Takes the act for all back: those whom it suspended, and whom nobody has suspended anew. */
    async liftAll({ adminId, reason, requestId, ...key }: Act): Promise<'all-lifted' | 'already-so'> {
      const id = clusterId(key);
      if ((await this.suspendedTogether(key)) === 0) return 'already-so';
      await batch(db, [statement(noteLifted, id, clock(), adminId, reason, requestId), statement(lift, id)]);
      return 'all-lifted';
    },
  };
}
