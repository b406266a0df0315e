import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { seedPerson } from '~/testing/services';
import { createAsk, defineRead, maybe } from './reads.server';
import { creditAccounts, profiles, users } from './schema.server';

const userRead = defineRead(
  ['userId'],
  { id: users.id, balance: creditAccounts.balance, name: maybe(profiles.name) },
  (query, given) =>
    query
      .from(users)
      .innerJoin(creditAccounts, eq(creditAccounts.userId, users.id))
      .leftJoin(profiles, eq(profiles.userId, users.id))
      .where(eq(users.id, given.userId)),
);

/** Sends reads to the real database, and counts the statements of each batch. */
function counted() {
  const batches: number[] = [];
  const d1 = new Proxy(env.DB, {
    get(target, name) {
      if (name === 'batch')
        return (statements: D1PreparedStatement[]) => {
          batches.push(statements.length);
          return target.batch(statements);
        };
      const member = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { ask: createAsk(d1), batches };
}

describe('reads', () => {
  it('a read returns rows by the names of its fields, and null for the missing side of a left join', async () => {
    const userId = await seedPerson({ credits: 3 });
    expect(await counted().ask(userRead, { userId })).toEqual([{ id: userId, balance: 3, name: null }]);
  });

  it('reads of one tick are sent as one batch, and each gets its own rows', async () => {
    const [one, two] = [await seedPerson({ credits: 1 }), await seedPerson({ credits: 2 })];
    const { ask, batches } = counted();
    const afterwards = Promise.resolve(two).then((userId) => ask(userRead, { userId }));
    const answers = await Promise.all([
      ask(userRead, { userId: one }),
      afterwards,
      ask(userRead, { userId: 'nobody' }),
    ]);
    expect(answers.map((rows) => rows.map(({ balance }) => balance))).toEqual([[1], [2], []]);
    expect(batches).toEqual([3]);
    await ask(userRead, { userId: one });
    expect(batches).toEqual([3, 1]);
  });

  it('all reads of a batch reject when one of them fails', async () => {
    const { ask } = counted();
    const broken = { ...userRead, sql: userRead.sql.replace('"users"', '"nowhere"') };
    const asked = [ask(broken, { userId: 'a' }), ask(userRead, { userId: 'b' })];
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
