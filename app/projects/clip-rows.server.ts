import { and, asc, eq, isNull } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Database } from '~/db/client.server';
import { clips, generations, photos } from '~/db/schema.server';
import type { MediaLinks } from '~/media/signed-url.server';
import { type ClipView, clipStatus, type GenerationView } from './views';

// Only what pages show, thrice: D1 gives at most 100 columns in one answer.
const viewed = ({
  id,
  userId,
  state,
  progress,
  providerStatus,
  createdAt,
  stateAt,
  durationSeconds,
  presetId,
  words,
  cost,
  failureReason,
  mediaKey,
  erasedAt,
}: typeof generations) => ({
  id,
  userId,
  state,
  progress,
  providerStatus,
  createdAt,
  stateAt,
  durationSeconds,
  presetId,
  words,
  cost,
  failureReason,
  mediaKey,
  erasedAt,
});

/** The columns of a generation that a page may learn something from. */
export type GenerationRow = Pick<typeof generations.$inferSelect, keyof ReturnType<typeof viewed>>;

const latest = alias(generations, 'latest') as unknown as typeof generations;
const ready = alias(generations, 'ready') as unknown as typeof generations;
const approved = alias(generations, 'approved') as unknown as typeof generations;

/** One query for clips with their photo and the three tries that matter; the caller adds `where`. */
export function selectClips(db: Database) {
  return db
    .select({ clip: clips, photo: photos, latest: viewed(latest), ready: viewed(ready), approved: viewed(approved) })
    .from(clips)
    .innerJoin(photos, and(eq(photos.userId, clips.userId), eq(photos.id, clips.photoId)))
    .leftJoin(latest, eq(latest.id, clips.latestGenerationId))
    .leftJoin(ready, eq(ready.id, clips.readyGenerationId))
    .leftJoin(approved, eq(approved.id, clips.approvedGenerationId));
}

/** The clips of a project in their order. */
export function selectClipsOfProject(db: Database, { userId, projectId }: { userId: string; projectId: string }) {
  return selectClips(db)
    .where(and(eq(clips.userId, userId), eq(clips.projectId, projectId), isNull(clips.deletedAt)))
    .orderBy(asc(clips.position), asc(clips.id));
}

/** One clip of a person as pages see it, or null when it is not theirs or was deleted. */
export async function findClipView({
  db,
  links,
  userId,
  clipId,
}: {
  db: Database;
  links: MediaLinks;
  userId: string;
  clipId: string;
}) {
  const [row] = await selectClips(db).where(
    and(eq(clips.userId, userId), eq(clips.id, clipId), isNull(clips.deletedAt)),
  );
  return row ? toClipView(row, links) : null;
}

/** A generation as pages see it: no provider words, a signed URL instead of the key. */
export function toGenerationView(row: GenerationRow, links: MediaLinks): GenerationView {
  return {
    id: row.id,
    state: row.state,
    progress: row.progress,
    heldBack: row.providerStatus === 'throttled' || row.providerStatus === 'held-back',
    createdAt: row.createdAt,
    stateAt: row.stateAt,
    durationSeconds: row.durationSeconds,
    presetId: row.presetId,
    words: row.words,
    cost: row.cost,
    failureReason: row.failureReason,
    videoUrl: row.mediaKey && row.erasedAt === null ? links.ownerPath({ key: row.mediaKey, userId: row.userId }) : null,
  };
}

type ClipRow = {
  clip: typeof clips.$inferSelect;
  photo: typeof photos.$inferSelect;
  latest: GenerationRow | null;
  ready: GenerationRow | null;
  approved: GenerationRow | null;
};

/** A clip as pages see it. */
export function toClipView({ clip, photo, latest, ready, approved }: ClipRow, links: MediaLinks): ClipView {
  const view = (row: GenerationRow | null) => row && toGenerationView(row, links);
  return {
    id: clip.id,
    projectId: clip.projectId,
    position: clip.position,
    version: clip.version,
    status: clipStatus({ latest: latest?.state ?? null, hasReady: ready !== null }),
    photo: {
      id: photo.id,
      url: links.ownerPath({ key: photo.mediaKey, userId: photo.userId }),
      width: photo.width,
      height: photo.height,
      takenAt: photo.takenAt,
    },
    frame: { x: clip.frameX, y: clip.frameY, zoom: clip.frameZoom },
    presetId: clip.presetId,
    words: clip.words,
    latest: view(latest),
    ready: view(ready),
    approved: view(approved),
  };
}
