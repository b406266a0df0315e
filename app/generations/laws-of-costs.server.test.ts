// The laws of what submits cost, of the budget of a day, and of moving to another provider, attacked on real D1.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Attack,
  getsThroughWithout,
  hasEffect,
  inserting,
  lawsNotTried,
  outcomeOf,
  type TriggerEffect,
} from '~/testing/attacks';
import { clearSettings, seedPerson, seedProject, seedSettings } from '~/testing/services';

const db = env.DB;
const day = 86_400_000;
/** Each test has a day of its own, since the figures of a day are shared. */
let today = 30_000;
let id = '';
let serial = 0;

beforeEach(async () => {
  today += 1;
  serial += 1;
  await clearSettings();
  id = await generation();
});

async function generation({ canStop = 'always', cents = 25 } = {}): Promise<string> {
  const userId = await seedPerson({ credits: 1 });
  const { clipIds } = await seedProject({ userId });
  const made = `gen_of_costs_${++serial}`;
  await inserting('generations', {
    ...{ id: made, user_id: userId, clip_id: clipIds[0] ?? '', request_key: `request-${serial}`, cost: 1 },
    ...{ state_at: at(), created_at: at(), deadline_at: at() + day, provider: 'runway', model: 'gen4_turbo' },
    ...{ preset_id: 'gentle', words: '', prompt: 'x', shape: '9:16', duration_seconds: 5 },
    ...{ frame_x: 0.5, frame_y: 0.5, frame_zoom: 1, list_cents: cents, can_stop: canStop },
  }).run();
  return made;
}
const at = () => today * day + 5;
const update = (set: string, of = id) => db.prepare(`UPDATE generations SET ${set} WHERE id = ?1`).bind(of);
const submit = (of = id) => update(`state = 'submitting', submits = 1, submit_nonce = 'req_${of}'`, of);
const taken = async (of = id) => {
  await submit(of).run();
  await update(`state = 'generating', provider_task_id = 'task_${of}'`, of).run();
};
const cost = (set: string) => db.prepare(`UPDATE submit_costs SET ${set} WHERE generation_id = ?1`).bind(id);
const refused = async () => {
  await submit().run();
  await cost('cents = 0, is_estimate = 0').run();
};
const move =
  "provider = 'luma', model = 'ray-2', list_cents = 71, can_stop = 'never', state = 'queued', submit_nonce = NULL";
const booked = (values: Record<string, string | number>) =>
  inserting('submit_costs', {
    ...{ generation_id: id, nonce: `req_${id}`, provider: 'runway', model: 'gen4_turbo', list_cents: 25, cents: 25 },
    ...{ is_estimate: 1, at: at(), ...values },
  });

const attacks: Attack[] = [
  {
    name: 'a cost without a submit',
    law: 'cost:books-a-submit-once',
    trigger: 'costs_2_of_a_submit',
    attack: () => booked({}),
  },
  {
    name: 'the cost of a submit booked for another provider',
    law: 'cost:books-a-submit-once',
    prepare: () => submit().run(),
    attack: () => booked({ provider: 'luma' }),
  },
  {
    name: 'a cost below nothing',
    law: 'refused',
    prepare: () => submit().run(),
    attack: () => cost('cents = -1'),
  },
  {
    name: 'a cost moved to another day',
    law: 'cost:immutable-column',
    trigger: 'costs_3_frozen',
    prepare: () => submit().run(),
    attack: () => cost('at = 5'),
  },
  {
    name: 'a cost removed',
    law: 'cost:append-only',
    trigger: 'costs_4_no_delete',
    prepare: () => submit().run(),
    attack: () => db.prepare('DELETE FROM submit_costs WHERE generation_id = ?1').bind(id),
  },
  {
    name: 'a submit beyond the budget of the day',
    law: 'generation:over-budget',
    trigger: 'generations_30_budget',
    prepare: async () => {
      await seedSettings({ budgetPerDay: 1 });
      for (let count = 0; count < 4; count += 1) await submit(await generation()).run();
    },
    attack: () => submit(),
  },
  {
    name: 'a submit beyond the budget of its provider',
    law: 'generation:over-budget',
    prepare: async () => {
      await seedSettings({ budgetPerDay: 100, budgetAtProvider: { runway: 1, luma: 0, fal: 0, replicate: 0, veo: 0 } });
      await submit(await generation({ cents: 76 })).run();
    },
    attack: () => submit(),
  },
  {
    name: 'a generation moved whose provider may have it',
    law: 'generation:moves-only-before-a-task',
    trigger: 'generations_31_moves',
    prepare: () => submit().run(),
    attack: () => update(move),
  },
  {
    name: 'a generation moved whose provider had a task of it',
    law: 'generation:moves-only-before-a-task',
    prepare: async () => {
      await taken();
      await cost('cents = 0, is_estimate = 0').run();
      await update("state = 'submitting', submit_nonce = NULL, provider_task_id = NULL").run();
    },
    attack: () => update(move),
  },
  {
    name: 'a generation that goes back to the queue of its own provider',
    law: 'generation:moves-only-before-a-task',
    prepare: refused,
    attack: () => update("state = 'queued', submit_nonce = NULL"),
  },
  {
    name: 'another list price',
    law: 'generation:moves-only-before-a-task',
    attack: () => update('list_cents = 0'),
  },
  {
    name: 'a provider that can stop after all',
    law: 'generation:moves-only-before-a-task',
    prepare: () => submit().run(),
    attack: () => update("can_stop = 'never'"),
  },
];

const step = (what: string) =>
  db
    .prepare('INSERT INTO generation_steps (generation_id, at, what, detail) VALUES (?1, 7, ?2, ?3)')
    .bind(id, what, `req_${id}`);
const costs = (cents: number) => ({
  sql: 'SELECT cents = ?2 FROM submit_costs WHERE generation_id = ?1',
  params: [id, cents],
});
const effects: (TriggerEffect & { prepare?: () => Promise<unknown> })[] = [
  {
    trigger: 'costs_1_book',
    cause: () => [submit()],
    effect: () => ({ sql: 'SELECT count(*) FROM submit_costs WHERE generation_id = ?1 AND is_estimate', params: [id] }),
  },
  {
    trigger: 'costs_5_stopped',
    prepare: () => taken(),
    cause: () => [update("state = 'canceled', state_at = state_at + 1")],
    effect: () => costs(0),
  },
  {
    trigger: 'costs_6_given_up',
    prepare: () => submit().run(),
    cause: () => [step('given-up')],
    effect: () => costs(0),
  },
  {
    trigger: 'costs_7_lost',
    prepare: async () => {
      await submit().run();
      await step('given-up').run();
    },
    cause: () => [step('fetched')],
    effect: () => costs(25),
  },
];

describe('the laws of costs', () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
    expect(await outcomeOf(attack)).toBe(law);
  });

  it.each(attacks.filter(({ trigger }) => trigger))(
    'without the law $trigger, the database accepts $name',
    async (attack) => {
      await attack.prepare?.();
      expect(await getsThroughWithout(attack)).toBe('got through');
    },
  );

  it.each(effects)('without the trigger $trigger, its effect is missing', async ({ prepare, ...effect }) => {
    await prepare?.();
    expect(await hasEffect(effect, { without: false })).toBe(true);
    expect(await hasEffect(effect, { without: true })).toBe(false);
  });

  it('every law of costs has an attack', async () => {
    const tried = [...attacks, ...effects].map(({ trigger }) => trigger);
    expect(await lawsNotTried({ file: 'costs', tried })).toEqual({ found: 9, notTried: [] });
  });

  it('the last cent of a budget can be spent, at the last submit and on each day again', async () => {
    await seedSettings({ budgetPerDay: 1 });
    for (let count = 0; count < 4; count += 1) await submit(await generation()).run();
    expect(await outcomeOf(() => submit())).toBe('generation:over-budget');
    await update(`state = 'submitting', submits = 1, submit_nonce = 'req_n', state_at = ${at() + day}`).run();
    today += 1;
  });

  it('of many submits at once, no more are sent than the budget holds', async () => {
    await seedSettings({ budgetAtProvider: { runway: 1, luma: 0, fal: 0, replicate: 0, veo: 0 } });
    const ids = await Promise.all(Array.from({ length: 12 }, () => generation()));
    const answers = await Promise.all(ids.map((one) => outcomeOf(() => submit(one))));
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(4);
  });

  it('what was refused at one provider moves to another, with that one’s price', async () => {
    await refused();
    expect(await outcomeOf(() => update(move))).toBe('done');
    await update("state = 'submitting', submits = 2, submit_nonce = 'req_again'").run();
    const rows = await db
      .prepare('SELECT provider, cents FROM submit_costs WHERE generation_id = ?1 ORDER BY provider')
      .bind(id)
      .all();
    expect(rows.results).toEqual([
      { provider: 'luma', cents: 71 },
      { provider: 'runway', cents: 0 },
    ]);
  });

  it('a running task that is stopped keeps its list price, and so does one that its provider cannot stop', async () => {
    await taken();
    await update("provider_status = 'running'").run();
    await update("state = 'canceled', state_at = state_at + 1").run();
    id = await generation({ canStop: 'never' });
    await taken();
    await update("state = 'failed', failure_reason = 'deadline', state_at = state_at + 1").run();
    const rows = await db.prepare('SELECT cents FROM submit_costs WHERE at = ?1').bind(at()).all();
    expect(rows.results).toEqual([{ cents: 25 }, { cents: 25 }]);
  });
});
