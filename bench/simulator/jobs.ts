import type { Effect, Memo } from '../../app/generations/pipeline/effects.ts';
import { generationLife, safetyMilliseconds } from '../../app/generations/pipeline/machine.ts';
import { hurried } from '../../app/generations/pipeline/run.ts';
import { failStatement } from '../../app/generations/pipeline/statements.ts';
import { Fault, idOf, type World } from './world.ts';

/** One life of the machine's generator, from an alarm to its next wait. */
export interface Run {
  life: ReturnType<typeof generationLife>;
  beganAt: number;
}

/** Performs one effect of a run and returns its answer, now or later. Throws a `Fault` where the real runner throws. */
export type Perform = (effect: Effect, at: { job: Job; run: Run; userId: string }, answer: Answer) => void;
export type Answer = (value: unknown) => void;

/** The Durable Objects: workers/generation-job.ts on the model's storage and alarm. */
export function createJobs({ world, perform }: { world: World; perform: Perform }) {
  const jobs = new Map<string, Job>();
  return {
    jobs,
    get(id: string): Job {
      const job = jobs.get(id) ?? new Job(world, perform, id);
      jobs.set(id, job);
      return job;
    },
  };
}

export type Jobs = ReturnType<typeof createJobs>;

export class Job {
  readonly id: string;
  memo: Memo | null = null;
  private isWanted = false;
  private alarm: number | null = null;
  private alarmNumber = 0;
  private isAlarmLost = false;
  private run: Run | null = null;
  private userId: string | null = null;
  private readonly world: World;
  private readonly perform: Perform;

  constructor(world: World, perform: Perform, id: string) {
    this.world = world;
    this.perform = perform;
    this.id = id;
  }

  get isFinished(): boolean {
    return !this.isWanted;
  }

  /** The alarm is set and is lost. */
  get hasDeadAlarm(): boolean {
    return this.alarm !== null && this.isAlarmLost;
  }

  /** The object's method `start`. */
  start(): void {
    const { now } = this.world.agenda;
    this.isWanted = true;
    if (this.alarm === null || this.alarm < now - 30_000) this.arm(now);
  }

  /** The object's method `nudge`. */
  nudge(): void {
    this.isWanted = true;
    this.arm(this.world.agenda.now);
  }

  /** The object's method `hint`: a webhook, which may come at any time, also without a change. */
  hint(): void {
    if (this.memo) this.memo = (this.world.mistake?.hurries ?? hurried)(this.memo);
    this.nudge();
  }

  /** setAlarm: the last alarm counts; it may ring late, or never. */
  arm(at: number): void {
    const { random, faults } = this.world;
    this.alarm = at;
    this.alarmNumber += 1;
    this.isAlarmLost = random.chance(faults.alarmLost);
    const late = random.chance(faults.alarmLate) ? random.between(0, 60_000) : 0;
    if (!this.isAlarmLost) this.ringAt(at + late, this.alarmNumber);
  }

  /** deleteAll: removes storage and alarm. */
  forget(): void {
    this.isWanted = false;
    this.memo = null;
    this.alarm = null;
  }

  private ringAt(time: number, number: number): void {
    this.world.agenda.at(time, () => {
      if (this.alarm === null || number !== this.alarmNumber || this.run) return;
      this.alarm = null;
      this.begin();
    });
  }

  private begin(): void {
    const { world } = this;
    const { agenda, random, faults } = world;
    if (this.run || !this.isWanted) return;
    if (!world.mistake?.armsLate) this.arm(agenda.now + safetyMilliseconds);
    if (random.chance(faults.alarmDoubled)) agenda.later(random.between(0, 20_000), () => this.begin());
    this.userId ??= this.findUser();
    const newNonce = () => idOf('req', world.number());
    this.run = { life: generationLife({ clock: () => agenda.now, newNonce, random }), beganAt: agenda.now };
    this.advance(this.run, undefined);
  }

  private advance(run: Run, value: unknown) {
    // The answer belongs to a run that has ended.
    if (run !== this.run) return;
    const { world, id } = this;
    try {
      const step = run.life.next(value);
      if (step.done) return this.end('waits');
      const effect = step.value;
      if (world.random.chance(world.faults.crashBefore)) return this.end(`dies before ${effect.kind}`);
      this.interfere(effect);
      const dies = world.random.chance(world.faults.crashAfter);
      const at = { job: this, run, userId: this.userId ?? '' };
      this.perform(effect, at, (answer) => {
        world.tell(id, () => `${effect.kind} ${brief(effect)} → ${brief(answer)}`);
        if (!dies) this.advance(run, answer);
      });
      if (dies && run === this.run) this.end(`dies after ${effect.kind}`);
    } catch (error) {
      if (!(error instanceof Fault)) world.report('nothing throws but the faults', id, String(error));
      if (run === this.run) this.end(`stopped: ${error}`);
    }
  }

  private end(how: string): void {
    const { world, id } = this;
    this.run = null;
    world.tell(id, () => how);
    if (this.isWanted && this.alarm === null)
      world.report('an unfinished object always has an alarm', id, `${how}, and no alarm is set`);
    if (this.alarm !== null && this.alarm <= world.agenda.now && !this.isAlarmLost)
      this.ringAt(world.agenda.now, this.alarmNumber);
  }

  /** Events from outside between two steps: an admin ends the generation, a message comes again, a webhook comes. */
  private interfere(effect: Effect): void {
    const { random, faults, agenda, database, mistake } = this.world;
    if (random.chance(effect.kind === 'commit' ? faults.failBeforeCommit : faults.interference)) {
      const detail = 'ended by an admin';
      const { sql, params } = failStatement({
        id: this.id,
        now: agenda.now,
        reason: 'unknown',
        detail,
        costCents: null,
      });
      database.batch([{ sql, params }]);
      mistake?.afterWrite?.(this.world);
      this.world.tell(this.id, () => detail);
    }
    if (random.chance(faults.interference)) this.start();
    if (random.chance(faults.interference)) this.nudge();
    if (random.chance(faults.webhook)) this.hint();
  }

  private findUser(): string {
    const rows = this.world.database.all<{ userId: string }>('SELECT user_id AS userId FROM generations WHERE id = ?', [
      this.id,
    ]);
    return rows[0]?.userId ?? '';
  }
}

function brief(value: unknown): string {
  const text = JSON.stringify(value, (key, part) => (key === 'kind' || key === 'image' ? undefined : part));
  return text === '{}' || text === undefined ? '' : text;
}
