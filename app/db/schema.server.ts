/**
 * The whole database, one file per noun in `schema/`. Times are milliseconds since 1970, ids carry their kind (`gen_01J…`).
 * The laws of money and state are triggers in `migrations/`. Every reference between a person's rows is a composite key
 * that starts with `user_id`, so that a row never points into another person's data.
 */

export * from './schema/costs.server';
export * from './schema/credits.server';
export * from './schema/generations.server';
export * from './schema/operations.server';
export * from './schema/people.server';
export * from './schema/projects.server';
export * from './schema/providers.server';
export * from './schema/purchases.server';
export * from './schema/refunds.server';
export * from './schema/settings.server';
export * from './schema/shares.server';
