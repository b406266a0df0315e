import { type Column, fillPlaceholders, type GetColumnData, type Placeholder, type SQL, sql } from 'drizzle-orm';
import { QueryBuilder } from 'drizzle-orm/sqlite-core';

/** The columns of a read's rows, by name; SQL for a computed column states its type. */
type Fields = Record<string, Column | SQL>;

type RowOf<F extends Fields> = {
  [Name in keyof F]: F[Name] extends Column ? GetColumnData<F[Name]> : F[Name] extends SQL<infer Value> ? Value : never;
};

/** A query whose SQL was built once, when its module was loaded. */
export interface Read<Given extends string, Row> {
  sql: string;
  params: unknown[];
  /** Carry types only: the names of the parameters, and a row of the result. */
  given?: Given;
  row?: Row;
}

const select = (fields: Record<string, SQL.Aliased>) => new QueryBuilder().select(fields);

/**
 * Builds the SQL of a read: `given` names its parameters, `fields` the columns of each row. Building a query with drizzle
 * takes more CPU than sending it, so the reads of pages are built once per module.
 */
export function defineRead<const Given extends string, F extends Fields>(
  given: readonly Given[],
  fields: F,
  rest: (
    query: ReturnType<typeof select>,
    given: Record<Given, Placeholder>,
  ) => { toSQL(): { sql: string; params: unknown[] } },
): Read<Given, RowOf<F>> {
  const named = Object.entries(fields).map(([name, field]) => [name, sql`${field}`.as(name)]);
  const open: Record<string, Placeholder> = Object.fromEntries(given.map((name) => [name, sql.placeholder(name)]));
  const { sql: text, params } = rest(select(Object.fromEntries(named)), open as Record<Given, Placeholder>).toSQL();
  return { sql: text, params };
}

/** A column of the right side of a left join: null where no row matches. */
export function maybe<C extends Column>(column: C): SQL<GetColumnData<C> | null> {
  return sql<GetColumnData<C> | null>`${column}`;
}

interface Waiting {
  statement: D1PreparedStatement;
  resolve(rows: never[]): void;
  reject(error: unknown): void;
}

/**
 * Sends reads to D1. Reads of the same tick are one batch and cost one round trip, so a page starts all its reads at once.
 * If one read of a batch fails, all of them reject.
 */
export function createAsk(d1: D1Database) {
  let waiting: Waiting[] = [];

  async function send(): Promise<void> {
    // Wait four microtasks, so that reads started in this tick join the batch.
    for (let turn = 0; turn < 4; turn++) await null;
    const sent = waiting;
    waiting = [];
    try {
      const answers = await d1.batch(sent.map(({ statement }) => statement));
      for (const [index, { resolve }] of sent.entries()) resolve(answers[index]?.results as never[]);
    } catch (error) {
      for (const { reject } of sent) reject(error);
    }
  }

  return function ask<Given extends string, Row>(
    read: Read<Given, Row>,
    given: Record<Given, string | number>,
  ): Promise<Row[]> {
    const statement = d1.prepare(read.sql).bind(...fillPlaceholders(read.params, given));
    return new Promise((resolve, reject) => {
      if (waiting.push({ statement, resolve, reject }) === 1) void send();
    });
  };
}

export type Ask = ReturnType<typeof createAsk>;
