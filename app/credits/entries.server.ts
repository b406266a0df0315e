import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm';
import { type AnySQLiteColumn, alias } from 'drizzle-orm/sqlite-core';
import type { Database } from '~/db/client.server';
import {
  adjustments,
  clips,
  creditEntries,
  generations,
  photos,
  projects,
  purchases,
  reversals,
  rewardReversals,
} from '~/db/schema.server';
import { type EntryFacts, type EntryKind, entryKinds, type PurchaseFacts } from './entry-words';

/** One line of the person's credit history. */
export interface EntryView extends EntryFacts {
  seq: number;
  /** Milliseconds since 1970. */
  at: number;
  balanceAfter: number;
  /** The purchase, with its refunds and disputes so far. */
  purchase: (PurchaseFacts & { id: string; receiptUrl: string | null }) | null;
  /** The film of the entry; `isOpen` is false once it was deleted. */
  film: { projectId: string; title: string; isOpen: boolean } | null;
  /** The photo of the entry; `mediaKey` is null once the photo is erased, `isOpen` false once its clip was deleted. */
  photo: { clipId: string; mediaKey: string | null; isOpen: boolean } | null;
}

export interface EntriesAsked {
  userId: string;
  kind?: EntryKind;
  /** Only entries older than this one. */
  beforeSeq?: number;
  limit: number;
}

/**
 * Entries newest first. An index finds the entries by person and seq, or by person, kind and seq, and each joined row by
 * its key, so the rows read grow with `limit` alone.
 */
export async function findEntries(
  db: Database,
  { userId, kind, beforeSeq, limit }: EntriesAsked,
): Promise<EntryView[]> {
  // A second try has its generation as reference, a share its project; a reversal's id is in the entry's key.
  const generationId = sql`coalesce(${creditEntries.generationId}, ${part('second-try:', creditEntries.reference)})`;
  const projectId = sql`coalesce(${clips.projectId}, ${part('share:', creditEntries.reference)})`;
  const reversalId = sql`coalesce(${part('clawback:', sql`substr(${creditEntries.key}, 10)`)}, ${part('reinstated:', sql`substr(${creditEntries.key}, 12)`)})`;
  // A reward that went back belongs to the person, and is caused by a reversal of the friend's purchase.
  const cause = alias(reversals, 'cause');
  const mine = ({ userId: owner }: { userId: AnySQLiteColumn }) => eq(owner, creditEntries.userId);
  const rows = await db
    .select({
      entry: creditEntries,
      failureReason: generations.failureReason,
      clipId: clips.id,
      clipDeletedAt: clips.deletedAt,
      mediaKey: photos.mediaKey,
      photoErasedAt: photos.erasedAt,
      projectId: projects.id,
      title: projects.title,
      projectDeletedAt: projects.deletedAt,
      purchase: purchases,
      // An index finds the few reversals of a purchase.
      owed: sql<number>`(SELECT coalesce(sum(r.credits - r.moved), 0) FROM ${reversals} r WHERE r.purchase_id = ${purchases.id})`,
      reversal: reversals,
      rewardReversal: rewardReversals,
      causeReason: cause.reason,
      adjustmentReason: adjustments.reason,
    })
    .from(creditEntries)
    .leftJoin(generations, and(eq(generations.id, generationId), mine(generations)))
    .leftJoin(clips, and(eq(clips.id, generations.clipId), mine(clips)))
    .leftJoin(photos, and(eq(photos.id, clips.photoId), mine(photos)))
    .leftJoin(projects, and(eq(projects.id, projectId), mine(projects)))
    .leftJoin(purchases, and(eq(purchases.id, creditEntries.reference), mine(purchases)))
    .leftJoin(reversals, and(eq(reversals.id, reversalId), mine(reversals)))
    .leftJoin(rewardReversals, and(eq(rewardReversals.id, reversalId), mine(rewardReversals)))
    .leftJoin(cause, eq(cause.id, rewardReversals.reversalId))
    .leftJoin(adjustments, and(eq(adjustments.id, part('adjustment:adj_', creditEntries.reference)), mine(adjustments)))
    .where(
      and(
        eq(creditEntries.userId, userId),
        kind && eq(creditEntries.kind, kind),
        beforeSeq === undefined ? undefined : lt(creditEntries.seq, beforeSeq),
      ),
    )
    .orderBy(desc(creditEntries.seq))
    .limit(limit);
  return rows.map(({ entry, failureReason, purchase, reversal, adjustmentReason, rewardReversal, ...row }) => {
    const { key, seq, kind, delta, balanceAfter, reference } = entry;
    const isProjectOpen = row.projectDeletedAt === null;
    return {
      ...{ key, seq, at: entry.createdAt, kind, delta, balanceAfter, reference, failureReason },
      film:
        row.projectId && row.title !== null
          ? { projectId: row.projectId, title: row.title, isOpen: isProjectOpen }
          : null,
      photo: row.clipId
        ? {
            clipId: row.clipId,
            mediaKey: row.photoErasedAt === null ? row.mediaKey : null,
            isOpen: isProjectOpen && row.clipDeletedAt === null,
          }
        : null,
      purchase: purchase && { ...purchase, owed: row.owed },
      reversal: reversal && { reason: reversal.reason, spentBefore: reversal.credits - reversal.moved },
      rewardReversal: rewardReversal && {
        side: rewardReversal.userId === rewardReversal.referredUserId ? ('friend' as const) : ('host' as const),
        reason: row.causeReason ?? ('refund' as const),
        credits: rewardReversal.credits,
        spentBefore: rewardReversal.credits - rewardReversal.moved,
      },
      adjustment: adjustmentReason === null ? null : { reason: adjustmentReason },
    };
  });
}

/** The kinds of this person's entries, by one index look-up for each kind, however many entries there are. */
export async function findKinds(db: Database, userId: string): Promise<EntryKind[]> {
  const found = await db.all<{ kind: EntryKind }>(sql`
    WITH RECURSIVE found(kind) AS (
      SELECT min(kind) FROM ${creditEntries} WHERE user_id = ${userId}
      UNION ALL
      SELECT (SELECT min(e.kind) FROM ${creditEntries} e WHERE e.user_id = ${userId} AND e.kind > found.kind) FROM found
      WHERE found.kind IS NOT NULL
    ) SELECT kind FROM found WHERE kind IS NOT NULL`);
  const kinds = new Set(found.map(({ kind }) => kind));
  return entryKinds.filter((kind) => kinds.has(kind));
}

/** `value` for entries whose key begins with `prefix`, else NULL. */
function part(prefix: string, value: unknown): SQL {
  return sql`CASE WHEN ${creditEntries.key} LIKE ${`${prefix}%`} THEN ${value} END`;
}
