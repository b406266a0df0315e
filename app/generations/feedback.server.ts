import { and, eq, isNull } from 'drizzle-orm';
import type { Ledger } from '~/credits/ledger.server';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { clips, creditEntries, generations } from '~/db/schema.server';
import type { SettingsReader } from '~/settings/settings.server';
import type { ComplaintOutcome, ComplaintReason, SecondTry } from './feedback';
import type { Generations } from './generations.server';
import type { StartOutcome } from './start';

/** What a person says about a try. `requestKey` as for any try: the same for every repeat. */
export interface Complaint {
  userId: string;
  generationId: string;
  requestKey: string;
  reason: ComplaintReason;
  words: string;
  /** The request by which they answer (StartRequest). */
  requestId?: string | undefined;
}

const keyOf = (clipId: string) => `second-try:${clipId}`;

/** What people say about their clips, and the one second try per clip that an answer gets for nothing. */
export function createFeedback({
  db,
  ledger,
  settings,
  generations: tries,
  clock,
}: {
  db: Database;
  ledger: Pick<Ledger, 'grantStatement'>;
  settings: SettingsReader;
  generations: Pick<Generations, 'start'>;
  clock: Clock;
}) {
  /** The first answer about a try stays; a repeated one changes nothing. */
  function noteStatement({ userId, generationId, reason, words }: Complaint): D1PreparedStatement {
    return db.$client
      .prepare(
        `INSERT INTO generation_feedback (generation_id, user_id, reason, words, created_at) SELECT ?1, ?2, ?3, ?4, ?5
         WHERE NOT EXISTS (SELECT 1 FROM generation_feedback WHERE generation_id = ?1)`,
      )
      .bind(generationId, userId, reason, words, clock());
  }

  /** Which try's answer has used this clip's free one, and the try it became: the debit right after the grant. */
  async function findGift({ userId, clipId }: { userId: string; clipId: string }) {
    const [grant] = await db
      .select({ seq: creditEntries.seq, complainedOf: creditEntries.reference })
      .from(creditEntries)
      .where(eq(creditEntries.key, keyOf(clipId)));
    if (!grant) return null;
    const [made] = await db
      .select({ generationId: generations.id, state: generations.state })
      .from(creditEntries)
      .innerJoin(generations, eq(generations.id, creditEntries.generationId))
      .where(and(eq(creditEntries.userId, userId), eq(creditEntries.seq, grant.seq + 1)));
    return { complainedOf: grant.complainedOf, made: made ?? null };
  }

  return {
    /** Keeps what is wrong with a ready try and starts the free second one, all in one write or not at all. */
    async tell(complaint: Complaint): Promise<ComplaintOutcome | StartOutcome> {
      const { userId, generationId, requestKey, requestId } = complaint;
      const [[found], { creditsPerClip, freeSecondTry }] = await Promise.all([
        db
          .select({
            state: generations.state,
            cost: generations.cost,
            clipId: clips.id,
            presetId: clips.presetId,
            words: clips.words,
          })
          .from(generations)
          .innerJoin(clips, and(eq(clips.userId, generations.userId), eq(clips.id, generations.clipId)))
          .where(and(eq(generations.userId, userId), eq(generations.id, generationId), isNull(clips.deletedAt))),
        settings.read(),
      ]);
      if (!found) return { outcome: 'not-found' };
      if (found.state !== 'ready') return { outcome: 'not-ready' };
      const { clipId, presetId, words } = found;
      for (;;) {
        const gift = await findGift({ userId, clipId });
        if (gift?.complainedOf === generationId && gift.made) return { outcome: 'duplicate', ...gift.made };
        if (gift || !freeSecondTry) {
          await noteStatement(complaint).run();
          return { outcome: 'noted', cost: creditsPerClip };
        }
        const credits = Math.min(creditsPerClip, found.cost);
        const grant = { key: keyOf(clipId), userId, credits, kind: 'adjustment', reference: generationId } as const;
        const statements = [noteStatement(complaint), ledger.grantStatement(grant)];
        try {
          const wish = { userId, clipId, requestKey, presetId, words, requestId };
          return await tries.start({ ...wish, gift: { credits, statements } });
        } catch (error) {
          // Another answer was first: what it has come to is read above.
          if (brokenLaw(error) !== 'ledger:duplicate') throw error;
        }
      }
    },

    /** Whether an answer about this clip would get a free try. */
    async secondTry({ userId, clipId }: { userId: string; clipId: string }): Promise<SecondTry> {
      const [[used], { freeSecondTry }] = await Promise.all([
        db
          .select({ key: creditEntries.key })
          .from(creditEntries)
          .where(and(eq(creditEntries.key, keyOf(clipId)), eq(creditEntries.userId, userId))),
        settings.read(),
      ]);
      return { isFree: freeSecondTry && !used };
    },
  };
}
