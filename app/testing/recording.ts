// Records the statements of a database, so that a test can count and explain them.

export interface Recorded {
  sql: string;
  values: unknown[];
}

/** `db`, which adds each statement with its values to `statements` when it is bound. */
export function recording(db: D1Database, statements: Recorded[]): D1Database {
  const wrap = (prepared: D1PreparedStatement, sql: string): D1PreparedStatement =>
    new Proxy(prepared, {
      get(target, name) {
        if (name === 'bind') {
          return (...values: unknown[]) => {
            statements.push({ sql, values });
            return wrap(target.bind(...values), sql);
          };
        }
        const member = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  return new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return (sql: string) => wrap(target.prepare(sql), sql);
      const member = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** SQLite's query plan of a statement, one line for each table. */
export async function planOf(db: D1Database, { sql, values }: Recorded): Promise<string[]> {
  const { results } = await db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}
