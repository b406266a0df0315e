import { and, eq, isNull } from 'drizzle-orm';
import { grantStatement } from '~/credits/ledger.server';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { clips, creditEntries, generations } from '~/db/schema.server';
import { run, type Statement, statement } from '~/db/statement';
import type { SettingsReader } from '~/settings/settings.server';
import type { ComplaintOutcome, ComplaintReason, SecondTry } from './feedback';
import type { StartOutcome } from './start';
import type { StartRequest } from './start.server';

/** A person's complaint about one of their generations. `requestKey` and `requestId` as in StartRequest. */
export interface Complaint {
  userId: string;
  generationId: string;
  requestKey: string;
  reason: ComplaintReason;
  words: string;
  requestId?: string | undefined;
}

/** The key of the ledger entry that grants a clip's free second try, once. */
export const secondTryKey = (clipId: string) => `second-try:${clipId}`;

/** Stores a complaint; the first one about a generation stays. `now` in ms. */
const complaintStatement = (
  { userId, generationId, reason, words }: Pick<Complaint, 'userId' | 'generationId' | 'reason' | 'words'>,
  now: number,
): Statement =>
  statement(
    `INSERT INTO generation_feedback (generation_id, user_id, reason, words, created_at) SELECT ?1, ?2, ?3, ?4, ?5
     WHERE NOT EXISTS (SELECT 1 FROM generation_feedback WHERE generation_id = ?1)`,
    generationId,
    userId,
    reason,
    words,
    now,
  );

/** People's complaints about their clips, and the one free second try per clip that a complaint starts. */
export function createFeedback({
  db,
  settings,
  start,
  clock,
}: {
  db: Database;
  settings: SettingsReader;
  start: (request: StartRequest) => Promise<StartOutcome>;
  clock: Clock;
}) {
  /** The complaint that used this clip's free try, and the generation it started: the debit right after the grant. */
  async function findGift({ userId, clipId }: { userId: string; clipId: string }) {
    const [grant] = await db
      .select({ seq: creditEntries.seq, complainedOf: creditEntries.reference })
      .from(creditEntries)
      .where(eq(creditEntries.key, secondTryKey(clipId)));
    if (!grant) return null;
    const [made] = await db
      .select({ generationId: generations.id, state: generations.state })
      .from(creditEntries)
      .innerJoin(generations, eq(generations.id, creditEntries.generationId))
      .where(and(eq(creditEntries.userId, userId), eq(creditEntries.seq, grant.seq + 1)));
    return { complainedOf: grant.complainedOf, made: made ?? null };
  }

  return {
    /** Stores a complaint about a ready generation and starts the free second one, in one batch. */
    async complain(complaint: Complaint): Promise<ComplaintOutcome | StartOutcome> {
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
        const now = clock();
        const store = complaintStatement(complaint, now);
        if (gift || !freeSecondTry) {
          await run(db, store);
          return { outcome: 'noted', cost: creditsPerClip };
        }
        const credits = Math.min(creditsPerClip, found.cost);
        const key = secondTryKey(clipId);
        const grant = { key, userId, credits, kind: 'adjustment', reference: generationId } as const;
        try {
          const request = { userId, clipId, requestKey, presetId, words, requestId };
          return await start({ ...request, gift: { credits, statements: [store, grantStatement(grant, now)] } });
        } catch (error) {
          // A concurrent complaint has taken the gift: the next round reads what it started.
          if (brokenLaw(error) !== 'ledger:duplicate') throw error;
        }
      }
    },

    /** Whether a complaint about this clip would start a free generation. */
    async secondTry({ userId, clipId }: { userId: string; clipId: string }): Promise<SecondTry> {
      const [[used], { freeSecondTry }] = await Promise.all([
        db
          .select({ key: creditEntries.key })
          .from(creditEntries)
          .where(and(eq(creditEntries.key, secondTryKey(clipId)), eq(creditEntries.userId, userId))),
        settings.read(),
      ]);
      return { isFree: freeSecondTry && !used };
    },
  };
}
