import type { AdminContext } from '~/admin/audit-log.server';
import { all, first, statement } from '~/db/statement';
import type { MediaLinks } from '~/media/signed-url.server';
import { accessMilliseconds, type MediaAccessView, type OpenedView } from './media-access';

const mostGenerations = 20;

// A clip that is deleted, by itself, with its film or with the account, cannot be opened: its owner could not be told.
const findClip = `SELECT c.user_id AS userId, p.name, CASE WHEN f.erased_at IS NULL THEN f.media_key END AS photoKey
  FROM clips c JOIN users u ON u.id = c.user_id LEFT JOIN profiles p ON p.user_id = c.user_id
    JOIN projects j ON j.user_id = c.user_id AND j.id = c.project_id
    JOIN photos f ON f.user_id = c.user_id AND f.id = c.photo_id
  WHERE c.id = ?1 AND c.deleted_at IS NULL AND j.deleted_at IS NULL AND u.deleted_at IS NULL`;
const findGenerations = `SELECT g.id, g.state_at AS at, g.provider, g.media_key AS mediaKey FROM generations g
  WHERE g.user_id = ?1 AND g.clip_id = ?2 AND g.state = 'ready' AND g.erased_at IS NULL ORDER BY g.id DESC LIMIT ?3`;
const findOpened = `SELECT subject, max(at) AS at, reason FROM admin_acts
  WHERE subject IN (SELECT value FROM json_each(?1)) AND admin_user_id = ?2 AND what IN ('photo-opened','clip-opened') AND at > ?3
  GROUP BY subject`;

interface Clip {
  userId: string;
  name: string | null;
  photoKey: string | null;
}
interface ReadyGeneration {
  id: string;
  at: number;
  provider: string;
  mediaKey: string;
}

interface Opened {
  subject: string;
  at: number;
  reason: string;
}

/**
 * An admin sees a photo or a clip only for a stated reason: the audit entry is written before anything is shown, the link
 * is made from it, and its owner reads it on the account page and in the photo privacy log.
 */
export function createMediaAccess(
  { db, auditLog, clock }: Pick<AdminContext, 'db' | 'auditLog' | 'clock'>,
  { links }: { links: Pick<MediaLinks, 'adminPath'> },
) {
  async function find(clipId: string): Promise<{ clip: Clip; generations: ReadyGeneration[] } | null> {
    const clip = await first<Clip>(db, statement(findClip, clipId));
    if (!clip) return null;
    const read = statement(findGenerations, clip.userId, clipId, mostGenerations);
    return { clip, generations: await all<ReadyGeneration>(db, read) };
  }

  return {
    /** What can be opened of a clip, and what this admin has open; null for a clip that is deleted or unknown. */
    async view({ adminId, clipId }: { adminId: string; clipId: string }): Promise<MediaAccessView | null> {
      const found = await find(clipId);
      if (!found) return null;
      const { clip, generations } = found;
      const keys = new Map(generations.map(({ id, mediaKey }) => [id, mediaKey]));
      if (clip.photoKey !== null) keys.set(clipId, clip.photoKey);
      const since = clock() - accessMilliseconds;
      const opened = await all<Opened>(db, statement(findOpened, JSON.stringify([...keys.keys()]), adminId, since));
      const open = opened.map(({ subject, at, reason }): OpenedView => {
        const until = at + accessMilliseconds;
        const url = links.adminPath({ key: keys.get(subject) ?? '', userId: adminId, until });
        return { subject, kind: subject === clipId ? 'photo' : 'clip', url, until, reason };
      });
      return {
        ...{ clipId, open },
        owner: { id: clip.userId, name: clip.name },
        hasPhoto: clip.photoKey !== null,
        generations: generations.map(({ id, at, provider }) => ({ id, at, provider })),
      };
    },

    /** Opens a clip's photo (`subject` is the clip) or one of its videos, for this admin and five minutes. */
    async open({
      adminId,
      clipId,
      subject,
      reason,
      requestId,
    }: {
      adminId: string;
      clipId: string;
      subject: string;
      reason: string;
      requestId: string;
    }): Promise<'opened' | 'not-found'> {
      const found = await find(clipId);
      const isPhoto = subject === clipId && found?.clip.photoKey;
      if (!found || (!isPhoto && !found.generations.some(({ id }) => id === subject))) return 'not-found';
      const { userId } = found.clip;
      const what = isPhoto ? 'photo-opened' : 'clip-opened';
      await auditLog.record({ what, adminId, userId, subject, reason, requestId });
      return 'opened';
    },
  };
}
