import type { Statement } from '../../app/db/statement.ts';
import type { Memo } from '../../app/generations/pipeline/effects.ts';
import { Agenda } from './agenda.ts';
import { Database } from './database.ts';
import { type Faults, heavyFaults } from './faults.ts';
import { createRandom, type Random } from './random.ts';

/** The laws an episode is held to: I1 to I16 of the fault model, and those of a single step. */
export const laws = [
  'I1 balance is what the ledger adds up to',
  'I2 one debit, and one refund if and only if it did not work out',
  'I3 each purchase is granted once',
  'I4 everything ends in time',
  'I5 the media kept are those of ready tries',
  'I6 at most three submits, each written down before',
  'I7 one generation for each request',
  'I8 no row crosses people',
  'I9 a gift pays one second try and is never a credit',
  'I10 a person is one Google account, in all its accounts',
  'I11 stops at the provider are few and only where it can stop',
  'I12 two admins are two people',
  'I13 rewards are few, earned by active people, and go with their cause',
  'I14 each submit is booked, and no day passes its budget',
  'I15 nothing is sent to a provider that rests by hand, and nothing begins in maintenance',
  'I16 a refund of an admin is made once, and known in the end',
  'tasks are accounted for and asked to be forgotten',
  'an unfinished object always has an alarm',
  'a task is never asked about more often than allowed',
  'a copy uses an address of its own run',
  'the timeline tells what happened',
  'nothing throws but the faults',
] as const;
export type Law = (typeof laws)[number];

/** A law that was broken. */
export interface Problem {
  law: Law;
  generationId: string | null;
  text: string;
}

/** An injected fault, which the pipeline has to survive. */
export class Fault extends Error {}

/** A planted mistake of the product's code, which the laws have to notice. */
export interface Mistake {
  /** SQL run after the migrations. */
  schema?: string;
  rewrite?(statement: Statement): Statement;
  /** Changes the SQL of the product's own functions. */
  rewriteProduct?(sql: string): string;
  afterWrite?(world: World): void;
  /** The object does not arm its next alarm before it works. */
  armsLate?: boolean;
  requestKey?(key: string, attempt: number): string;
  /** Changes an object's memo when a webhook comes, instead of the product's function. */
  hurries?(memo: Memo): Memo;
  /** A purchase is looked up by the event that reports it. */
  keysPurchasesByEvent?: boolean;
  /** A checkout is taken for ended whatever the payment service says. */
  believesThatSessionsEnd?: boolean;
  /** Somebody who comes back after deleting their account is a new person. */
  forgetsAccounts?: boolean;
  /** A stop does not ask the provider whether the task is still at work. */
  stopsUnasked?: boolean;
  /** Each request to the payment service has a key of its own. */
  forgetsKeys?: boolean;
  /** A refund without an answer is left to the admin. */
  skipsUnanswered?: boolean;
  /** Money that is paid after the account was deleted is kept. */
  keepsMoneyOfLeavers?: boolean;
  /** A purchase of an hour that the database lost is not restored. */
  forgetsPurchases?: boolean;
  /** The free second try is given without a look at whether it was used. */
  givesWhatIsUsed?: boolean;
  skipsSweepOfGenerations?: boolean;
  skipsSweepOfEnded?: boolean;
  skipsSweepOfMedia?: boolean;
}

/** What every part of the model shares. */
export interface World {
  random: Random;
  agenda: Agenda;
  database: Database;
  faults: Faults;
  mistake: Mistake | null;
  /** How long the provider works on most tasks. */
  typicalSeconds: number;
  problems: Problem[];
  /** The hour that a restore removed, in ms; null without a restore. */
  forgotten: { from: number; until: number } | null;
  /** Until when (ms) our account at a provider is empty. */
  emptyUntil: Map<string, number>;
  /** The budgets of the day in dollars, of all and of each provider; 0 for none. */
  budgets: { budgetPerDay: number; budgetAtProvider: Record<string, number> };
  /** Records a broken law. */
  report(law: Law, generationId: string | null, text: string): void;
  /** Adds a line to the history of the watched generation. */
  tell(generationId: string, text: () => string): void;
  story: string[];
  /** Running numbers: the same in every run of a seed. */
  number(): number;
}

export const minute = 60_000;
/** An arbitrary midnight. */
export const epoch = Date.UTC(2026, 0, 1);
const mostProblems = 10;

export function createWorld({
  seed,
  migrations,
  mistake = null,
  storyOf = null,
  faults = heavyFaults,
  typicalSeconds = 12,
}: {
  seed: number;
  migrations: readonly string[];
  mistake?: Mistake | null;
  /** The generation whose story is kept. */
  storyOf?: string | null;
  faults?: Faults;
  typicalSeconds?: number;
}): World {
  const agenda = new Agenda(epoch);
  const problems: Problem[] = [];
  const story: string[] = [];
  let count = 0;
  const database = new Database(migrations);
  if (mistake?.schema) database.exec(mistake.schema);
  return {
    random: createRandom(seed),
    agenda,
    database,
    faults,
    mistake,
    typicalSeconds,
    problems,
    forgotten: null,
    emptyUntil: new Map(),
    budgets: { budgetPerDay: 0, budgetAtProvider: {} },
    story,
    report(law, generationId, text) {
      if (generationId === storyOf && storyOf !== null) story.push(`${seconds(agenda.now)} BROKEN ${law}: ${text}`);
      // A limit for each law, so that a law that is broken often does not hide another.
      if (problems.filter((problem) => problem.law === law).length < mostProblems)
        problems.push({ law, generationId, text });
    },
    tell(generationId, text) {
      if (generationId === storyOf) story.push(`${seconds(agenda.now)} ${text()}`);
    },
    number: () => ++count,
  };
}

/** An id in the product's form; later ids sort later. */
export function idOf(kind: string, number: number): string {
  return `${kind}_${String(number).padStart(26, '0')}`;
}

function seconds(now: number): string {
  return `${((now - epoch) / 1000).toFixed(3).padStart(10)}s`;
}
