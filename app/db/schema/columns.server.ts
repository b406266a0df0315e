import { sql } from 'drizzle-orm';
import { type AnySQLiteColumn, integer, real } from 'drizzle-orm/sqlite-core';

/** A time that every row has, in milliseconds since 1970. */
export const at = (name: string) => integer(name).notNull();

/** The condition of an index on deleted rows whose media and words erasure has yet to remove. */
export const toErase = (table: { deletedAt: AnySQLiteColumn; erasedAt: AnySQLiteColumn }) =>
  sql`${table.deletedAt} IS NOT NULL AND ${table.erasedAt} IS NULL`;

/** The columns of a frame (app/photos/frame.ts); each table checks its bounds. */
export const frameColumns = () => ({
  frameX: real('frame_x').notNull(),
  frameY: real('frame_y').notNull(),
  frameZoom: real('frame_zoom').notNull(),
  frameTurn: integer('frame_turn').notNull().default(0),
  frameTilt: real('frame_tilt').notNull().default(0),
});
