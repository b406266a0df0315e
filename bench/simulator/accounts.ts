import { createAccounts } from '../../app/auth/accounts.server.ts';
import { createDeletion } from '../../app/auth/deletion.server.ts';
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
  const { agenda, database, random } = world;
  const base = {
    db: createDatabase(binding.d1),
    clock: () => agenda.now,
    config: { IDENTITY_SECRET: secret } as Config,
    newId: (kind: string) => idOf(kind, world.number()),
  };
  const settings = { read: async () => ({ signupCredits }) } as never;
  const deletion = createDeletion(base);
  const accounts = createAccounts({ base: base as never, settings, deletion });
  /** The Google account of each person that was ever seen. */
  const subs = new Map<string, string>();

  return {
    ...base,

    /**
     * Signs in, also for the first time. A person whose account is being deleted takes that back, or makes it final and begins
     * anew. Null where a request failed; the person may try again.
     */
    async arrive(sub: string, invitedBy: string | null = null): Promise<string | null> {
      const account = { sub, email: `${sub}@example.com`, name: sub };
      const signIn = async () => {
        const found = await binding.process(() => accounts.arrive(account, { invitedBy }));
        if (found) subs.set(found.userId, sub);
        return found;
      };
      let arrived = await signIn();
      if (arrived?.isLeaving) {
        const { userId } = arrived;
        if (random.chance(0.5)) {
          const isBack = await binding.process(() => deletion.takeBack(userId));
          return isBack ? userId : null;
        }
        await binding.process(() => deletion.close(userId));
        arrived = await signIn();
      }
      return arrived && !arrived.isLeaving ? arrived.userId : null;
    },

    /** Asks for the deletion of the account, and makes it final at once or not. */
    async remove(userId: string): Promise<void> {
      await binding.process(() => deletion.ask(userId));
      if (random.chance(0.5)) await binding.process(() => deletion.close(userId));
    },

    /** Whose person this is or was: the Google account, also after the account was deleted. */
    subOf: (userId: string): string | undefined => subs.get(userId),

    /** The living person of a Google account, or null. */
    personOf(sub: string): string | null {
      const rows = database.all<{ id: string }>(
        'SELECT p.user_id AS id FROM profiles p JOIN users u ON u.id = p.user_id AND u.deleted_at IS NULL WHERE p.google_sub = ?',
        [sub],
      );
      if (rows[0]) subs.set(rows[0].id, sub);
      return rows[0]?.id ?? null;
    },
  };
}
