import { createAccounts } from '../../app/auth/accounts.server.ts';
import type { Config } from '../../app/config.server.ts';
import { createDatabase } from '../../app/db/client.server.ts';
import type { Binding } from './binding.ts';
import { idOf, type World } from './world.ts';

const secret = 'simulator';

/** The product's accounts on the model: people sign in with a Google account, delete it and return. */
export function createModelAccounts({
  world,
  binding,
  signupCredits,
}: {
  world: World;
  binding: Binding;
  signupCredits: number;
}) {
  const { agenda, database } = world;
  const base = {
    db: createDatabase(binding.d1),
    clock: () => agenda.now,
    config: { IDENTITY_SECRET: secret } as Config,
    newId: (kind: string) => idOf(kind, world.number()),
  };
  const settings = { read: async () => ({ signupCredits }) } as never;
  const accounts = createAccounts({ base: base as never, settings });
  /** The Google account of each person that was ever seen. */
  const subs = new Map<string, string>();

  return {
    ...base,

    /** Signs in, also for the first time. Null where the request failed; the person may try again. */
    async arrive(sub: string, invitedBy: string | null = null): Promise<string | null> {
      const account = { sub, email: `${sub}@example.com`, name: sub };
      const arrived = await binding.process(() => accounts.arrive(account, { invitedBy }));
      if (arrived) subs.set(arrived.userId, sub);
      return arrived?.userId ?? null;
    },

    remove: (userId: string): Promise<unknown> => binding.process(() => accounts.remove(userId)),

    /** Whose person this is or was: the Google account, also after the account was deleted. */
    subOf: (userId: string): string | undefined => subs.get(userId),

    /** The living person of a Google account, or null. */
    personOf(sub: string): string | null {
      const rows = database.all<{ id: string }>('SELECT user_id AS id FROM profiles WHERE google_sub = ?', [sub]);
      if (rows[0]) subs.set(rows[0].id, sub);
      return rows[0]?.id ?? null;
    },
  };
}
