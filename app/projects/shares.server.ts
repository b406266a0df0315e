import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Rewards } from '~/credits/rewards.server';
import type { Base } from '~/db/base';
import { projects, shareRewards, shares, users } from '~/db/schema.server';
import { first, run, statement } from '~/db/statement';
import { previewKey } from '~/media/keys';
import type { MediaLinks } from '~/media/signed-url.server';
import { sizedUrl } from '~/photos/photo-sizes';
import type { Photos } from '~/photos/photos.server';
import type { SettingsReader } from '~/settings/settings.server';
import { findClipViews } from './clip-rows.server';
import { filmSeconds } from './film-length';
import type { ShareTokens } from './share-token.server';
import {
  type FilmClip,
  type SharedFilm,
  type ShareSheetView,
  type ShareView,
  shareDays,
  sharePath,
} from './share-views';
import type { ShareVisits } from './share-visits.server';

const day = 24 * 3_600_000;
type ShareRow = typeof shares.$inferSelect;

/** An open share with its film. */
export interface OpenShare {
  share: ShareRow;
  film: SharedFilm;
  /** The path of the picture that link previews show; null unless the owner has chosen one. */
  previewPath: string | null;
}

// A project has one open share, even after two concurrent calls.
const insertShare = `INSERT INTO shares (id, user_id, project_id, created_at, expires_at)
  SELECT ?1, p.user_id, p.id, ?4, ?5 FROM projects p
  WHERE p.id = ?3 AND p.user_id = ?2 AND p.deleted_at IS NULL
    AND EXISTS (SELECT 1 FROM clips c WHERE c.user_id = p.user_id AND c.project_id = p.id AND c.deleted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM shares s WHERE s.user_id = p.user_id AND s.project_id = p.id
      AND s.revoked_at IS NULL AND s.expires_at > ?4)`;

const countWatched = `SELECT count(*) AS n FROM share_visits WHERE share_id = ?1 AND watched_at IS NOT NULL`;

/** Shares: private links that play one film until they expire or are revoked. Only the owner makes and revokes them. */
export function createShares({
  base: { db, bucket, config, clock, newId },
  photos,
  links,
  tokens,
  visits,
  rewards,
  settings,
}: {
  base: Base;
  photos: Pick<Photos, 'framedJpeg'>;
  links: MediaLinks;
  tokens: ShareTokens;
  visits: ShareVisits;
  rewards: Pick<Rewards, 'rewardedFilms'>;
  settings: SettingsReader;
}) {
  const appOrigin = config.APP_ORIGIN;
  /** Visitors get the owner's clips with signed URLs that need no session, expire within minutes and end with the share. */
  const visitorLinks = (shareId: string): MediaLinks => ({
    ...links,
    ownerPath: (link) => links.sharePath({ ...link, shareId }),
  });
  const isOpen = () => and(isNull(shares.revokedAt), gt(shares.expiresAt, clock()));

  async function openOf({ userId, projectId }: { userId: string; projectId: string }): Promise<ShareRow | null> {
    const owned = and(eq(shares.userId, userId), eq(shares.projectId, projectId), isOpen());
    return (await db.select().from(shares).where(owned))[0] ?? null;
  }

  async function toShareView(row: ShareRow): Promise<ShareView> {
    const { id, expiresAt, views, previewClipId } = row;
    const watched = (await first<{ n: number }>(db, statement(countWatched, id)))?.n ?? 0;
    return { id, url: appOrigin + sharePath(tokens.tokenOf(id)), expiresAt, views, watched, previewClipId };
  }

  return {
    /** The project's open share, made now if there is none; `empty` for a project without photos. */
    async create({ userId, projectId, request }: { userId: string; projectId: string; request: Request }) {
      const now = clock();
      await run(db, statement(insertShare, newId('shr'), userId, projectId, now, now + shareDays * day));
      const row = await openOf({ userId, projectId });
      if (row) {
        // The owner's browser does not count as a visitor.
        await visits.markOwner({ shareId: row.id, request });
        return { outcome: 'shared' as const, share: await toShareView(row) };
      }
      const owned = and(eq(projects.id, projectId), eq(projects.userId, userId), isNull(projects.deletedAt));
      const [project] = await db.select({ id: projects.id }).from(projects).where(owned);
      return { outcome: project ? ('empty' as const) : ('not-found' as const) };
    },

    /** The data of the sheet for sharing; null for another person's project. */
    async sheet({ userId, projectId }: { userId: string; projectId: string }): Promise<ShareSheetView | null> {
      const owned = and(eq(projects.id, projectId), eq(projects.userId, userId), isNull(projects.deletedAt));
      const [[project], row, clips, [earned], rewarded, turned] = await Promise.all([
        db.select({ id: projects.id }).from(projects).where(owned),
        openOf({ userId, projectId }),
        findClipViews({ db, links, userId, projectId }),
        db.select().from(shareRewards).where(eq(shareRewards.projectId, projectId)),
        rewards.rewardedFilms(userId),
        settings.read(),
      ]);
      if (!project) return null;
      const { shareCredits: credits, shareViewers: viewers, shareRewardsPerMonth: most } = turned;
      return {
        share: row && (await toShareView(row)),
        photos: clips.map(({ id, photo }) => ({ clipId: id, url: sizedUrl(photo.url, 'small') })),
        reward: earned || credits === 0 ? null : { credits, viewers, most, left: Math.max(0, most - rewarded) },
      };
    },

    /** Revokes a share at once; revoking it again changes nothing. False for another person's share. */
    async revoke({ userId, shareId }: { userId: string; shareId: string }): Promise<boolean> {
      const owned = and(eq(shares.userId, userId), eq(shares.id, shareId));
      await db
        .update(shares)
        .set({ revokedAt: clock() })
        .where(and(owned, isNull(shares.revokedAt)));
      return (await db.select({ id: shares.id }).from(shares).where(owned)).length > 0;
    },

    /** Chooses the clip whose photo link previews show; null for none. `not-found` unless the person's share is open. */
    async choosePreview({ userId, shareId, clipId }: { userId: string; shareId: string; clipId: string | null }) {
      const owned = and(eq(shares.userId, userId), eq(shares.id, shareId), isOpen());
      const [row] = await db.select().from(shares).where(owned);
      if (!row) return { outcome: 'not-found' as const };
      if (clipId !== null) {
        const found = await findClipViews({ db, links, userId, projectId: row.projectId });
        const clip = found.find(({ id }) => id === clipId);
        const [project] = await db.select().from(projects).where(eq(projects.id, row.projectId));
        if (!clip || !project) return { outcome: 'not-found' as const };
        const { photo, frame } = clip;
        const framed = await photos.framedJpeg({ userId, photoId: photo.id, shape: project.shape, frame });
        if (framed.outcome === 'refused') return { outcome: 'not-found' as const };
        await bucket.put(previewKey({ userId, clipId }), framed.bytes);
      }
      await db.update(shares).set({ previewClipId: clipId }).where(owned);
      return { outcome: 'chosen' as const, share: await toShareView({ ...row, previewClipId: clipId }) };
    },

    /** The film of a token; null unless its share is open, its project exists and its owner has an active account. */
    async open(token: string): Promise<OpenShare | null> {
      const shareId = tokens.read(token);
      if (shareId === null) return null;
      const [found] = await db
        .select({ share: shares, title: projects.title, shape: projects.shape, trackId: projects.trackId })
        .from(shares)
        .innerJoin(projects, and(eq(projects.userId, shares.userId), eq(projects.id, shares.projectId)))
        .innerJoin(users, eq(users.id, shares.userId))
        .where(
          and(
            eq(shares.id, shareId),
            isOpen(),
            isNull(projects.deletedAt),
            isNull(users.deletedAt),
            isNull(users.suspendedAt),
          ),
        );
      if (!found) return null;
      const { share, ...film } = found;
      const { userId, projectId } = share;
      const clips = (await findClipViews({ db, links: visitorLinks(share.id), userId, projectId })).map(toFilmClip);
      const preview = clips.find(({ id }) => id === share.previewClipId);
      const key = preview && previewKey({ userId, clipId: preview.id });
      return {
        share,
        film: { ...film, clips, seconds: lengthOf(clips) },
        previewPath: key ? links.sharePath({ key, userId, shareId: share.id }) : null,
      };
    },
  };
}

/** The part of a clip that visitors may get: only what the player shows. */
function toFilmClip({ id, frame, photo: { url, width, height, colour }, approved }: FilmClip): FilmClip {
  const video = approved?.videoUrl ? approved : null;
  return {
    id,
    frame,
    photo: { url, width, height, colour },
    approved: video && { videoUrl: video.videoUrl, durationSeconds: video.durationSeconds },
  };
}

function lengthOf(clips: readonly FilmClip[]): number {
  const videos = clips.flatMap(({ approved }) => approved?.durationSeconds ?? []);
  return filmSeconds({ videos, stills: clips.length - videos.length });
}
