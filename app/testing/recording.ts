// The same database, which also keeps every statement that is prepared: to see what a page asks, and how it is found.

export interface Recorded {
  sql: string;
  values: unknown[];
}

/** `db`, writing each statement with its values into `statements` as it is bound. */
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

/** How SQLite finds what a statement asks for: a line for each table, as it says it. */
export async function planOf(db: D1Database, { sql, values }: Recorded): Promise<string[]> {
  const { results } = await db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}
