import { audits } from '../../app/credits/audit.ts';
import type { Bucket } from './bucket.ts';
import type { Jobs } from './jobs.ts';
import { type Purchase, refundedOf } from './payment-service.ts';
import type { GenerationRequest } from './people.ts';
import type { Provider } from './provider.ts';
import { epoch, minute, type World } from './world.ts';

interface Generation {
  id: string;
  userId: string;
  requestKey: string;
  state: string;
  cost: number;
  gift: string | null;
  giftBy: string | null;
  accountHash: string;
  canStop: string;
  submits: number;
  stateAt: number;
  clipId: string;
  mediaKey: string | null;
  taskId: string | null;
  late: number;
  isCleaned: number;
  debits: number;
  refunds: number;
  moved: number;
  steps: string;
}

/** The sweep ends a generation ten minutes past its deadline; missed cron runs add a few minutes. */
const mostLate = 14 * minute;

/** Checks the laws of a healed world at rest. Returns its generations. */
export function checkInvariants({
  world,
  provider,
  bucket,
  jobs,
  requests,
  purchases,
  firstCredits,
}: {
  world: World;
  provider: Provider;
  bucket: Bucket;
  jobs: Jobs;
  requests: readonly GenerationRequest[];
  purchases: readonly Purchase[];
  firstCredits: number;
}): Generation[] {
  const { database, report } = world;
  // Steps of the hour that the database lost are excused; the laws hold for everything after it.
  const { from, until } = world.forgotten ?? { from: epoch, until: epoch };
  const generations = database.all<Generation>(
    `SELECT g.id, g.user_id AS userId, g.request_key AS requestKey, g.state, g.cost, g.gift, g.gift_by AS giftBy, (SELECT u.account_hash FROM users u WHERE u.id = g.user_id) AS accountHash,
       g.can_stop AS canStop, g.submits, g.state_at AS stateAt, g.clip_id AS clipId, g.media_key AS mediaKey,
       g.provider_task_id AS taskId, g.state_at - max(g.deadline_at, ?1) AS late,
       g.cleaned_at IS NOT NULL AS isCleaned,
       (SELECT count(*) FROM credit_entries e WHERE e.key = 'generation:' || g.id) AS debits,
       (SELECT count(*) FROM credit_entries e WHERE e.key = 'refund:' || g.id) AS refunds,
       (SELECT coalesce(sum(delta), 0) FROM credit_entries e WHERE e.user_id = g.user_id AND e.generation_id = g.id) AS moved,
       (SELECT group_concat(what) FROM (SELECT what FROM generation_steps s WHERE s.generation_id = g.id ORDER BY s.id)) AS steps
     FROM generations g`,
    [until],
  );
  const byId = new Map(generations.map((generation) => [generation.id, generation]));

  const i1 = 'I1 balance is what the ledger adds up to';
  const accounts = database.all<{ userId: string; balance: number; isWrong: number }>(
    `SELECT a.user_id AS userId, a.balance, a.balance < 0 OR a.balance <> sum(e.delta) OR a.version <> count(*)
       OR a.version <> max(e.seq)
       OR a.balance <> (SELECT l.balance_after FROM credit_entries l WHERE l.user_id = a.user_id AND l.seq = a.version) AS isWrong
     FROM credit_accounts a JOIN credit_entries e ON e.user_id = a.user_id GROUP BY a.user_id`,
  );
  for (const { userId, isWrong } of accounts) if (isWrong) report(i1, null, `account ${userId}`);
  const bought = purchases.reduce((sum, { credits }) => sum + credits, 0);
  const [{ back = 0 } = {}] = database.all<{ back: number }>('SELECT coalesce(sum(moved), 0) AS back FROM reversals');
  const grantedCredits = firstCredits + bought - back;
  const kept = accounts.reduce((sum, { balance }) => sum + balance, 0);
  const spent = generations.reduce(
    (sum, { state, cost, gift }) => sum + (state === 'ready' && gift === null ? cost : 0),
    0,
  );
  if (kept !== grantedCredits - spent) report(i1, null, `${grantedCredits} granted, ${spent} spent, ${kept} kept`);

  for (const {
    id,
    state,
    cost,
    gift,
    mediaKey,
    taskId,
    late,
    isCleaned,
    debits,
    refunds,
    moved,
    steps,
  } of generations) {
    const ended = state === 'failed' || state === 'canceled';
    if (gift === null && (debits !== 1 || refunds !== Number(ended) || moved !== (ended ? 0 : -cost)))
      report(
        'I2 one debit, and one refund if and only if it did not work out',
        id,
        `${state} with ${debits} debits, ${refunds} refunds`,
      );
    if (!ended && state !== 'ready') report('I4 everything ends in time', id, `still ${state}`);
    else if (late > mostLate) report('I4 everything ends in time', id, `${Math.round(late / minute)} minutes too late`);
    if (!isCleaned) report('I4 everything ends in time', id, `${state}, and never cleaned up`);
    const stored = mediaKey === null ? undefined : bucket.objects.get(mediaKey);
    if (state === 'ready' && (stored?.generationId !== id || stored.taskId !== taskId))
      report('I5 the media kept are those of ready tries', id, `its video is ${JSON.stringify(stored)}`);
    const history = steps.split(',');
    // After the end only these steps are written: the provider's clean-up, late picture fetches, and lost tasks.
    while (['forgotten', 'given-up', 'lost', 'fetched'].includes(history.at(-1) ?? '')) history.pop();
    if (history[0] !== 'queued' || history.at(-1) !== state || history.filter((what) => what === state).length !== 1)
      report('the timeline tells what happened', id, steps);
  }

  const i9 = 'I9 a gift pays one second try and is never a credit';
  const givenTo = new Map<string, string>();
  for (const { id, clipId, userId, gift, giftBy, state, debits, refunds, moved } of generations) {
    if (gift === null) continue;
    if (debits + refunds > 0 || moved !== 0) report(i9, id, `a gift that moved ${moved} credits, ${refunds} refunds`);
    const about = byId.get(gift);
    if (giftBy !== null) {
      if (about?.clipId !== clipId || about.userId !== userId)
        report(i9, id, `an admin's gift for ${JSON.stringify(about)}`);
      continue;
    }
    if (about?.clipId !== clipId || about.userId !== userId || about.state !== 'ready' || about.gift !== null)
      report(i9, id, `a gift for ${JSON.stringify(about)}`);
    if (state !== 'ready') continue;
    if (givenTo.has(clipId)) report(i9, id, `the second gift of ${clipId}`);
    givenTo.set(clipId, id);
  }

  const i11 = 'I11 stops at the provider are few and only where it can stop';
  const stops = new Map<string, number[]>();
  // A restore brings back a generation as it was before its task was submitted.
  const isOfNow = ({ sentAt }: { sentAt: number }) => sentAt < from || sentAt >= until;
  const atProvider = new Set([...provider.tasks.values()].filter(isOfNow).map(({ generationId }) => generationId));
  for (const { id, accountHash, state, canStop, submits, stateAt, steps, taskId } of generations) {
    if (state !== 'canceled') continue;
    const history = steps.split(',');
    if (history.includes('copying')) report(i11, id, 'was canceled although its film was made');
    const last = history.lastIndexOf('generating');
    // A task that had failed, before a second one was submitted, is none that would have to be stopped.
    const hasTask = last > history.lastIndexOf('retrying');
    const task = provider.tasks.get(taskId ?? '');
    // The stop asks the provider, and is written within a second of the answer.
    if (task && !task.failed && task.endsAt < stateAt - 1_000)
      report(i11, id, `was canceled ${stateAt - task.endsAt} ms after its film was made`);
    if (hasTask && canStop === 'never') report(i11, id, 'had a task that its provider cannot stop');
    if (atProvider.has(id) && submits === 0) report(i11, id, 'has a task and was never submitted');
    if (submits > 0) stops.set(accountHash, [...(stops.get(accountHash) ?? []), stateAt]);
  }
  for (const [accountHash, times] of stops)
    if (times.length > 5) report(i11, null, `${accountHash} stopped ${times.length} in a day`);

  const wanted = new Set(generations.map(({ mediaKey }) => mediaKey));
  // Objects without a row in the database are kept for a day.
  for (const [key, { generationId }] of bucket.objects)
    if (!wanted.has(key) && (byId.has(generationId) || until === epoch))
      report('I5 the media kept are those of ready tries', generationId, `${key} belongs to nothing that is ready`);

  const i3 = 'I3 each purchase is granted once';
  const booked = database.all<{ key: string; userId: string; delta: number; reference: string }>(
    "SELECT key, user_id AS userId, delta, reference FROM credit_entries WHERE kind = 'purchase'",
  );
  if (booked.length !== purchases.length) report(i3, null, `${booked.length} grants of ${purchases.length} purchases`);
  for (const purchase of purchases) {
    const { id, userId, session, credits } = purchase;
    const refunded = refundedOf(purchase);
    const grants = booked.filter((entry) => entry.userId === userId && entry.key === `stripe:${session}`);
    const [grant] = grants;
    if (grants.length !== 1 || grant?.delta !== credits || grant.reference !== id)
      report(i3, null, `${session}: ${grants.length} grants`);
    const [row] = database.all<{ refunded: number; taken: number }>(
      `SELECT refunded_amount AS refunded, (SELECT coalesce(sum(credits), 0) FROM reversals WHERE purchase_id = p.id) AS taken
       FROM purchases p WHERE id = ?`,
      [id],
    );
    if (row?.refunded !== refunded || row.taken !== Math.floor((credits * refunded) / 1190))
      report(i3, null, `${session}: ${refunded} went back, and ${row?.taken} credits for ${row?.refunded}`);
  }
  for (const [kind, sql] of Object.entries(audits))
    for (const { subject } of database.all<{ subject: string }>(sql)) report(i1, null, `${kind}: ${subject}`);

  const lost = new Set(
    database
      .all<{ nonce: string }>("SELECT detail AS nonce FROM generation_steps WHERE what = 'lost'")
      .map((row) => row.nonce),
  );
  const i12 = 'I14 each submit is booked, and no day passes its budget';
  const costs = database.all<{ id: string; nonce: string; provider: string; cents: number; isEstimate: number }>(
    'SELECT generation_id AS id, nonce, provider, cents, is_estimate AS isEstimate FROM submit_costs',
  );
  const costOf = new Map(costs.map((cost) => [cost.nonce, cost]));
  // A lost attempt counts again when its picture is fetched late, after the day's budget was counted without it.
  const spentAt = (wanted: string | null) =>
    costs.reduce((sum, { provider: of, nonce, cents }) => {
      const counts = (wanted === null || of === wanted) && !lost.has(nonce);
      return sum + (counts ? cents : 0);
    }, 0);
  for (const [wanted, dollars] of [
    [null, world.budgets.budgetPerDay],
    ...Object.entries(world.budgets.budgetAtProvider),
  ] as const)
    if (dollars && spentAt(wanted) > dollars * 100)
      report(i12, null, `${spentAt(wanted)} cents at ${wanted ?? 'all'}, of ${dollars} dollars`);
  for (const { figure, value } of database.all<{ figure: string; value: number }>(
    "SELECT figure, sum(value) AS value FROM day_figures WHERE figure LIKE 'provider-cents:%' GROUP BY figure",
  )) {
    const of = costs.filter(({ provider: at }) => figure === `provider-cents:${at}`);
    const cents = of.reduce((sum, cost) => sum + cost.cents, 0);
    if (cents !== value) report(i12, null, `${figure} is ${value}, and its submits cost ${cents}`);
  }
  const taken = new Map<string, number>();
  for (const task of provider.tasks.values()) {
    const { id, generationId, sentAt, isKnown, isHeardOf, isGone, isAskedToForget } = task;
    if (sentAt < from || sentAt >= until) taken.set(generationId, (taken.get(generationId) ?? 0) + 1);
    if (sentAt >= from && sentAt < until) continue;
    const isOfNow = sentAt >= until && byId.has(generationId);
    const booked = costOf.get(task.nonce);
    if (isOfNow && booked?.provider !== task.provider) report(i12, generationId, `${task.nonce} is not booked`);
    if (
      isOfNow &&
      byId.get(generationId)?.state === 'ready' &&
      byId.get(generationId)?.taskId === id &&
      booked?.cents !== 25
    )
      report(i12, generationId, `a film costs ${booked?.cents}`);
    if (isOfNow && !isKnown && isHeardOf && !lost.has(task.nonce))
      report('tasks are accounted for and asked to be forgotten', generationId, `${id} was taken, and nobody knows`);
    if (byId.get(generationId)?.taskId === id && lost.has(task.nonce))
      report('tasks are accounted for and asked to be forgotten', generationId, `${id} is known, and called lost`);
    if (isKnown && !isGone && !isAskedToForget)
      report('tasks are accounted for and asked to be forgotten', generationId, `${id} was known and is still kept`);
  }
  for (const [generationId, count] of taken)
    if (count > 3) report('I6 at most three submits, each written down before', generationId, `${count} tasks`);
  for (const { id, state, taskId } of generations)
    if (state === 'ready' && provider.tasks.get(taskId ?? '')?.generationId !== id)
      report('tasks are accounted for and asked to be forgotten', id, `ready by the task ${taskId}`);

  const byKey = new Map(generations.map(({ requestKey, id }) => [requestKey, id]));
  for (const { keys } of requests) {
    const made = [...keys].flatMap((key) => byKey.get(key) ?? []);
    if (made.length > 1)
      report('I7 one generation for each request', made[1] ?? null, `${made.length} generations for one request`);
  }

  const crossing = database.all<{ id: string }>(
    `SELECT g.id FROM generations g JOIN clips c ON c.id = g.clip_id WHERE c.user_id <> g.user_id
     UNION ALL SELECT g.id FROM generations g JOIN credit_entries e ON e.generation_id = g.id WHERE e.user_id <> g.user_id
     UNION ALL SELECT g.id FROM generations g WHERE g.media_key NOT LIKE 'u/' || g.user_id || '/%'
     UNION ALL SELECT c.id FROM clips c JOIN generations g ON g.id = c.ready_generation_id
       WHERE g.clip_id <> c.id OR g.user_id <> c.user_id OR g.state <> 'ready'`,
  );
  for (const { id } of crossing) report('I8 no row crosses people', id, 'belongs to two people');

  // Excused: an object woken after its end whose alarm is lost, and one whose row the database lost.
  for (const job of jobs.jobs.values())
    if (!job.isFinished && !(job.hasDeadAlarm && (byId.get(job.id)?.isCleaned || !byId.has(job.id))))
      report('I4 everything ends in time', job.id, `its object is still at work; it is ${byId.get(job.id)?.state}`);
  return generations;
}
