import { type Column, fillPlaceholders, type GetColumnData, type Placeholder, type SQL, sql } from 'drizzle-orm';
import { QueryBuilder } from 'drizzle-orm/sqlite-core';

/** What a read gives, by name: columns of text or numbers, or SQL that says its type. */
type Fields = Record<string, Column | SQL>;

type RowOf<F extends Fields> = {
  [Name in keyof F]: F[Name] extends Column ? GetColumnData<F[Name]> : F[Name] extends SQL<infer Value> ? Value : never;
};

/** A question to the database whose SQL was written once, for all requests. */
export interface Read<Given extends string, Row> {
  sql: string;
  params: unknown[];
  /** Types alone: what it is asked with, and what each row of its answer is. */
  given?: Given;
  row?: Row;
}

const select = (fields: Record<string, SQL.Aliased>) => new QueryBuilder().select(fields);

/**
 * Writes the SQL of a read: `given` names what it will be asked with, `fields` what each row holds. Writing a query costs
 * more than sending it, so pages that people wait for define theirs in the module.
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

/** A column of what may not be there: the right side of a left join. */
export function maybe<C extends Column>(column: C): SQL<GetColumnData<C> | null> {
  return sql<GetColumnData<C> | null>`${column}`;
}

interface Waiting {
  statement: D1PreparedStatement;
  resolve(rows: never[]): void;
  reject(error: unknown): void;
}

/**
 * Asks reads. Those asked at the same moment travel to D1 together, as one batch, and cost one way there and back: so a
 * page starts all its reads at once. If one cannot be read, none of its batch is.
 */
export function createAsk(d1: D1Database) {
  let waiting: Waiting[] = [];

  async function send(): Promise<void> {
    // A few turns, so that who waits for something that is there already still comes along.
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
