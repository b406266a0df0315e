import type { Database } from '~/db/client.server';
import { first, sameAccount, statement } from '~/db/statement';

// The same sum as in the law `uploads_1_storage` (migrations/0026_photo_sizes.sql), which refuses a photo beyond the room.
const sumStored = `SELECT
  (SELECT coalesce(sum(max(p.size_bytes + coalesce(p.smaller_bytes, 0), 100000)), 0) FROM photos p
    WHERE p.user_id IN ${sameAccount('?1')} AND p.erased_at IS NULL)
  + (SELECT coalesce(sum(max(g.media_bytes, 100000)), 0) FROM generations g
    WHERE g.user_id IN ${sameAccount('?1')} AND g.media_bytes IS NOT NULL AND g.erased_at IS NULL)
  + (SELECT coalesce(sum(max(u.length_bytes, 100000)), 0) FROM uploads u
    WHERE u.user_id IN ${sameAccount('?1')} AND u.state = 'open') AS bytes`;

/**
 * The bytes that a person's photos and clips take up until they are erased, over all accounts of their Google account. Each
 * counts as 100 kB at least, so the setting `storageMegabytes` bounds the rows that this reads.
 */
export async function storedBytes(db: Database, userId: string): Promise<number> {
  return (await first<{ bytes: number }>(db, statement(sumStored, userId)))?.bytes ?? 0;
}
