import type { Statement } from '../../app/db/statement.ts';
import { beginStatements, nextAdmissionsStatement } from '../../app/generations/pipeline/admission-queue.ts';
import type { Destination } from '../../app/generations/pipeline/cost-statements.ts';
import type {
  AnswerTo,
  Effect,
  EffectKind,
  EffectOf,
  GenerationRecord,
} from '../../app/generations/pipeline/effects.ts';
import type { CountedWait } from '../../app/generations/pipeline/polling.ts';
import { readStatement, statementsFor, type WriteEffect } from '../../app/generations/pipeline/statements.ts';
import { pictureKey, videoKey } from '../../app/media/keys.ts';
import { budgetsOfToday, dayOf, isWithin, type Spent } from '../../app/providers/budget.ts';
import { runwayModels } from '../../app/providers/runway-wire.ts';
import type { Settings } from '../../app/settings/settings.ts';
import type { Bucket } from './bucket.ts';
import type { Answer, Perform } from './jobs.ts';
import type { Provider } from './provider.ts';
import { Fault, minute, type World } from './world.ts';

const waitsStatement = (id: string): Statement => ({
  sql: `SELECT w.bucket_seconds AS bucketSeconds, w.count FROM generations g JOIN provider_waits w
          ON w.provider = g.provider AND w.model = g.model AND w.duration_seconds = g.duration_seconds WHERE g.id = ?1`,
  params: [id],
});

/** Providers differ in whether they can stop a task; most can. */
export const stopping = ['always', 'always', 'always', 'queued', 'never'] as const;
/** The share of pictures that are sent with the order. */
const carriedShare = 0.15;
/** Tasks that each provider takes side by side. */
export const slots = 40;
/** The providers in order. */
export const providersInOrder = ['runway', 'luma'] as const;
/** How long a provider rests whose account was empty. */
const emptyMilliseconds = 5 * minute;

/** The effects of app/generations/pipeline/effects.ts on the model: the machine cannot tell it from the real runner. */
export function createPerform({
  world,
  provider,
  bucket,
  call,
}: {
  world: World;
  provider: Provider;
  bucket: Bucket;
  /** Wakes the object of the generation at the head of the queue. */
  call: (id: string) => void;
}): Perform {
  const { random, agenda, database, mistake } = world;
  type At = Parameters<Perform>[1];
  const providerOf = (id: string) =>
    database.all<{ provider: string }>('SELECT provider FROM generations WHERE id = ?', [id])[0]?.provider ?? '';
  const asked = (id: string) => ({ provider: providerOf(id), now: agenda.now, slots });

  /** As the real runner: another provider that neither rests nor is beyond a budget. */
  function destination(from: string): Destination | null {
    const spent = database.all<Spent>('SELECT figure, value FROM day_figures WHERE day = ?', [dayOf(agenda.now)]);
    const budgets = budgetsOfToday(world.budgets as Settings, spent);
    const rests = database.all<{ provider: string }>('SELECT provider FROM provider_breakers WHERE open_until > ?', [
      agenda.now,
    ]);
    const listCents = runwayModels[0].costCents(5);
    const [provider] = providersInOrder.filter(
      (one) =>
        one !== from && !rests.some((rest) => rest.provider === one) && isWithin(budgets, { provider: one, listCents }),
    );
    return provider ? { provider, model: runwayModels[0].id, canStop: random.pick(stopping), listCents } : null;
  }

  /** The breaker: a provider rests at once when our account there is empty. */
  function noteEmpty(provider: string): void {
    database.all(
      `INSERT INTO provider_breakers (provider, opened_at, open_until, reason) VALUES (?1, ?2, ?3, 'out-of-funds')
       ON CONFLICT (provider) DO UPDATE SET opened_at = ?2, open_until = ?3, reason = 'out-of-funds' WHERE open_until <= ?2`,
      [provider, agenda.now, agenda.now + emptyMilliseconds],
    );
  }

  /** A batch of D1: refused, or done with its answer lost, or done. */
  function batch(statements: Statement[]): GenerationRecord[] {
    if (random.chance(world.faults.databaseRefuses)) throw new Fault('Network connection lost');
    const wanted = mistake?.rewrite ? statements.map(mistake.rewrite) : statements;
    const rows = database.batch<GenerationRecord>(wanted).at(-1) ?? [];
    mistake?.afterWrite?.(world);
    if (random.chance(world.faults.databaseAnswerLost)) throw new Fault('Network connection lost');
    return rows;
  }

  function write(effect: WriteEffect, { job, userId }: At, answer: (record: GenerationRecord) => void): void {
    const writes = statementsFor({ effect, id: job.id, userId, now: agenda.now });
    answer(written(batch([...writes, readStatement(job.id, agenda.now)])));
  }

  /** As the real runner: a missing row, after the database was restored, ends the run. */
  function written([record]: GenerationRecord[]): GenerationRecord {
    if (!record) throw new Fault('the generation has no row');
    return record;
  }

  const effects: {
    [Kind in EffectKind]: (effect: EffectOf<Kind>, at: At, answer: (value: AnswerTo<Kind>) => void) => void;
  } = {
    arm({ at }, { job }, answer) {
      job.arm(at);
      answer(undefined);
    },
    read(_effect, { job }, answer) {
      const record = batch([readStatement(job.id, agenda.now)])[0];
      answer({ record: record ?? null, memo: job.memo ?? {}, minPollSeconds: 5 });
    },
    remember({ memo }, { job }, answer) {
      job.memo = memo;
      const task = memo.accepted && provider.tasks.get(memo.accepted.taskId);
      if (task) task.isKnown = true;
      answer(undefined);
    },
    begin(_effect, { job }, answer) {
      answer(written(batch([...beginStatements({ id: job.id, ...asked(job.id) }), readStatement(job.id, agenda.now)])));
    },
    'wake-next'(_effect, { job }, answer) {
      for (const { id } of batch([nextAdmissionsStatement(asked(job.id))]) as unknown as { id: string }[]) call(id);
      answer(undefined);
    },
    picture(_effect, { job, userId }, answer) {
      if (random.chance(carriedShare)) {
        const bytes = new Uint8Array();
        return answer({ outcome: 'ok', image: { kind: 'bytes', bytes, contentType: 'image/jpeg' } });
      }
      bucket.putPicture(pictureKey({ userId, id: job.id }), job.id);
      answer({ outcome: 'ok', image: { kind: 'url', url: 'https://echoes.test/picture' } });
    },
    'record-attempt': write,
    submit({ nonce, image }, { job, userId }, answer) {
      const isThere = () => bucket.objects.has(pictureKey({ userId, id: job.id }));
      const picture = image.kind === 'url' ? isThere : null;
      const name = providerOf(job.id);
      provider.submit({ provider: name, generationId: job.id, nonce, picture }, (outcome) => {
        if (outcome.outcome === 'refused' && outcome.error.kind === 'out-of-funds') noteEmpty(name);
        answer(outcome);
      });
    },
    'hold-back': write,
    'note-unknown': write,
    bind: write,
    waits(_effect, { job }, answer) {
      answer(batch([waitsStatement(job.id)]) as unknown as CountedWait[]);
    },
    poll: ({ taskId }, _at, answer) => provider.poll(taskId, answer),
    progress: write,
    retry: write,
    move: (effect, at, answer) => write({ ...effect, to: destination(providerOf(at.job.id)) }, at, answer),
    finish: write,
    copy({ url }, { job, run, userId }, answer) {
      const minted = Number(new URL(url).searchParams.get('minted'));
      if (minted < run.beganAt)
        world.report('a copy uses an address of its own run', job.id, `minted ${run.beganAt - minted} ms earlier`);
      bucket.copy({ url, key: videoKey({ userId, id: job.id }), generationId: job.id }, answer);
    },
    commit: write,
    fail: write,
    'cancel-task': ({ taskId, provider: name }, _at, answer) => provider.cancel({ taskId, provider: name }, answer),
    'find-media'(_effect, { job, userId }, answer) {
      answer(bucket.find(videoKey({ userId, id: job.id })));
    },
    'delete-media'(_effect, { job, userId }, answer) {
      bucket.delete(videoKey({ userId, id: job.id }));
      answer(undefined);
    },
    'delete-picture'(_effect, { job, userId }, answer) {
      bucket.delete(pictureKey({ userId, id: job.id }));
      answer(undefined);
    },
    publish(_effect, _at, answer) {
      if (random.chance(world.faults.publishFails)) throw new Fault('the page could not be told');
      answer(undefined);
    },
    done(_effect, { job }, answer) {
      job.forget();
      answer(undefined);
    },
    cleaned: write,
  };
  return (effect, at, answer) =>
    (effects[effect.kind] as (effect: Effect, at: At, answer: Answer) => void)(effect, at, answer);
}
