import type { Database } from '../simulator/database.ts';
import type { Random } from '../simulator/random.ts';

type Value = string | number | null;

interface Table {
  name: string;
  columns: readonly string[];
  key: readonly string[];
  /** For a column that refers to another table: the values there. */
  referred: ReadonlyMap<string, readonly Value[]>;
  rows: readonly Record<string, Value>[];
  /** The words in quotes of the table's definition: states and kinds. */
  words: readonly string[];
}

/** Every table of the schema with its rows, as the makings of statements. */
export function readTables(database: Database): Table[] {
  const found = database.all<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  return found.map(({ name, sql }) => {
    const columns = database.all<{ name: string; pk: number }>(`PRAGMA table_info(${name})`);
    const references = database.all<{ table: string; from: string; to: string | null }>(
      `PRAGMA foreign_key_list(${name})`,
    );
    const referred = references.map(({ table, from, to }): [string, Value[]] => [
      from,
      database.all<{ value: Value }>(`SELECT ${to ?? from} AS value FROM ${table} LIMIT 40`).map(({ value }) => value),
    ]);
    return {
      name,
      columns: columns.map((column) => column.name),
      key: columns.filter(({ pk }) => pk > 0).map((column) => column.name),
      referred: new Map(referred),
      rows: database.all<Record<string, Value>>(`SELECT * FROM ${name} LIMIT 60`),
      words: [...new Set([...sql.matchAll(/'([\w:-]+)'/g)].map(([, word = '']) => word))],
    };
  });
}

const verbs = [
  'INSERT',
  'INSERT OR REPLACE',
  'INSERT OR IGNORE',
  'UPDATE',
  'UPDATE OR REPLACE',
  'UPDATE OR IGNORE',
  'DELETE',
];

/**
 * One random statement against one of the tables, or against `only`, with its values written out, so that it can be run by
 * hand.
 */
export function randomStatement(tables: readonly Table[], random: Random, only?: string): string {
  const among = only === undefined ? tables : tables.filter((table) => table.name === only);
  const { name, columns, key, referred, rows, words } = random.pick(among);
  const anyRow = () => (rows.length > 0 ? random.pick(rows) : {});
  const ids = tables.flatMap((table) => table.rows.flatMap((row) => Object.values(row).slice(0, 1)));

  function valueFor(column: string): Value {
    const own = anyRow()[column] ?? null;
    const near = referred.get(column) ?? [];
    if (random.chance(0.4)) return own;
    if (near.length > 0 && random.chance(0.5)) return random.pick(near);
    if (random.chance(0.15)) return null;
    if (typeof own === 'number') return random.pick([0, 1, -1, 2, own + 1, own - 1, own * 2, 5, 8_000, 9e9]);
    if (words.length > 0 && random.chance(0.5)) return random.pick(words);
    return random.chance(0.5)
      ? random.pick(ids)
      : random.pick(['', 'x', `new-${Math.floor(random() * 1e6)}`, 7, 0, 1.5]);
  }
  const some = <Item>(items: readonly Item[], most: number) =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => random.pick(items));
  const sameRow = () => {
    const row = anyRow();
    return key.map((column) => `${column} IS ${literal(row[column] ?? null)}`).join(' AND ');
  };
  const which = () => {
    if (random.chance(0.75)) return sameRow();
    const column = random.pick(columns);
    return random.chance(0.3) ? '1' : `${column} IS ${literal(anyRow()[column] ?? null)}`;
  };

  const verb = random.pick(verbs);
  if (verb === 'DELETE') return `DELETE FROM ${name} WHERE ${which()}`;
  if (verb.startsWith('UPDATE')) {
    const changes = [...new Set(some(columns, 3))].map((column) => `${column} = ${literal(valueFor(column))}`);
    return `${verb} ${name} SET ${changes.join(', ')} WHERE ${which()}`;
  }
  const row: Record<string, Value> = { ...anyRow() };
  if (random.chance(0.6))
    for (const column of key)
      row[column] = typeof row[column] === 'number' ? Math.floor(random() * 1e6) : `new_${Math.floor(random() * 1e6)}`;
  for (const column of some(columns, 4)) row[column] = valueFor(column);
  const given = columns.filter((column) => row[column] !== undefined && !(random.chance(0.1) && !key.includes(column)));
  return `${verb} INTO ${name} (${given.join(', ')}) VALUES (${given.map((column) => literal(row[column] ?? null)).join(', ')})`;
}

/**
 * For each row, and each column with a default that may not be NULL, the statement that writes the default behind the laws:
 * they are asked about NULL.
 */
export function defaultsByReplace(database: Database): string[] {
  return readTables(database).flatMap(({ name, key, rows }) => {
    const columns = database
      .all<{ name: string; notnull: number; dflt_value: string | null }>(`PRAGMA table_info(${name})`)
      .filter(({ notnull, dflt_value }) => notnull === 1 && dflt_value !== null);
    return columns.flatMap((column) =>
      rows.map((row) => {
        const where = key.map((part) => `${part} IS ${literal(row[part] ?? null)}`).join(' AND ');
        return `UPDATE OR REPLACE ${name} SET ${column.name} = NULL WHERE ${where}`;
      }),
    );
  });
}

const literal = (value: Value): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : value === null ? 'NULL' : String(value);
