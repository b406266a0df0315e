import { and, asc, eq, isNull, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { defineRead } from '~/db/reads.server';
import { clips, generations, photos } from '~/db/schema.server';
import { stoppingOf } from '~/generations/stop';
import type { MediaLinks } from '~/media/signed-url.server';
import { frameOf } from '~/photos/frame';
import { type ClipView, clipStatus, type GenerationView } from './views';

/** A clip with its photo. */
const clipFields = {
  id: clips.id,
  userId: clips.userId,
  projectId: clips.projectId,
  position: clips.position,
  version: clips.version,
  frameX: clips.frameX,
  frameY: clips.frameY,
  frameZoom: clips.frameZoom,
  frameTurn: clips.frameTurn,
  frameTilt: clips.frameTilt,
  frameOrigin: clips.frameOrigin,
  presetId: clips.presetId,
  words: clips.words,
  leftAsPhotoAt: clips.leftAsPhotoAt,
  keptApartAt: clips.keptApartAt,
  createdAt: clips.createdAt,
  latestId: clips.latestGenerationId,
  readyId: clips.readyGenerationId,
  approvedId: clips.approvedGenerationId,
  photoId: photos.id,
  photoKey: photos.mediaKey,
  width: photos.width,
  height: photos.height,
  takenAt: photos.takenAt,
  colour: photos.colour,
};

/** The columns of a generation that its view is made of. */
const generationFields = {
  id: generations.id,
  userId: generations.userId,
  state: generations.state,
  progress: generations.progress,
  providerStatus: generations.providerStatus,
  createdAt: generations.createdAt,
  stateAt: generations.stateAt,
  durationSeconds: generations.durationSeconds,
  presetId: generations.presetId,
  words: generations.words,
  cost: generations.cost,
  gift: generations.gift,
  giftBy: generations.giftBy,
  submits: generations.submits,
  submitNonce: generations.submitNonce,
  providerTaskId: generations.providerTaskId,
  canStop: generations.canStop,
  failureReason: generations.failureReason,
  mediaKey: generations.mediaKey,
  erasedAt: generations.erasedAt,
};

export type GenerationRow = Pick<typeof generations.$inferSelect, keyof typeof generationFields>;

/** Clips in their order, and their latest, ready and approved generations; often one row is all three. */
const readsOf = <Given extends string>(
  given: Given[],
  where: (given: Record<Given, Placeholder>) => SQL | undefined,
) => ({
  clips: defineRead(given, clipFields, (query, open) =>
    query
      .from(clips)
      .innerJoin(photos, and(eq(photos.userId, clips.userId), eq(photos.id, clips.photoId)))
      .where(where(open))
      .orderBy(asc(clips.position), asc(clips.id)),
  ),
  generations: defineRead(given, generationFields, (query, open) =>
    query
      .from(clips)
      .innerJoin(
        generations,
        sql`${generations.id} IN (${clips.latestGenerationId}, ${clips.readyGenerationId}, ${clips.approvedGenerationId})`,
      )
      .where(where(open)),
  ),
});

const ofProject = readsOf(['userId', 'projectId'], (given) =>
  and(eq(clips.userId, given.userId), eq(clips.projectId, given.projectId), isNull(clips.deletedAt)),
);

const ofClip = readsOf(['userId', 'clipId'], (given) =>
  and(eq(clips.userId, given.userId), eq(clips.id, given.clipId), isNull(clips.deletedAt)),
);

interface Reader {
  db: Database;
  links: MediaLinks;
}

/** The views of a project's clips, in their order. */
export function findClipViews({
  userId,
  projectId,
  ...reader
}: Reader & { userId: string; projectId: string }): Promise<ClipView[]> {
  return read(reader, ofProject, { userId, projectId });
}

/** The view of one clip; null for another person's or a deleted one. */
export async function findClipView({
  userId,
  clipId,
  ...reader
}: Reader & { userId: string; clipId: string }): Promise<ClipView | null> {
  const [clip] = await read(reader, ofClip, { userId, clipId });
  return clip ?? null;
}

async function read<Given extends string>(
  { db, links }: Reader,
  reads: ReturnType<typeof readsOf<Given>>,
  given: Record<Given, string>,
): Promise<ClipView[]> {
  const [rows, generations] = await Promise.all([db.ask(reads.clips, given), db.ask(reads.generations, given)]);
  const views = new Map(generations.map((row) => [row.id, toGenerationView(row, links)]));
  const view = (id: string | null) => views.get(id ?? '') ?? null;
  return rows.map((row) => {
    const [latest, ready, approved] = [view(row.latestId), view(row.readyId), view(row.approvedId)];
    const isLeftAsPhoto = row.leftAsPhotoAt !== null && row.leftAsPhotoAt >= (latest?.stateAt ?? 0);
    return {
      id: row.id,
      projectId: row.projectId,
      position: row.position,
      version: row.version,
      status: clipStatus({ latest: latest?.state ?? null, hasReady: ready !== null, isLeftAsPhoto }),
      isLeftAsPhoto,
      addedAt: row.createdAt,
      keptApartAt: row.keptApartAt,
      photo: {
        id: row.photoId,
        url: links.ownerPath({ key: row.photoKey, userId: row.userId }),
        width: row.width,
        height: row.height,
        takenAt: row.takenAt,
        colour: row.colour,
      },
      frame: frameOf(row),
      frameOrigin: row.frameOrigin,
      presetId: row.presetId,
      words: row.words,
      latest,
      ready,
      approved,
    };
  });
}

/** The view of a generation: without the provider's texts, with a signed URL instead of the media key. */
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
    paidBy: row.gift === null ? 'credits' : row.giftBy === null ? 'gift' : 'admin',
    stopping: stoppingOf(row),
    failureReason: row.failureReason,
    videoUrl: row.mediaKey && row.erasedAt === null ? links.ownerPath({ key: row.mediaKey, userId: row.userId }) : null,
  };
}
