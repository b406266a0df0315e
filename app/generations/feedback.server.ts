import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { clips, creditEntries, generations } from '~/db/schema.server';
import { run, type Statement, statement } from '~/db/statement';
import type { SettingsReader } from '~/settings/settings.server';
import type { ComplaintOutcome, ComplaintReason, SecondTry } from './feedback';
import type { GenerationState } from './pipeline/states';
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

/** The ledger key of a second try that was granted as a credit, before there were gifts. */
export const grantedTryKey = (clipId: string) => `second-try:${clipId}`;

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

/** People's complaints about their clips, and the one free second try per clip, the gift that a complaint earns. */
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
  /**
   * The clip's gift for feedback; those of admins are apart. `unused`: not earned yet. `back`: its generation failed or was canceled, so it can be used again.
   * `used`: by a generation that is under way or ready (`made`), or as a credit before gifts (null).
   */
  async function findGift({ userId, clipId }: { userId: string; clipId: string }): Promise<Gift> {
    const [[last], [granted]] = await Promise.all([
      db
        .select({
          generationId: generations.id,
          state: generations.state,
          complainedOf: generations.gift,
          isBack: isBack(generations.state),
        })
        .from(generations)
        .where(
          and(
            eq(generations.userId, userId),
            eq(generations.clipId, clipId),
            isNotNull(generations.gift),
            isNull(generations.giftBy),
          ),
        )
        // At most one has not failed and was not canceled: it comes first.
        .orderBy(isBack(generations.state))
        .limit(1),
      db
        .select({ key: creditEntries.key })
        .from(creditEntries)
        .where(and(eq(creditEntries.key, grantedTryKey(clipId)), eq(creditEntries.userId, userId))),
    ]);
    if (granted) return { state: 'used', made: null };
    if (!last) return { state: 'unused' };
    return last.isBack ? { state: 'back' } : { state: 'used', made: last };
  }

  return {
    /** Stores a complaint about a ready generation and starts the free second one, in one batch. */
    async complain(complaint: Complaint): Promise<ComplaintOutcome | StartOutcome> {
      const { userId, generationId, requestKey, requestId } = complaint;
      const [[found], { creditsPerClip, freeSecondTry }] = await Promise.all([
        db
          .select({
            state: generations.state,
            gift: generations.gift,
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
        if (gift.state === 'used' && gift.made?.complainedOf === generationId) {
          const { generationId: made, state } = gift.made;
          return { outcome: 'duplicate', generationId: made, state };
        }
        const store = complaintStatement(complaint, clock());
        const isFree = found.gift === null && isFreeWith(gift, freeSecondTry);
        if (!isFree) {
          await run(db, store);
          return { outcome: 'noted', cost: creditsPerClip };
        }
        const request = { userId, clipId, requestKey, presetId, words, requestId };
        try {
          const started = await start({ ...request, gift: { for: generationId, by: null, statements: [store] } });
          // The open generation may be the gift's own, which a concurrent complaint has started.
          const isOwn = started.outcome === 'already-open' && (await findGift({ userId, clipId })).state === 'used';
          if (!isOwn) return started;
        } catch (error) {
          // A concurrent complaint has used the gift: the next round reads what it started.
          if (brokenLaw(error) !== 'generation:gift-used') throw error;
        }
      }
    },

    /** Whether a complaint about this clip would start a free generation. */
    async secondTry(owned: { userId: string; clipId: string }): Promise<SecondTry> {
      const [gift, { freeSecondTry }] = await Promise.all([findGift(owned), settings.read()]);
      return { isFree: isFreeWith(gift, freeSecondTry) };
    },
  };
}

/** 1 where a generation returned its gift, else 0. */
const isBack = (state: typeof generations.state) => sql<number>`${state} IN ('failed','canceled')`;

/** A clip's gift, as its generations tell it. */
type Gift =
  | { state: 'unused' }
  | { state: 'back' }
  | {
      state: 'used';
      made: { generationId: string; state: GenerationState; complainedOf: string | null } | null;
    };

/** A gift that came back stays usable when the owner switches second tries off. */
function isFreeWith(gift: Gift, freeSecondTry: boolean): boolean {
  return gift.state === 'back' || (gift.state === 'unused' && freeSecondTry);
}
