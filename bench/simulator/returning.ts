import { createOpenCheckouts } from '../../app/billing/open-checkouts.server.ts';
import { mostOpenCheckouts } from '../../app/billing/purchases.ts';
import { sessionStatement } from '../../app/billing/statements.ts';
import { brokenLaw } from '../../app/db/client.server.ts';
import { createModelAccounts } from './accounts.ts';
import type { Binding } from './binding.ts';
import { seedFilm } from './people.ts';
import type { Product } from './product.ts';
import { pack, type Shop } from './shop.ts';
import { Fault, idOf, minute, type World } from './world.ts';

const accountCount = 4;
const visitsEach = 5;
/** One clip's price. */
const welcomeCredits = 2;

/** A checkout session as the payment service has it. */
interface Session {
  id: string;
  purchaseId: string;
  userId: string;
  status: 'open' | 'paid' | 'expired';
}

/**
 * People who sign in, open more checkouts than they may, pay some of them at the moment at which they end, delete their
 * account, pay afterwards all the same, and come back with the same Google account.
 */
export function createReturning({
  world,
  binding,
  product,
  shop,
}: {
  world: World;
  binding: Binding;
  product: Product;
  shop: Shop;
}) {
  const { random, agenda, database, mistake } = world;
  const law = 'I10 a person is one Google account, in all its accounts';
  const accounts = createModelAccounts({ world, binding, signupCredits: welcomeCredits });
  const { db, clock } = accounts;
  const sessions = new Map<string, Session>();

  const stripe = {
    checkout: {
      sessions: {
        async expire(id: string): Promise<void> {
          if (random.chance(world.faults.databaseRefuses)) throw new Fault('the payment service does not answer');
          const session = sessions.get(id);
          if (session?.status !== 'open') throw new Error(`only open sessions end, and this is ${session?.status}`);
          session.status = 'expired';
        },
        async *list() {
          for (const { id, purchaseId } of sessions.values()) yield { id, metadata: { purchase: purchaseId } };
        },
      },
    },
  };
  /** Reads the session where it stands, and books that. */
  async function fulfil(id: string): Promise<string> {
    const session = sessions.get(id);
    if (!session || session.status === 'open') return 'open';
    if (session.status === 'paid' && !mistake?.believesThatSessionsEnd) await shop.fulfil(session.purchaseId);
    else await shop.expire({ id: session.purchaseId, userId: session.userId, session: id });
    return session.status;
  }
  const { add, endCheckouts } = createOpenCheckouts({
    ...{ db, clock, stripe: () => stripe as never },
    books: { fulfil: fulfil as never, rows: shop.rows },
  });

  async function setOut(userId: string): Promise<void> {
    // A restore removes people who first came in its hour; their sessions are gone with them.
    if (database.all('SELECT 1 FROM users WHERE id = ?', [userId]).length === 0) return;
    const number = world.number();
    const id = idOf('pur', number);
    const isAdded = await binding.process(() =>
      add({ id, userId, requestKey: `press-farm-${number}`, pack, returnTo: '/credits', now: agenda.now }).catch(
        (error: unknown) => {
          if (brokenLaw(error) !== 'purchase:maintenance') throw error;
          return false;
        },
      ),
    );
    checkOpen();
    if (!isAdded) return;
    const session: Session = { id: `cs_farm_${number}`, purchaseId: id, userId, status: 'open' };
    sessions.set(session.id, session);
    // The answer with the session's id may be lost.
    await binding.process(() =>
      shop.rows.write([sessionStatement({ id, userId, sessionId: session.id, url: null })], {
        key: { id, userId },
        isDone: ({ checkoutSessionId }) => checkoutSessionId !== null,
      }),
    );
    if (random.chance(0.3)) agenda.later(random.between(0, 2 * minute), () => pay(session));
  }

  function pay(session: Session): void {
    if (session.status !== 'open') return;
    session.status = 'paid';
    shop.paid({
      id: session.purchaseId,
      userId: session.userId,
      session: session.id,
      credits: pack.credits,
      ...{ refundedThere: 0, refunds: [] },
    });
  }

  function checkOpen(): void {
    const crowded = database.all<{ hash: string; count: number }>(
      `SELECT u.account_hash AS hash, count(*) AS count FROM purchases p JOIN users u ON u.id = p.user_id
       WHERE p.state = 'open' GROUP BY u.account_hash HAVING count(*) > ?`,
      [mostOpenCheckouts],
    );
    for (const { hash, count } of crowded) world.report(law, null, `${count} open checkouts of ${hash}`);
  }

  /** Starts the clip, or stops what is under way: before the account is deleted, meanwhile and afterwards. */
  async function makeOrStop(userId: string, clipId: string): Promise<void> {
    const [open] = database.all<{ id: string }>(
      "SELECT id FROM generations WHERE user_id = ? AND clip_id = ? AND state NOT IN ('ready','failed','canceled')",
      [userId, clipId],
    );
    const request = { userId, clipId, requestKey: `press-${world.number()}`, presetId: 'gentle', words: '' };
    await binding.process<unknown>(() =>
      open ? product.generations.cancel({ userId, generationId: open.id }) : product.generations.start(request),
    );
  }

  async function visit(sub: string, number: number): Promise<void> {
    // A product that knows people by their ids takes everybody who comes back for somebody new.
    const userId = await accounts.arrive(mistake?.forgetsAccounts ? `${sub}-${number}` : sub);
    if (userId === null) return;
    const clipIds = seedFilm(world, { userId, clipsEach: 2 });
    for (let press = 0; press < 28; press += 1)
      agenda.beginAt(agenda.now + random.between(0, 8 * minute), () => makeOrStop(userId, random.pick(clipIds)));
    for (let press = 0; press < mostOpenCheckouts + 3; press += 1)
      agenda.beginAt(agenda.now + random.between(0, 30_000), () => setOut(userId));
    agenda.later(random.between(1, 8) * minute, () =>
      agenda.beginAt(agenda.now, async () => {
        if (random.chance(0.5)) await binding.process(() => endCheckouts(userId));
        await accounts.remove(userId);
      }),
    );
  }

  const subOf = (index: number) => `returning-${index}`;
  return {
    /** Spreads the visits of each Google account over the time, one after the other. */
    live(milliseconds: number): void {
      for (let index = 0; index < accountCount; index += 1)
        for (let number = 0; number < visitsEach; number += 1)
          agenda.beginAt(agenda.now + ((number + random() / 2) * milliseconds) / visitsEach, () =>
            visit(subOf(index), number),
          );
    },

    /** The welcome credits that these people have had; once for each Google account. */
    check(): number {
      const [{ welcome = 0 } = {}] = database.all<{ welcome: number }>(
        `SELECT coalesce(sum(e.delta), 0) AS welcome FROM credit_entries e JOIN users u ON u.id = e.user_id
         WHERE e.kind = 'signup' AND u.account_hash <> u.id`,
      );
      if (welcome > accountCount * welcomeCredits)
        world.report(law, null, `${welcome} welcome credits for ${accountCount} Google accounts`);
      checkOpen();
      const kept = database.all<{ id: string }>(
        `SELECT p.id FROM purchases p JOIN users u ON u.id = p.user_id
         WHERE p.state = 'paid' AND u.deleted_at <= p.state_at AND p.refunded_amount < p.amount`,
      );
      for (const { id } of kept) world.report(law, null, `${id} was paid after its person left, and is kept`);
      return welcome;
    },
  };
}
