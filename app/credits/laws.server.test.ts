// The laws of money and state, attacked on real D1: every forbidden form is refused, and every trigger is needed.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { generationTransitions } from '~/db/schema.server';
import { stopsLeft } from '~/db/stops';
import { transitions } from '~/generations/pipeline/states';
import { settingsSchema } from '~/settings/settings';
import {
  type Attack,
  getsThroughWithout,
  hasEffect,
  inserting,
  lawsNotTried,
  outcomeOf,
  type TriggerEffect,
  type Value,
} from '~/testing/attacks';
import { seedAdmin, seedPerson, seedProject, seedSession, testServices } from '~/testing/services';
import { auditLedger } from './audit.server';

const db = env.DB;
/** The person under attack, with one credit and two clips, and another one with plenty. */
let one: { userId: string; clipId: string; secondClipId: string };
let other: { userId: string; clipId: string };
let serial = 0;

beforeEach(async () => {
  const userId = await seedPerson({ credits: 1 });
  const { clipIds } = await seedProject({ userId, clipCount: 2 });
  one = { userId, clipId: clipIds[0] as string, secondClipId: clipIds[1] as string };
  const otherId = await seedPerson({ credits: 9 });
  const theirs = await seedProject({ userId: otherId });
  other = { userId: otherId, clipId: theirs.clipIds[0] as string };
});

/** A statement that inserts a generation, complete but for what the attack changes. */
function generation(values: Record<string, Value>, verb = 'INSERT') {
  serial += 1;
  const row: Record<string, Value> = {
    id: `gen_${serial}`,
    user_id: one.userId,
    clip_id: one.clipId,
    request_key: `request-${serial}`,
    cost: 1,
    state: 'queued',
    state_at: 5,
    deadline_at: 10,
    provider: 'p',
    model: 'm',
    preset_id: 'gentle',
    words: '',
    prompt: 'x',
    shape: '9:16',
    duration_seconds: 5,
    frame_x: 0.5,
    frame_y: 0.5,
    frame_zoom: 1,
    created_at: 5,
    ...values,
  };
  return inserting('generations', row, verb);
}

/** A statement that inserts an entry, by default the person's next one. */
function entry(values: Record<string, Value>, verb = 'INSERT') {
  serial += 1;
  const row: Record<string, Value> = {
    key: `adjustment:${serial}`,
    user_id: one.userId,
    seq: 2,
    delta: 1,
    balance_after: 2,
    kind: 'adjustment',
    generation_id: null,
    reference: 'attack',
    created_at: 5,
    ...values,
  };
  return inserting('credit_entries', row, verb);
}

/** A generation of the person, moved through `states` by legal transitions. */
async function inState(...states: string[]): Promise<string> {
  await generation({ id: `gen_${one.userId}` }).run();
  for (const state of states) {
    const extra = state === 'failed' ? ", failure_reason = 'unknown'" : state === 'ready' ? ready : '';
    await db
      .prepare(`UPDATE generations SET state = '${state}', state_at = 6${extra} WHERE id = ?1`)
      .bind(mine())
      .run();
  }
  return mine();
}
const mine = () => `gen_${one.userId}`;
const ready = ", media_key = 'u/' || id, media_bytes = 1";
const readyStates = ['submitting', 'generating', 'copying', 'ready'];
const update = (set: string) => db.prepare(`UPDATE generations SET ${set} WHERE id = ?1`).bind(mine());

/** The other person has used the request key `asked-before` for a generation that has ended. */
const endedRequest = async () => {
  const id = `gen_ended_${other.userId}`;
  await generation({ id, user_id: other.userId, clip_id: other.clipId, request_key: 'asked-before' }).run();
  await db.prepare("UPDATE generations SET state = 'canceled', state_at = 6 WHERE id = ?1").bind(id).run();
};
const spend = () => generation({}).run();

/** A statement that inserts the person's feedback about a generation. */
const feedback = (verb = 'INSERT', about = mine()) =>
  db
    .prepare(
      `${verb} INTO generation_feedback (generation_id, user_id, reason, words, created_at) VALUES (?1, ?2, 'other', 'x', 7)`,
    )
    .bind(about, one.userId);
/** The generation is ready and has its person's feedback. */
const withFeedback = async () => {
  await inState(...readyStates);
  await feedback().run();
};
/** The entry by which a free second try was granted before there were gifts. */
const secondTry = () =>
  entry({ key: `second-try:${one.clipId}`, reference: mine(), seq: 3, delta: 1, balance_after: 1 });
/** A generation of the clip with feedback that a gift pays. */
const gift = (values: Record<string, Value> = {}) => generation({ gift: mine(), ...values });
const gifted = () => `gen_gift_${one.userId}`;
/** The gift was used, and its generation moved through these states. */
const giftInState = async (...states: string[]) => {
  await withFeedback();
  await gift({ id: gifted() }).run();
  for (const state of states) {
    const media = state === 'ready' ? ready : state === 'failed' ? ", failure_reason = 'unknown'" : '';
    await db
      .prepare(`UPDATE generations SET state = '${state}', state_at = 6${media} WHERE id = ?1`)
      .bind(gifted())
      .run();
  }
};
/** An admin whose Google account is known. */
let admin = '';
const asAdmin = async () => {
  ({ adminId: admin } = await seedAdmin());
};
const appoint = async (userId: string) => {
  await seedSession(userId);
  await db.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(userId).run();
};
/** An adjustment that the admin asks for. */
const adjust = (credits: number) =>
  db
    .prepare(
      `INSERT INTO adjustments (id, user_id, request_key, credits, reason, requested_by, requested_at)
       VALUES (?1, ?2, ?1, ?3, 'for the trouble', ?4, 5)`,
    )
    .bind(`adj_of_${admin}`, one.userId, credits, admin);
/** The generation was submitted to a provider that can stop so much. */
const submitted = async (canStop: string) => {
  await generation({ id: mine(), can_stop: canStop }).run();
  await update("state = 'submitting', submits = 1, submit_nonce = 'req_1'").run();
};
/** The other person, whose Google account has a hash, stopped this many after a submit. */
const stopsOfOther = async (count: number) => {
  const hash = `hash ${other.userId}`;
  await db.prepare('UPDATE users SET account_hash = ?2 WHERE id = ?1').bind(other.userId, hash).run();
  for (let index = 0; index < count; index += 1) {
    const id = `gen_${index}_${other.userId}`;
    await generation({ id, user_id: other.userId, clip_id: other.clipId }).run();
    for (const set of ["state = 'submitting', submits = 1", "state = 'canceled', state_at = 6"])
      await db.prepare(`UPDATE generations SET ${set} WHERE id = ?1`).bind(id).run();
  }
};
const attacks: Attack[] = [
  {
    name: 'a generation without credit',
    law: 'ledger:overdraft',
    prepare: spend,
    attack: () => generation({ clip_id: one.secondClipId }),
  },
  {
    name: 'a generation without credit, OR IGNORE',
    law: 'ledger:overdraft',
    trigger: 'entries_2_overdraft',
    prepare: spend,
    attack: () => generation({ clip_id: one.secondClipId }, 'INSERT OR IGNORE'),
  },
  {
    name: 'a generation without credit, OR REPLACE',
    law: 'ledger:overdraft',
    prepare: spend,
    attack: () => generation({ clip_id: one.secondClipId }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a debit larger than the balance, by hand',
    law: 'ledger:overdraft',
    attack: () => entry({ delta: -2, balance_after: -1 }),
  },
  { name: 'an entry without a balance', law: 'ledger:not-next', attack: () => entry({ balance_after: null }) },
  {
    name: 'an entry that rewrites another, OR REPLACE',
    law: 'ledger:duplicate',
    trigger: 'entries_1_unique',
    attack: () => entry({ key: `adjustment:${one.userId}` }, 'INSERT OR REPLACE'),
  },
  {
    name: 'an entry that rewrites its seq, OR REPLACE',
    law: 'ledger:not-next',
    trigger: 'entries_3_next',
    behind: ['accounts_2_follow'],
    attack: () => entry({ seq: 1, delta: 5, balance_after: 5 }, 'INSERT OR REPLACE'),
  },
  { name: 'an entry out of order', law: 'ledger:not-next', attack: () => entry({ seq: 3 }) },
  { name: 'an entry that adds up wrongly', law: 'ledger:not-next', attack: () => entry({ balance_after: 7 }) },
  { name: 'an entry for an unknown person', law: 'ledger:not-next', attack: () => entry({ user_id: 'usr_nobody' }) },
  {
    name: 'a debit that belongs to no generation',
    law: 'ledger:bad-debit',
    trigger: 'entries_4_debit',
    prepare: () => inState('submitting', 'failed'),
    attack: () =>
      entry({
        kind: 'generation',
        generation_id: mine(),
        delta: -1,
        balance_after: 0,
        seq: 4,
        key: 'generation:again',
      }),
  },
  {
    name: 'a refund of an open generation',
    law: 'ledger:bad-refund',
    trigger: 'entries_5_refund',
    prepare: () => inState(),
    attack: () =>
      entry({ kind: 'refund', generation_id: mine(), delta: 1, balance_after: 1, seq: 3, key: `refund:${mine()}` }),
  },
  {
    name: 'a refund of a ready generation',
    law: 'ledger:bad-refund',
    prepare: () => inState(...readyStates),
    attack: () =>
      entry({ kind: 'refund', generation_id: mine(), delta: 1, balance_after: 1, seq: 3, key: `refund:${mine()}` }),
  },
  {
    name: 'a second refund',
    law: 'ledger:duplicate',
    prepare: () => inState('failed'),
    attack: () =>
      entry({ kind: 'refund', generation_id: mine(), delta: 1, balance_after: 2, seq: 4, key: `refund:${mine()}` }),
  },
  {
    name: 'a second refund under another key',
    law: 'ledger:bad-refund',
    prepare: () => inState('failed'),
    attack: () =>
      entry({ kind: 'refund', generation_id: mine(), delta: 1, balance_after: 2, seq: 4, key: 'refund:other' }),
  },
  {
    name: 'a refund booked for another person',
    law: 'ledger:bad-refund',
    prepare: () => inState('failed'),
    attack: () =>
      entry({
        kind: 'refund',
        generation_id: mine(),
        user_id: other.userId,
        delta: 1,
        balance_after: 10,
        key: `refund:x`,
      }),
  },
  {
    name: 'an entry changed',
    law: 'ledger:append-only',
    trigger: 'entries_7_no_update',
    attack: () => db.prepare('UPDATE credit_entries SET delta = 5 WHERE user_id = ?1').bind(one.userId),
  },
  {
    name: 'an entry removed',
    law: 'ledger:append-only',
    trigger: 'entries_8_no_delete',
    attack: () => db.prepare('DELETE FROM credit_entries WHERE user_id = ?1').bind(one.userId),
  },
  {
    name: 'a balance moved by hand',
    law: 'ledger:account-follows-journal',
    trigger: 'accounts_2_follow',
    attack: () => db.prepare('UPDATE credit_accounts SET balance = 50 WHERE user_id = ?1').bind(one.userId),
  },
  {
    name: 'a balance moved with its version',
    law: 'ledger:account-follows-journal',
    attack: () =>
      db.prepare('UPDATE credit_accounts SET balance = 50, version = version + 1 WHERE user_id = ?1').bind(one.userId),
  },
  {
    name: 'an account that begins with money',
    law: 'ledger:account-exists-or-not-empty',
    trigger: 'accounts_1_fresh',
    prepare: () => db.prepare("INSERT INTO users (id, created_at) VALUES ('usr_rich' || ?1, 1)").bind(one.userId).run(),
    attack: () =>
      db.prepare("INSERT INTO credit_accounts (user_id, balance) VALUES ('usr_rich' || ?1, 99)").bind(one.userId),
  },
  {
    name: 'an account begun again, OR REPLACE',
    law: 'ledger:account-exists-or-not-empty',
    attack: () => db.prepare('INSERT OR REPLACE INTO credit_accounts (user_id) VALUES (?1)').bind(one.userId),
  },
  {
    name: 'an account removed',
    law: 'ledger:append-only',
    trigger: 'accounts_3_no_delete',
    areKeysBehind: true,
    attack: () => db.prepare('DELETE FROM credit_accounts WHERE user_id = ?1').bind(one.userId),
  },
  {
    name: 'a legal transition removed',
    law: 'generation:transitions-are-law',
    trigger: 'transitions_2_no_delete',
    attack: () => db.prepare("DELETE FROM generation_transitions WHERE to_state = 'failed'"),
  },
  {
    name: 'a legal transition changed',
    law: 'generation:transitions-are-law',
    trigger: 'transitions_1_no_update',
    attack: () =>
      db.prepare(
        "UPDATE generation_transitions SET from_state = 'ready' WHERE from_state = 'queued' AND to_state = 'failed'",
      ),
  },
  {
    name: 'a generation that begins ready',
    law: 'generation:exists-or-not-queued',
    trigger: 'generations_1_fresh',
    behind: ['entries_4_debit', 'clips_8_latest'],
    attack: () => generation({ state: 'ready', media_key: 'x', media_bytes: 1 }),
  },
  {
    name: 'a generation that begins failed',
    law: 'generation:exists-or-not-queued',
    attack: () => generation({ state: 'failed', failure_reason: 'unknown' }),
  },
  {
    name: 'a generation put in the place of another, OR REPLACE',
    law: 'generation:exists-or-not-queued',
    prepare: () => inState(),
    attack: () => generation({ id: mine(), clip_id: one.secondClipId }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a request made twice',
    law: 'generation:duplicate-request',
    prepare: endedRequest,
    attack: () => generation({ user_id: other.userId, clip_id: other.clipId, request_key: 'asked-before' }),
  },
  {
    name: 'a request made twice, OR REPLACE',
    law: 'generation:duplicate-request',
    trigger: 'generations_2_request',
    areKeysBehind: true,
    prepare: endedRequest,
    attack: () =>
      generation({ user_id: other.userId, clip_id: other.clipId, request_key: 'asked-before' }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a second open generation of one clip',
    law: 'generation:already-open',
    prepare: () => generation({ user_id: other.userId, clip_id: other.clipId }).run(),
    attack: () => generation({ user_id: other.userId, clip_id: other.clipId }),
  },
  {
    name: 'an open generation put in the place of the clip’s open one, OR REPLACE',
    law: 'generation:already-open',
    trigger: 'generations_3_one_open',
    areKeysBehind: true,
    prepare: () => generation({ user_id: other.userId, clip_id: other.clipId }).run(),
    attack: () => generation({ user_id: other.userId, clip_id: other.clipId }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a generation of another person’s clip',
    law: 'refused',
    attack: () => generation({ clip_id: other.clipId }),
  },
  {
    name: 'a generation of a person without an account',
    law: 'ledger:not-next',
    attack: () => generation({ user_id: 'usr_nobody' }),
  },
  { name: 'a generation that costs half a credit', law: 'refused', attack: () => generation({ cost: 0.5 }) },
  { name: 'a generation that costs no credit', law: 'refused', attack: () => generation({ cost: 0 }) },
  { name: 'a generation with a negative cost', law: 'refused', attack: () => generation({ cost: -1 }) },
  { name: 'a generation whose cost is not a number', law: 'refused', attack: () => generation({ cost: Number.NaN }) },
  { name: 'a generation whose cost is a text', law: 'refused', attack: () => generation({ cost: 'free' }) },
  {
    name: 'a grant of 2^53',
    law: 'ledger:not-next',
    attack: () => entry({ delta: 2 ** 53, balance_after: 2 ** 53 + 1 }),
  },
  { name: 'half a credit granted', law: 'refused', attack: () => entry({ delta: 0.5, balance_after: 1.5 }) },
  {
    name: 'a grant with the kind of a refund',
    law: 'refused',
    attack: () => entry({ generation_id: 'gen_x' }),
  },
  {
    name: 'a grant of more than 10,000 credits',
    law: 'refused',
    attack: () => entry({ delta: 10_001, balance_after: 10_002 }),
  },
  {
    name: 'a jump from queued to ready',
    law: 'generation:illegal-transition',
    trigger: 'generations_5_transition',
    prepare: () => inState(),
    attack: () => update(`state = 'ready'${ready}`),
  },
  {
    name: 'a ready generation that fails after all',
    law: 'generation:immutable-column',
    prepare: () => inState(...readyStates),
    attack: () => update("state = 'failed', failure_reason = 'x', media_key = NULL, media_bytes = NULL"),
  },
  {
    name: 'a failed generation that becomes ready',
    law: 'generation:immutable-column',
    prepare: () => inState('failed'),
    attack: () => update(`state = 'ready', failure_reason = NULL${ready}`),
  },
  {
    name: 'a canceled generation that goes on',
    law: 'generation:illegal-transition',
    prepare: () => inState('canceled'),
    attack: () => update("state = 'submitting'"),
  },
  {
    name: 'an unknown state',
    law: 'generation:illegal-transition',
    prepare: () => inState(),
    attack: () => update("state = 'paused'"),
  },
  {
    name: 'another cost of a generation',
    law: 'generation:immutable-column',
    trigger: 'generations_6_frozen',
    prepare: () => inState(),
    attack: () => update('cost = 50'),
  },
  {
    name: 'a prompt emptied without erasing',
    law: 'generation:immutable-column',
    trigger: 'generations_6_frozen',
    prepare: () => inState(...readyStates),
    attack: () => update("prompt = ''"),
  },
  {
    name: 'a prompt rewritten under the name of erasing',
    law: 'generation:immutable-column',
    trigger: 'generations_6_frozen',
    prepare: () => inState(...readyStates),
    attack: () => update("prompt = 'other words', erased_at = 7"),
  },
  {
    name: 'an open generation erased',
    law: 'generation:immutable-column',
    trigger: 'generations_6_frozen',
    prepare: () => inState('submitting'),
    attack: () => update('erased_at = 7'),
  },
  {
    name: 'an erased generation brought back',
    law: 'generation:immutable-column',
    trigger: 'generations_6_frozen',
    prepare: async () => {
      await inState(...readyStates);
      await update("erased_at = 7, prompt = ''").run();
    },
    attack: () => update('erased_at = NULL'),
  },
  {
    name: 'another owner of a generation',
    law: 'generation:immutable-column',
    prepare: () => inState(),
    attack: () => db.prepare('UPDATE generations SET user_id = ?2 WHERE id = ?1').bind(mine(), other.userId),
  },
  {
    name: 'another video of a ready generation',
    law: 'generation:immutable-column',
    prepare: () => inState(...readyStates),
    attack: () => update("media_key = 'other'"),
  },
  {
    name: 'a lower count of submits',
    law: 'generation:immutable-column',
    prepare: () => inState('submitting').then(() => update('submits = 2').run()),
    attack: () => update('submits = 1'),
  },
  {
    name: 'a fourth submit',
    law: 'refused',
    prepare: () => inState('submitting'),
    attack: () => update('submits = 4'),
  },
  {
    name: 'a generation removed',
    law: 'generation:append-only',
    trigger: 'generations_8_no_delete',
    areKeysBehind: true,
    attack: () => db.prepare('DELETE FROM generations WHERE id = ?1').bind(mine()),
    prepare: () => inState(),
  },
  {
    name: 'a failure without a reason',
    law: 'refused',
    prepare: () => inState(),
    attack: () => update("state = 'failed'"),
  },
  {
    name: 'a ready generation without a video',
    law: 'refused',
    prepare: () => inState('submitting', 'generating', 'copying'),
    attack: () => update("state = 'ready'"),
  },
  {
    name: 'a finished film canceled',
    law: 'generation:illegal-transition',
    prepare: () => inState('submitting', 'generating', 'copying'),
    attack: () => update("state = 'canceled'"),
  },
  {
    name: 'a task canceled that its provider cannot stop',
    law: 'generation:cannot-be-stopped',
    trigger: 'generations_16_stoppable',
    prepare: () => submitted('never'),
    attack: () => update("state = 'canceled', state_at = 7"),
  },
  {
    name: 'a running task canceled that its provider can stop only while it waits',
    law: 'generation:cannot-be-stopped',
    trigger: 'generations_16_stoppable',
    prepare: async () => {
      await submitted('queued');
      await update("state = 'generating', provider_task_id = 'task ' || id, provider_status = 'running'").run();
    },
    attack: () => update("state = 'canceled', state_at = 7"),
  },
  {
    name: 'a stop of a submitted generation above the limit of the day',
    law: 'generation:too-many-stops',
    trigger: 'generations_17_stops',
    prepare: async () => {
      await stopsOfOther(5);
      await db.prepare('UPDATE users SET deleted_at = 8 WHERE id = ?1').bind(other.userId).run();
      await db.prepare('UPDATE users SET closed_at = 8 WHERE id = ?1').bind(other.userId).run();
      await db
        .prepare('UPDATE users SET account_hash = ?2 WHERE id = ?1')
        .bind(one.userId, `hash ${other.userId}`)
        .run();
      await submitted('always');
    },
    attack: () => update("state = 'canceled', state_at = 7"),
  },
  {
    name: 'a stop moved to another day',
    law: 'generation:immutable-column',
    trigger: 'generations_18_counted',
    prepare: () => inState('canceled'),
    attack: () => update('state_at = 99'),
  },
  ...['frame_turn = 2', 'frame_tilt = -3'].map((set) => ({
    name: `a generation's frame turned: ${set}`,
    law: 'generation:immutable-column',
    trigger: 'generations_20_turned',
    prepare: () => inState('queued'),
    attack: () => update(set),
  })),
  { name: 'a generation of a photo tilted too far', law: 'refused', attack: () => generation({ frame_tilt: 11 }) },
  {
    name: 'a generation of a photo turned by half a quarter',
    law: 'refused',
    attack: () => generation({ frame_turn: 0.5 }),
  },
  { name: 'a provider that stops now and then', law: 'refused', attack: () => generation({ can_stop: 'maybe' }) },
  {
    name: 'a timeline changed',
    law: 'timeline:append-only',
    trigger: 'steps_3_no_update',
    prepare: () => inState(),
    attack: () => db.prepare("UPDATE generation_steps SET what = 'x' WHERE generation_id = ?1").bind(mine()),
  },
  {
    name: 'a timeline removed',
    law: 'timeline:append-only',
    trigger: 'steps_4_no_delete',
    prepare: () => inState(),
    attack: () => db.prepare('DELETE FROM generation_steps WHERE generation_id = ?1').bind(mine()),
  },
  {
    name: 'feedback about a generation that is not ready',
    law: 'feedback:once-for-a-ready-try',
    trigger: 'feedback_1_ready',
    prepare: () => inState('submitting'),
    attack: () => feedback(),
  },
  {
    name: 'a second feedback about one generation',
    law: 'feedback:once-for-a-ready-try',
    trigger: 'feedback_1_ready',
    prepare: withFeedback,
    attack: () => feedback('INSERT OR REPLACE'),
  },
  {
    name: 'feedback about another person’s generation',
    law: 'feedback:once-for-a-ready-try',
    prepare: () => inState(...readyStates),
    attack: () =>
      db
        .prepare(
          "INSERT INTO generation_feedback (generation_id, user_id, reason, created_at) VALUES (?1, ?2, 'other', 7)",
        )
        .bind(mine(), other.userId),
  },
  {
    name: 'feedback removed',
    law: 'feedback:append-only',
    trigger: 'feedback_2_no_delete',
    prepare: withFeedback,
    attack: () => db.prepare('DELETE FROM generation_feedback WHERE generation_id = ?1').bind(mine()),
  },
  {
    name: 'a second try granted as a credit',
    law: 'ledger:gift-is-no-credit',
    trigger: 'entries_14_second_try',
    prepare: withFeedback,
    attack: () => secondTry(),
  },
  {
    name: 'a gift without feedback',
    law: 'generation:gift-not-earned',
    trigger: 'generations_12_gift_earned',
    prepare: () => inState(...readyStates),
    attack: () => gift(),
  },
  {
    name: 'a gift for another clip than that of the feedback',
    law: 'generation:gift-not-earned',
    trigger: 'generations_12_gift_earned',
    prepare: withFeedback,
    attack: () => gift({ clip_id: one.secondClipId }),
  },
  {
    name: 'a gift for the feedback of another person',
    law: 'generation:gift-not-earned',
    trigger: 'generations_12_gift_earned',
    prepare: withFeedback,
    attack: () => gift({ user_id: other.userId, clip_id: other.clipId }),
  },
  {
    name: 'a gift for feedback about a gift',
    law: 'generation:gift-used',
    prepare: async () => {
      await giftInState(...readyStates);
      await feedback('INSERT', gifted()).run();
    },
    attack: () => gift({ gift: gifted() }),
  },
  {
    name: 'a second gift of one clip',
    law: 'generation:gift-used',
    trigger: 'generations_13_gift_once',
    prepare: () => giftInState(...readyStates),
    attack: () => gift(),
  },
  {
    name: 'a paid generation called a gift afterwards',
    law: 'generation:immutable-column',
    trigger: 'generations_14_gift_stays',
    prepare: () => inState(),
    attack: () => update("gift = 'gen_other'"),
  },
  {
    name: 'an admin as the giver of what credits pay',
    law: 'generation:gift-not-earned',
    trigger: 'generations_12_gift_earned',
    prepare: () => asAdmin().then(() => inState('canceled')),
    attack: () => generation({ gift_by: admin }),
  },
  {
    name: 'an admin’s gift for another clip than that of the generation made again',
    law: 'generation:gift-not-earned',
    trigger: 'generations_12_gift_earned',
    prepare: () => asAdmin().then(() => inState('canceled')),
    attack: () => gift({ gift_by: admin, clip_id: one.secondClipId }),
  },
  {
    name: 'a gift by a person who is no admin',
    law: 'generation:needs-another-admin',
    trigger: 'generations_19_given',
    prepare: () => inState('canceled'),
    attack: () => gift({ gift_by: other.userId }),
  },
  {
    name: 'an admin’s gift to themselves',
    law: 'generation:needs-another-admin',
    trigger: 'generations_19_given',
    prepare: async () => {
      await asAdmin();
      await db.prepare('UPDATE users SET deleted_at = 5 WHERE id = ?1').bind(admin).run();
      await db.prepare('UPDATE users SET closed_at = 5 WHERE id = ?1').bind(admin).run();
      const hash = `account-of-${one.userId}`;
      await db.prepare('UPDATE users SET account_hash = ?2 WHERE id = ?1').bind(one.userId, hash).run();
      await appoint(one.userId);
      admin = one.userId;
      await inState('canceled');
    },
    attack: () => gift({ gift_by: admin }),
  },
  {
    name: 'gifts past what one admin may give in a day',
    law: 'generation:needs-another-admin',
    trigger: 'generations_19_given',
    prepare: async () => {
      await asAdmin();
      await inState('canceled');
      await gift({ id: gifted(), gift_by: admin, cost: 20 }).run();
      await db.prepare("UPDATE generations SET state = 'canceled', state_at = 6 WHERE id = ?1").bind(gifted()).run();
    },
    attack: () => gift({ gift_by: admin }),
  },
  {
    name: 'a gift beside the adjustments of one admin, past the day’s limit',
    law: 'generation:needs-another-admin',
    trigger: 'generations_19_given',
    prepare: async () => {
      await asAdmin();
      await inState('canceled');
      await adjust(20).run();
      await db
        .prepare("UPDATE adjustments SET state = 'done', decided_by = ?1, decided_at = 6 WHERE requested_by = ?1")
        .bind(admin)
        .run();
    },
    attack: () => gift({ gift_by: admin }),
  },
  {
    name: 'an adjustment beside the gifts of one admin, past the day’s limit',
    law: 'adjustment:needs-another-admin',
    prepare: async () => {
      await asAdmin();
      await inState('canceled');
      await gift({ gift_by: admin, cost: 20 }).run();
      await adjust(1).run();
    },
    attack: () =>
      db
        .prepare("UPDATE adjustments SET state = 'done', decided_by = ?1, decided_at = 6 WHERE requested_by = ?1")
        .bind(admin),
  },
  {
    name: 'the gift of an admin called one that feedback earned',
    law: 'generation:immutable-column',
    trigger: 'generations_14_gift_stays',
    prepare: async () => {
      await asAdmin();
      await inState('canceled');
      await gift({ id: gifted(), gift_by: admin }).run();
    },
    attack: () => db.prepare('UPDATE generations SET gift_by = NULL WHERE id = ?1').bind(gifted()),
  },
  {
    name: 'a refund of what a gift paid, by hand',
    law: 'ledger:gift-is-no-credit',
    trigger: 'entries_16_no_gift',
    prepare: () => giftInState('canceled'),
    attack: () =>
      entry({ kind: 'refund', generation_id: gifted(), delta: 1, balance_after: 1, seq: 3, key: `refund:${gifted()}` }),
  },
  {
    name: 'an approval of a generation that is not ready',
    law: 'clip:approves-only-its-own-ready-generation',
    trigger: 'clips_5_approval',
    prepare: () => inState(),
    attack: () => db.prepare('UPDATE clips SET approved_generation_id = ?2 WHERE id = ?1').bind(one.clipId, mine()),
  },
  {
    name: 'an approval for another person’s clip',
    law: 'clip:approves-only-its-own-ready-generation',
    prepare: () => inState(...readyStates),
    attack: () => db.prepare('UPDATE clips SET approved_generation_id = ?2 WHERE id = ?1').bind(other.clipId, mine()),
  },
  {
    name: 'a clip that begins approved',
    law: 'clip:starts-as-a-still',
    trigger: 'clips_6_fresh',
    attack: () =>
      db
        .prepare(
          "INSERT INTO clips (id, user_id, project_id, photo_id, position, approved_generation_id, created_at) SELECT 'clp_new' || ?1, user_id, project_id, photo_id, 'z', 'gen_x', 1 FROM clips WHERE id = ?1",
        )
        .bind(one.clipId),
  },
  {
    name: 'an open generation marked as clean',
    law: 'generation:immutable-column',
    trigger: 'generations_9_cleaned',
    prepare: () => inState('submitting'),
    attack: () => update('cleaned_at = 7'),
  },
  {
    name: 'a cleaned generation marked as not clean',
    law: 'generation:immutable-column',
    trigger: 'generations_9_cleaned',
    prepare: () => inState('failed').then(() => update('cleaned_at = 7').run()),
    attack: () => update('cleaned_at = NULL'),
  },
  {
    name: 'another photo of a clip',
    law: 'clip:immutable-column',
    trigger: 'clips_7_owner',
    attack: () =>
      db
        .prepare('UPDATE clips SET photo_id = (SELECT photo_id FROM clips WHERE id = ?2) WHERE id = ?1')
        .bind(one.clipId, one.secondClipId),
  },
  {
    name: 'a clip given to another person',
    law: 'clip:immutable-column',
    trigger: 'clips_7_owner',
    areKeysBehind: true,
    attack: () => db.prepare('UPDATE clips SET user_id = ?2 WHERE id = ?1').bind(one.clipId, other.userId),
  },
];

describe('the laws refuse', () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
    expect(await outcomeOf(attack)).toBe(law);
    expect(await auditLedger(db)).toEqual([]);
  });
});

describe('each law is needed', () => {
  const guarded = attacks.filter(({ trigger }) => trigger !== undefined);
  it.each(guarded)('without the law $trigger, the database accepts $name', async (attack) => {
    await attack.prepare?.();
    expect(await getsThroughWithout(attack)).toBe('got through');
  });
});

/** A transition of the person's generation, as the pipeline writes it. */
const step = (set: string) => update(`${set}, state_at = 6`);
const isOnClip = (column: string) => ({
  sql: `SELECT ${column} = ?2 FROM clips WHERE id = ?1`,
  params: [one.clipId, mine()],
});
const waitsCounted = 'SELECT coalesce(sum(count), 0) FROM generation_waits';
/** Figures before the cause. */
const before = { version: 0, waits: 0, work: 0 };
const noteStep = (what: string) =>
  db
    .prepare("INSERT INTO generation_steps (generation_id, at, what, detail) VALUES (?1, 7, ?2, 'req_1')")
    .bind(mine(), what);
const made = () => generation({ id: mine() });

const effects: (TriggerEffect & { prepare?: () => Promise<unknown> })[] = [
  {
    trigger: 'entries_6_apply',
    cause: () => [entry({})],
    effect: () => ({
      sql: 'SELECT balance = 2 AND version = 2 FROM credit_accounts WHERE user_id = ?1',
      params: [one.userId],
    }),
  },
  {
    trigger: 'generations_4_debit',
    cause: () => [made()],
    effect: () => ({
      sql: "SELECT count(*) = 1 FROM credit_entries WHERE key = 'generation:' || ?1",
      params: [mine()],
    }),
  },
  {
    trigger: 'generations_7_refund',
    prepare: () => inState(),
    cause: () => [step("state = 'canceled'")],
    effect: () => ({ sql: "SELECT count(*) = 1 FROM credit_entries WHERE key = 'refund:' || ?1", params: [mine()] }),
  },
  {
    trigger: 'steps_1_queued',
    cause: () => [made()],
    effect: () => ({ sql: 'SELECT count(*) = 1 FROM generation_steps WHERE generation_id = ?1', params: [mine()] }),
  },
  {
    trigger: 'steps_2_state',
    prepare: () => inState(),
    cause: () => [step("state = 'failed', failure_reason = 'deadline'")],
    effect: () => ({
      sql: "SELECT count(*) = 1 FROM generation_steps WHERE generation_id = ?1 AND what = 'failed' AND detail = 'deadline'",
      params: [mine()],
    }),
  },
  {
    trigger: 'waits_1_learn',
    prepare: () => inState('submitting', 'generating', 'copying'),
    cause: () => [step(`state = 'ready'${ready}`)],
    effect: () => ({ sql: `SELECT (${waitsCounted}) = ?1 + 1`, params: [before.waits] }),
  },
  {
    trigger: 'waits_2_worked',
    prepare: () => inState('submitting', 'generating'),
    cause: () => [step("state = 'copying'")],
    effect: () => ({
      sql: 'SELECT (SELECT coalesce(sum(count), 0) FROM provider_waits) = ?1 + 1',
      params: [before.work],
    }),
  },
  {
    trigger: 'steps_5_lost',
    prepare: () => inState('submitting'),
    cause: () => [noteStep('given-up'), noteStep('fetched')],
    effect: () => ({
      sql: "SELECT count(*) = 1 FROM generation_steps WHERE generation_id = ?1 AND what = 'lost' AND detail = 'req_1'",
      params: [mine()],
    }),
  },
  { trigger: 'clips_1_latest', cause: () => [made()], effect: () => isOnClip('latest_generation_id') },
  {
    trigger: 'clips_2_ready',
    prepare: () => inState('submitting', 'generating', 'copying'),
    cause: () => [step(`state = 'ready'${ready}`)],
    effect: () => isOnClip('ready_generation_id'),
  },
  {
    trigger: 'clips_3_touched',
    prepare: () => inState(),
    cause: () => [step("state = 'submitting'")],
    effect: () => ({ sql: 'SELECT version > ?2 FROM clips WHERE id = ?1', params: [one.clipId, before.version] }),
  },
  {
    trigger: 'clips_4_version',
    cause: () => [db.prepare("UPDATE clips SET words = 'x' WHERE id = ?1").bind(one.clipId)],
    effect: () => ({ sql: 'SELECT version > ?2 FROM clips WHERE id = ?1', params: [one.clipId, before.version] }),
  },
  {
    trigger: 'projects_1_version',
    cause: () => [db.prepare("UPDATE projects SET title = 'x' WHERE user_id = ?1").bind(one.userId)],
    effect: () => ({ sql: 'SELECT version = 2 FROM projects WHERE user_id = ?1', params: [one.userId] }),
  },
];

describe('each trigger with an effect is needed', () => {
  it.each(effects)('without the trigger $trigger, its effect is missing', async ({ prepare, ...effect }) => {
    await prepare?.();
    before.version =
      (await db.prepare('SELECT version FROM clips WHERE id = ?1').bind(one.clipId).first('version')) ?? 0;
    before.waits = (await db.prepare(`SELECT (${waitsCounted}) AS n`).first('n')) ?? 0;
    before.work = (await db.prepare('SELECT coalesce(sum(count), 0) AS n FROM provider_waits').first('n')) ?? 0;
    expect(await hasEffect(effect, { without: false })).toBe(true);
    expect(await hasEffect(effect, { without: true })).toBe(false);
  });

  it('every law of the schema has an attack, here or in the file that app/testing/attacks.ts names', async () => {
    const tried = [...attacks, ...effects].map(({ trigger }) => trigger);
    const { found, notTried } = await lawsNotTried({ file: 'rest', tried });
    expect(notTried).toEqual([]);
    expect(found).toBeGreaterThan(20);
  });
});

describe('effects of triggers', () => {
  it('a trigger books the debit of a generation and the refund of a failed one', async () => {
    const { ledger } = testServices().credits;
    await inState();
    expect((await ledger.balance(one.userId)).balance).toBe(0);
    await update("state = 'failed', failure_reason = 'deadline', state_at = 7").run();
    expect(await ledger.balance(one.userId)).toEqual({ balance: 1, version: 3 });
    const entries = await ledger.entries({ userId: one.userId, limit: 9 });
    expect(entries.map(({ kind, delta }) => [kind, delta])).toEqual([
      ['refund', 1],
      ['generation', -1],
      ['adjustment', 1],
    ]);
  });

  it('a gift moves no credit, also where its generation fails or is canceled, and can then be used again', async () => {
    const { ledger } = testServices().credits;
    await giftInState('failed');
    const entries = await ledger.entries({ userId: one.userId, limit: 9 });
    expect(entries.map(({ kind, delta }) => [kind, delta])).toEqual([
      ['generation', -1],
      ['adjustment', 1],
    ]);
    await gift().run();
    expect(await ledger.balance(one.userId)).toEqual({ balance: 0, version: 2 });
    expect(await auditLedger(db)).toEqual([]);
  });

  it('an admin’s gift moves no credit, leaves the gift of the clip’s feedback, and comes back to nobody', async () => {
    const { ledger } = testServices().credits;
    await asAdmin();
    await giftInState('canceled');
    await gift({ id: `gen_by_admin_${one.userId}`, gift_by: admin }).run();
    await db.prepare("UPDATE generations SET state = 'canceled', state_at = 6 WHERE gift_by = ?1").bind(admin).run();
    expect(await ledger.balance(one.userId)).toEqual({ balance: 0, version: 2 });
    await gift().run();
    expect(await ledger.balance(one.userId)).toEqual({ balance: 0, version: 2 });
    expect(await auditLedger(db)).toEqual([]);
  });

  it('the limit of what one admin may give has the default of the settings', async () => {
    const law = await db
      .prepare("SELECT sql FROM sqlite_schema WHERE name = 'generations_19_given'")
      .first<string>('sql');
    const inLaw = /'secondAdminAbove'\), (\d+)\)/.exec(law ?? '')?.[1];
    expect(Number(inLaw)).toBe(settingsSchema.entries.secondAdminAbove.default);
  });

  it('a canceled generation is refunded also where its stop was the last of the day', async () => {
    await stopsOfOther(5);
    expect((await testServices().credits.ledger.balance(other.userId)).balance).toBe(9);
    expect(await auditLedger(db)).toEqual([]);
  });

  it('the limit of stops has the same default in the law, in the statement that cancels and in the settings', async () => {
    const law = await db
      .prepare("SELECT sql FROM sqlite_schema WHERE name = 'generations_17_stops'")
      .first<string>('sql');
    const inLaw = /'mostStopsPerDay'\), (\d+)\)/.exec(law ?? '')?.[1];
    const inStatement = /'mostStopsPerDay'\), (\d+)\)/.exec(stopsLeft)?.[1];
    const { default: inSettings } = settingsSchema.entries.mostStopsPerDay;
    expect([Number(inLaw), Number(inStatement)]).toEqual([inSettings, inSettings]);
  });

  it('the schema and the code have the same transitions of states', async () => {
    const rows = await testServices().db.select().from(generationTransitions);
    const stored = rows.map(({ fromState, toState }) => `${fromState} ${toState}`).sort();
    const coded = Object.entries(transitions).flatMap(([from, to]) => to.map((state) => `${from} ${state}`));
    expect(stored).toEqual(coded.sort());
  });
});
