import { sql } from 'drizzle-orm';
import { type AnySQLiteColumn, integer } from 'drizzle-orm/sqlite-core';

/** A time that every row has, in milliseconds since 1970. */
export const at = (name: string) => integer(name).notNull();

/** The condition of an index on deleted rows whose media and words erasure has yet to remove. */
export const toErase = (table: { deletedAt: AnySQLiteColumn; erasedAt: AnySQLiteColumn }) =>
  sql`${table.deletedAt} IS NOT NULL AND ${table.erasedAt} IS NULL`;
