import type { Database } from '~/db/client.server';
import { first, type Statement, statement } from '~/db/statement';
import { type MediaSubject, subjectOf } from './keys';
import type { MediaLink } from './signed-url.server';

const notDeleted = `JOIN projects p ON p.user_id = c.user_id AND p.id = c.project_id AND p.deleted_at IS NULL
  JOIN users u ON u.id = c.user_id AND u.deleted_at IS NULL`;

const ownPhoto = `SELECT 1 AS shown FROM clips c ${notDeleted}
  WHERE c.user_id = ?1 AND c.photo_id = ?2 AND c.deleted_at IS NULL LIMIT 1`;
const ownVideo = `SELECT 1 AS shown FROM generations g
  JOIN clips c ON c.user_id = g.user_id AND c.id = g.clip_id AND c.deleted_at IS NULL ${notDeleted}
  WHERE g.user_id = ?1 AND g.id = ?2 AND g.erased_at IS NULL`;

/** An open share of a film that is not deleted, by a person who is not suspended. */
const sharedOf = (of: string, clip: string) => `SELECT 1 AS shown FROM shares s ${of}
  JOIN clips c ON c.user_id = s.user_id AND c.project_id = s.project_id AND c.deleted_at IS NULL AND ${clip} ${notDeleted}
  WHERE s.id = ?3 AND s.user_id = ?1 AND s.revoked_at IS NULL AND s.expires_at > ?4 AND u.suspended_at IS NULL LIMIT 1`;
const sharedPhoto = sharedOf('', 'c.photo_id = ?2');
const sharedVideo = sharedOf(
  'JOIN generations g ON g.id = ?2 AND g.user_id = s.user_id AND g.erased_at IS NULL',
  'c.id = g.clip_id AND c.approved_generation_id = g.id',
);
const sharedPreview = sharedOf('', 'c.id = ?2 AND c.id = s.preview_clip_id');

/** The read for a link; null where links of its purpose name no such object. `now` in ms. */
function readFor({ purpose, shareId }: MediaLink, { userId, kind, id }: MediaSubject, now: number): Statement | null {
  if (purpose === 'share') {
    const shared = { photo: sharedPhoto, video: sharedVideo, preview: sharedPreview, picture: null }[kind];
    return shared === null ? null : statement(shared, userId, id, shareId, now);
  }
  if (kind === 'photo') return statement(ownPhoto, userId, id);
  return kind === 'video' ? statement(ownVideo, userId, id) : null;
}

/**
 * True while what the link names may be shown: for its owner and for an admin while its clip is not deleted, for visitors
 * while the share is open and its film shows it. A provider's picture needs no row: it is deleted once its generation has
 * ended. One indexed read.
 */
export async function mayBeShown(db: Database, { link, now }: { link: MediaLink; now: number }): Promise<boolean> {
  if (link.purpose === 'provider') return true;
  const subject = subjectOf(link.key);
  const read = subject && readFor(link, subject, now);
  return read !== null && (await first<{ shown: 1 }>(db, read)) !== null;
}
