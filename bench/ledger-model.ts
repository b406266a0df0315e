// A model of the ledger in plain numbers. Each operation runs on the real schema in SQLite and on the model.
import { mostOpenCheckouts } from '../app/billing/purchases.ts';
import { endRequestStatement } from '../app/billing/refund-requests.ts';
import { addStatement, findBy, type PurchaseRow, reverseStatements, stepStatement } from '../app/billing/statements.ts';
import { audits } from '../app/credits/audit.ts';
import { grantOnceStatement, grantStatement } from '../app/credits/ledger.server.ts';
import {
  networkStatement,
  projectRewardStatement,
  purchaseRewardStatement,
  referralStatement,
  shareRewardStatement,
} from '../app/credits/rewards.ts';
import type { Statement } from '../app/db/statement.ts';
import { defaults } from '../app/settings/settings.ts';
import { clipsEach, former, people } from './ledger-database.ts';
import type {
  Account,
  Bought,
  Mistake,
  ModelGeneration,
  ModelReferral,
  ModelRefundRequest,
  Operation,
} from './ledger-operations.ts';
import type { Database } from './simulator/database.ts';

/** Rewards and limits, as in the settings. */
const credits = { signup: 1, host: 3, friend: 2, share: 4 };
const cap = 1;
const viewers = 2;

/** One run of schema and model side by side; an operation throws if they differ or if the audit finds a difference. */
export function createLedgerRun(database: Database, { rewrite = (statement) => statement }: Mistake = {}) {
  let serial = 0;
  const now = () => 1_000 + serial;
  const accounts: Account[] = people.map((who) => ({
    ...{
      balance: 0,
      version: 0,
      isSignedUp: false,
      hasLeft: who === former.who,
      isSuspended: false,
      requests: new Set<number>(),
    },
  }));
  const firstOf = (who: number) => (who === former.who ? former.of : who);
  const isSameAccount = (one: { who: number }, who: number) => firstOf(one.who) === firstOf(who);
  const bought: Bought[] = [];
  const requests: ModelRefundRequest[] = [];
  const generations: ModelGeneration[] = [];
  const adjusted = new Set<number>();
  const referrals = new Map<number, ModelReferral>();
  const withFeedback = new Set<string>();
  const films = people.map(() => ({ isDone: false, visitors: new Set<number>(), isRewarded: false }));
  const approved = new Set<string>();
  let isClosed = false;

  const account = (who: number) => accounts[who] as Account;
  /** The item at `index`, counted from the newest. */
  const pick = <Item>(items: readonly Item[], index: number) => items.at(-1 - (index % Math.max(1, items.length)));
  function move(who: number, delta: number): void {
    account(who).balance += delta;
    account(who).version += 1;
  }

  /** One batch of D1: all statements or none. Returns whether it was accepted. */
  function send(...statements: Statement[]): boolean {
    database.all('SAVEPOINT step');
    try {
      for (const { sql, params } of statements.map(rewrite)) database.all(sql, params);
      database.all('RELEASE step');
      return true;
    } catch {
      database.all('ROLLBACK TO step');
      database.all('RELEASE step');
      return false;
    }
  }
  const sql = (text: string, ...params: (string | number | null)[]): Statement => ({ sql: text, params });
  const generation = (
    id: string,
    who: number,
    clip: string,
    cost: number,
    gift: string | null = null,
    by: string | null = null,
  ) =>
    sql(
      `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state_at, deadline_at, provider, model, preset_id, words, prompt,
         shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at, gift, gift_by)
       VALUES (?1, ?2, ?3, ?1 || '-request', ?4, ?5, ?5, 'p', 'm', 'gentle', '', 'x', '9:16', 5, 0.5, 0.5, 1, ?5, ?6, ?7)`,
      ...[id, `usr_${who}`, clip, cost, now(), gift, by],
    );
  /** True once providers have declined as many pictures of this Google account as they may in a day. */
  const isRefused = (who: number) =>
    generations.filter((one) => one.state === 'moderated' && isSameAccount(one, who)).length >=
    defaults.mostRefusalsPerDay;
  const isPaidFilm = (who: number) => generations.some((one) => one.who === who && approved.has(one.id));

  /** The rewards that this purchase earned follow it: taken while all of its credits are, as far as the balances hold. */
  function reverseRewards(purchase: Bought): void {
    for (const [friend, referral] of referrals) {
      if (referral.purchase !== purchase) continue;
      const sides = [
        { who: friend, reward: credits.friend },
        { who: referral.host, reward: credits.host },
      ] as const;
      for (const [side, { who, reward }] of sides.entries()) {
        const [taken = 0, short = 0] = [referral.taken[side], referral.short[side]];
        const missing = (purchase.taken < purchase.credits ? 0 : reward) - taken;
        const moved = missing > 0 ? Math.min(missing, account(who).balance) : Math.min(0, missing + short);
        referral.taken[side] = taken + missing;
        referral.short[side] = short + missing - moved;
        if (moved !== 0) move(who, -moved);
      }
    }
  }

  /** The credits that the admin gave and took alone. */
  const movedAlone = () =>
    generations.reduce((sum, one) => sum + (one.isByAdmin ? one.cost : 0), 0) +
    requests.reduce((sum, one) => sum + (one.state === 'refused' ? 0 : one.credits), 0);

  /** Books how much of a purchase has gone back; `isStale`: the row has changed since it was read. */
  function goesBack(
    purchase: Bought,
    { refunded, disputed, isStale }: { refunded: number; disputed: number; isStale: boolean },
    ...beside: Statement[]
  ): void {
    const [row] = database.all<PurchaseRow>(findBy.id(purchase.id).sql, [purchase.id]);
    const known = { ...(row as PurchaseRow) };
    if (isStale) known.refundedAmount += 1;
    const goneBack = { refundedAmount: refunded, disputedAmount: disputed, disputeStatus: null };
    const reversal = { reversalId: `rev_${++serial}`, reason: 'refund', reference: 're_1' } as const;
    send(...reverseStatements({ known, goneBack, ...reversal, now: now() }), ...beside);
    if (purchase.state !== 'paid') return;
    if (!isStale) Object.assign(purchase, { refunded, disputed });
    const gone = Math.min(purchase.amount, purchase.refunded + purchase.disputed);
    const missing = Math.floor((purchase.credits * gone) / purchase.amount) - purchase.taken;
    purchase.taken += missing;
    if (missing > 0) {
      const there = Math.min(missing, account(purchase.who).balance);
      purchase.owed += missing - there;
      if (there > 0) move(purchase.who, -there);
    } else if (missing < 0) {
      const forgiven = Math.min(purchase.owed, -missing);
      purchase.owed -= forgiven;
      if (-missing > forgiven) move(purchase.who, -missing - forgiven);
    }
    if (missing !== 0) reverseRewards(purchase);
  }

  const operations: { [Kind in Operation['op']]: (operation: Extract<Operation, { op: Kind }>) => void } = {
    'sign-up'({ who }) {
      const grant = { key: `signup:${who}`, userId: `usr_${who}`, credits: credits.signup, kind: 'signup' } as const;
      send(grantOnceStatement(grant, now()));
      if (account(who).isSignedUp) return;
      account(who).isSignedUp = true;
      move(who, credits.signup);
    },
    adjust({ who, credits: delta, key }) {
      const grant = { key: `adjustment:${key}`, userId: `usr_${who}`, credits: delta, reference: 'x' } as const;
      send(grantStatement({ ...grant, kind: 'adjustment' }, now()));
      if (delta === 0 || adjusted.has(key) || account(who).balance + delta < 0) return;
      adjusted.add(key);
      move(who, delta);
    },
    'set-out'({ who, credits: count, amount, request }) {
      const id = `pur_${++serial}`;
      const pack = { id: 'film', credits: count, amount, currency: 'eur' };
      const key = { id, userId: `usr_${who}`, requestKey: `request-${request}` };
      send(addStatement({ ...key, pack, returnTo: '/', now: now() }));
      if (isClosed || account(who).requests.has(request)) return;
      const open = bought.filter((one) => one.state === 'open' && isSameAccount(one, who));
      if (open.length >= mostOpenCheckouts) return;
      account(who).requests.add(request);
      bought.push({ id, who, credits: count, amount, state: 'open', refunded: 0, disputed: 0, taken: 0, owed: 0 });
    },
    step({ which, to }) {
      const purchase = pick(bought, which);
      if (!purchase) return;
      const { id, who, state } = purchase;
      const session = { sessionId: `cs_${id}`, paymentIntentId: `pi_${id}`, receiptUrl: null };
      send(stepStatement({ id, userId: `usr_${who}`, to, ...session, now: now() }));
      if (state !== 'open' && !(state === 'pending' && (to === 'paid' || to === 'failed'))) return;
      purchase.state = to;
      if (to === 'paid') move(who, purchase.credits);
    },
    'goes-back'({ which, refunded, disputed, isStale }) {
      const purchase = pick(bought, which);
      if (!purchase) return;
      const share = (part: number) => Math.round((part / 100) * purchase.amount);
      goesBack(purchase, { refunded: share(refunded), disputed: share(disputed), isStale });
    },
    'ask-refund'({ which, part }) {
      const purchase = pick(bought, which);
      if (!purchase) return;
      const amount = Math.max(1, Math.round((part / 100) * purchase.amount));
      const id = `rfd_${++serial}`;
      const gone = purchase.refunded + purchase.disputed;
      const share = Math.floor((purchase.credits * Math.min(purchase.amount, gone + amount)) / purchase.amount);
      const taken = Math.max(0, share - purchase.taken);
      send(
        sql(
          `INSERT INTO refund_requests (id, user_id, purchase_id, request_key, amount, credits, reason, requested_by, requested_at)
           VALUES (?1, ?2, ?3, ?1, ?4, ?5, 'A fault of ours', 'usr_admin', ?6)`,
          ...[id, `usr_${purchase.who}`, purchase.id, amount, taken, now()],
        ),
        sql(
          "UPDATE refund_requests SET state = 'asked', decided_by = 'usr_admin', decided_at = ?2 WHERE id = ?1",
          id,
          now(),
        ),
      );
      const isOpen = requests.some((one) => one.purchase === purchase && one.state === 'asked');
      if (purchase.state !== 'paid' || gone + amount > purchase.amount || isOpen) return;
      if (movedAlone() + taken > defaults.secondAdminAbove) return;
      requests.push({ id, purchase, amount, credits: taken, state: 'asked' });
    },
    'answer-refund'({ which, as, isTwice }) {
      const request = pick(requests, which);
      if (!request) return;
      const { id, purchase, amount, state } = request;
      const isDue = state === 'asked' || (as === 'failed' && state === 'done');
      const refundId = as === 'refused' ? null : `re_${id}`;
      const refusal = as === 'done' ? null : as === 'failed' ? 'failed' : 'other';
      // Stripe makes a refund once, of what is left, and a bank returns it once, perhaps before Echoes knows of it.
      const change =
        !isDue || as === 'refused' || (as === 'failed' && state === 'asked') ? 0 : as === 'done' ? amount : -amount;
      const refunded = Math.max(0, Math.min(purchase.amount, purchase.refunded + change));
      const end = { requestId: id, purchaseId: purchase.id, refundId, refusal, now: now() } as const;
      if (isDue) request.state = as === 'done' ? 'done' : 'refused';
      for (let time = 0; time < (isTwice ? 2 : 1); time += 1)
        goesBack(purchase, { refunded, disputed: purchase.disputed, isStale: false }, endRequestStatement(end));
    },
    generate({ who, clip: index, cost }) {
      const clip = `clp_${who}_${index % clipsEach}`;
      const id = `gen_${++serial}`;
      send(generation(id, who, clip, cost));
      if (account(who).balance < cost || generations.some((one) => one.clip === clip && one.state === 'open')) return;
      if (isClosed || isRefused(who)) return;
      generations.push({ id, who, clip, cost, state: 'open', isGift: false, isByAdmin: false });
      move(who, -cost);
    },
    end({ which, as }) {
      const one = pick(generations, which);
      if (!one) return;
      const ended = as === 'moderated' ? 'failed' : as;
      const path = as === 'ready' ? ['submitting', 'generating', 'copying', 'ready'] : [ended];
      const reason = ended === 'failed' ? `, failure_reason = '${as === 'failed' ? 'unknown' : as}'` : '';
      const done = ", media_key = 'u/' || id, media_bytes = 1";
      send(
        ...path.map((state) =>
          sql(
            `UPDATE generations SET state = ?2, state_at = ?3${state === 'ready' ? done : reason} WHERE id = ?1`,
            one.id,
            state,
            now(),
          ),
        ),
      );
      if (one.state !== 'open') return;
      one.state = as;
      // A gift goes back as a gift: its clip may have another one, and no credit moves.
      if (as !== 'ready' && !one.isGift) move(one.who, one.cost);
    },
    'second-try'({ which, cost: nominal, hasFeedback }) {
      const one = pick(generations, which);
      if (!one) return;
      const { id, who, clip, state } = one;
      const made = `gen_${++serial}`;
      const note =
        "INSERT INTO generation_feedback (generation_id, user_id, reason, created_at) VALUES (?1, ?2, 'other', ?3)";
      const store = hasFeedback ? [] : [sql(note, id, `usr_${who}`, now())];
      send(...store, generation(made, who, clip, nominal, id));
      const ofClip = generations.filter((other) => other.clip === clip);
      const isUsed = ofClip.some(
        (other) => other.isGift && !other.isByAdmin && (other.state === 'open' || other.state === 'ready'),
      );
      const isOpen = ofClip.some((other) => other.state === 'open') || isRefused(who) || isClosed;
      if (state !== 'ready' || one.isGift || withFeedback.has(id) !== hasFeedback || isUsed || isOpen) return;
      withFeedback.add(id);
      generations.push({ id: made, who, clip, cost: nominal, state: 'open', isGift: true, isByAdmin: false });
    },
    'give-clip'({ which, cost }) {
      const one = pick(generations, which);
      if (!one) return;
      const { id, who, clip } = one;
      const made = `gen_${++serial}`;
      send(generation(made, who, clip, cost, id, 'usr_admin'));
      const isOpen = generations.some((other) => other.clip === clip && other.state === 'open');
      if (isOpen || isRefused(who) || movedAlone() + cost > defaults.secondAdminAbove) return;
      generations.push({ id: made, who, clip, cost, state: 'open', isGift: true, isByAdmin: true });
    },
    maintenance({ isOn }) {
      send(
        sql(
          `INSERT INTO settings (key, value, updated_at) VALUES ('maintenance', ?1, 1)
           ON CONFLICT (key) DO UPDATE SET value = ?1`,
          isOn ? '"Back soon."' : '""',
        ),
      );
      isClosed = isOn;
    },
    invite({ host, friend }) {
      const userId = `usr_${friend}`;
      send(referralStatement({ code: `code${host}`, userId, now: now() }));
      const isNew =
        !generations.some(({ who }) => who === friend) &&
        !bought.some(({ who }) => who === friend) &&
        !referrals.has(friend);
      if (friend <= host || !isNew || account(host).hasLeft || account(friend).hasLeft) return;
      referrals.set(friend, { host, isRewarded: false, purchase: null, taken: [0, 0], short: [0, 0] });
    },
    reward({ friend, for: reason }) {
      const amounts = { referrerCredits: credits.host, referredCredits: credits.friend, cap };
      const given = { userId: `usr_${friend}`, now: now(), ...amounts };
      const projectId = `prj_${friend}`;
      send(reason === 'purchase' ? purchaseRewardStatement(given) : projectRewardStatement({ ...given, projectId }));
      const referral = referrals.get(friend);
      if (!referral || referral.isRewarded || account(friend).hasLeft || account(referral.host).hasLeft) return;
      const count = [...referrals.values()].filter((other) => other.host === referral.host && other.isRewarded).length;
      if (account(friend).isSuspended || account(referral.host).isSuspended) return;
      const [purchase = null] = bought
        .filter((one) => one.who === friend && one.state === 'paid' && one.taken < one.credits)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1));
      const isEarned = reason === 'purchase' ? purchase !== null : films[friend]?.isDone && isPaidFilm(friend);
      if (count >= cap || !isEarned) return;
      referral.isRewarded = true;
      if (reason === 'purchase') referral.purchase = purchase;
      move(friend, credits.friend);
      move(referral.host, credits.host);
    },
    'complete-project'({ who, clip: index }) {
      const clip = `clp_${who}_${index % clipsEach}`;
      const last = generations.findLast((one) => one.clip === clip && one.state === 'ready');
      send(sql("UPDATE projects SET status = 'completed' WHERE id = ?1", `prj_${who}`));
      const film = films[who];
      if (film) film.isDone = true;
      if (!last) return;
      send(sql('UPDATE clips SET approved_generation_id = ?2 WHERE id = ?1', clip, last.id));
      for (const other of generations) if (other.clip === clip) approved.delete(other.id);
      approved.add(last.id);
    },
    watch({ who, visitor }) {
      const hash = `${visitor}`.padStart(22, 'v');
      send(
        sql(
          'INSERT INTO share_visits (share_id, visitor_hash, first_at, watched_at) VALUES (?1, ?2, ?3, ?3)',
          `shr_${who}`,
          hash,
          now(),
        ),
      );
      const visited = { shareId: `shr_${who}`, visitor: hash, network: `network-${visitor}`, now: now() };
      send(networkStatement(visited));
      // A network counts for one film of an owner, over all accounts of theirs.
      const isCounted = films.some((film, owner) => isSameAccount({ who: owner }, who) && film.visitors.has(visitor));
      if (!isCounted) films[who]?.visitors.add(visitor);
    },
    'reward-share'({ who }) {
      send(shareRewardStatement({ shareId: `shr_${who}`, now: now(), credits: credits.share, visitors: viewers, cap }));
      const film = films[who];
      if (!film || film.isRewarded || film.visitors.size < viewers || !isPaidFilm(who) || account(who).hasLeft) return;
      if (account(who).isSuspended) return;
      film.isRewarded = true;
      move(who, credits.share);
    },
    suspend({ who, isSuspended }) {
      send(sql('UPDATE users SET suspended_at = ?2 WHERE id = ?1', `usr_${who}`, isSuspended ? now() : null));
      account(who).isSuspended = isSuspended;
    },
    leave({ who }) {
      send(sql('UPDATE users SET deleted_at = ?2 WHERE id = ?1', `usr_${who}`, now()));
      account(who).hasLeft = true;
    },
  };

  return {
    /** Performs an operation on schema and model, compares them, and audits the ledger. */
    perform(operation: Operation): void {
      (operations[operation.op] as (given: Operation) => void)(operation);
      const real = database.all<{ balance: number; version: number; owed: number }>(
        `SELECT balance, version, (SELECT coalesce(sum(credits - moved), 0) FROM reversals r WHERE r.user_id = a.user_id) AS owed
         FROM credit_accounts a ORDER BY user_id`,
      );
      const wanted = accounts.map(({ balance, version }, who) => ({
        ...{ balance, version, owed: bought.reduce((sum, one) => sum + (one.who === who ? one.owed : 0), 0) },
      }));
      if (JSON.stringify(real) !== JSON.stringify(wanted))
        throw new Error(`after ${JSON.stringify(operation)}: ${JSON.stringify(real)}, not ${JSON.stringify(wanted)}`);
      const asked = database.all('SELECT id, state, credits FROM refund_requests ORDER BY rowid');
      const wantedRequests = requests.map(({ id, state, credits }) => ({ id, state, credits }));
      if (JSON.stringify(asked) !== JSON.stringify(wantedRequests))
        throw new Error(
          `after ${JSON.stringify(operation)}: ${JSON.stringify(asked)}, not ${JSON.stringify(wantedRequests)}`,
        );
      for (const [kind, question] of Object.entries(audits)) {
        const found = database.all<{ subject: string }>(question);
        if (found.length > 0) throw new Error(`after ${JSON.stringify(operation)}: ${kind} ${found[0]?.subject}`);
      }
    },
  };
}
