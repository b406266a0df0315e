import { createAuditLog } from '../../app/admin/audit-log.server.ts';
import { createGenerationActions } from '../../app/admin/generations/generation-actions.server.ts';
import { createAdjustments } from '../../app/admin/people/adjustments.server.ts';
import { createAdminSettings } from '../../app/admin/settings/settings-admin.server.ts';
import { guardedKeys } from '../../app/settings/guarded.ts';
import { createSettings } from '../../app/settings/settings.server.ts';
import { defaults } from '../../app/settings/settings.ts';
import { createModelAccounts } from './accounts.ts';
import type { Binding } from './binding.ts';
import type { Product } from './product.ts';
import { createRefunding } from './refunding.ts';
import type { Shop } from './shop.ts';
import { minute, type World } from './world.ts';

/** The Google accounts of admins: the first colludes with itself, the others are honest. */
const subs = ['crook', 'honest-one', 'honest-two'] as const;
const crook = subs[0];
const day = 24 * 60 * minute;
const law = 'I12 two admins are two people';
const schemes = 24;
const honestActs = 10;
const refundActs = 24;

interface Decided {
  id: string;
  by: string;
  asker: string;
  person: string;
  at: number;
  credits: number;
  key: string;
  value: string;
}

/**
 * An admin who would like to be two: gives themselves and friends credits and clips in small pieces, says yes to their own
 * requests, raises the limit, deletes the account, comes back and is appointed again. Honest admins say yes now and then.
 */
export function createAdmins({
  world,
  binding,
  product,
  shop,
  friends,
}: {
  world: World;
  binding: Binding;
  product: Product;
  shop: Shop;
  friends: readonly string[];
}) {
  const { random, agenda, database } = world;
  const accounts = createModelAccounts({ world, binding, signupCredits: 0 });
  const { db, clock, newId } = accounts;
  const context = { db, clock, newId, auditLog: createAuditLog({ db, clock }) };
  const live = { publish: async () => undefined };
  const ledger = { balance: async () => ({ balance: 0, version: 0 }) };
  // Each request of the Worker reads the settings anew.
  const settings = { read: () => createSettings({ db, clock }).read() };
  const adjustments = createAdjustments(context, { ledger, live, settings });
  const adminSettings = createAdminSettings(context, {
    settings: createSettings({ db, clock }),
    providers: { all: () => [] },
  });
  const actions = createGenerationActions(context, {
    ...{ generations: product.generations, settings },
    generationJobs: { getByName: () => ({ hint: async () => undefined }) },
    providers: { choose: () => ({ outcome: 'chosen' }) } as never,
    breaker: { resting: async () => ({ until: () => null }) },
  });

  const refunding = createRefunding({ world, binding, shop, context, settings });

  async function signIn(sub: string): Promise<void> {
    await accounts.arrive(sub);
    // The owner appoints the newcomer, who seems to be another person (ops/admin.ts).
    const sql = `INSERT INTO admins (google_sub, granted_at) SELECT google_sub, ?2 FROM profiles p
      JOIN users u ON u.id = p.user_id AND u.deleted_at IS NULL WHERE google_sub = ?1
      AND NOT EXISTS (SELECT 1 FROM admins a WHERE a.google_sub = p.google_sub)`;
    database.all(sql, [sub, agenda.now]);
  }
  const { personOf } = accounts;

  const tables = ['adjustments', 'setting_changes'] as const;
  type Table = (typeof tables)[number];
  const waitingOf = (table: Table) =>
    database.all<{ id: string; by: string }>(`SELECT id, requested_by AS by FROM ${table} WHERE state = 'waiting'`);

  async function decide(adminId: string, table: Table, id: string): Promise<unknown> {
    const answer = { adminId, isYes: true, requestId: newId('req') };
    return table === 'adjustments'
      ? adjustments.decide({ ...answer, adjustmentId: id })
      : adminSettings.guarded.decide({ ...answer, changeId: id });
  }

  const ask = (adminId: string, userId: string, credits: number) =>
    adjustments.ask({
      adminId,
      userId,
      credits,
      reason: 'For the trouble',
      requestId: newId('req'),
      requestKey: newId('req'),
    });

  async function askForSetting(adminId: string): Promise<unknown> {
    const key = random.chance(0.5) ? ('secondAdminAbove' as const) : ('shareViewers' as const);
    const value = key === 'secondAdminAbove' ? random.pick([15, 20, 500]) : random.pick([2, 3]);
    const [row] = database.all<{ version: number }>('SELECT version FROM settings WHERE key = ?', [key]);
    return adminSettings.change({ key, value, seenVersion: row?.version ?? 0, adminId, requestId: newId('req') });
  }

  /** Has a friend's clip made again at the house's expense. */
  async function giveClip(adminId: string): Promise<unknown> {
    const [found] = database.all<{ id: string }>(
      'SELECT id FROM generations WHERE user_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?',
      [random.pick([...friends, adminId]), Math.floor(random.between(0, 4))],
    );
    if (!found) return;
    const order = { adminId, generationId: found.id, requestId: newId('req'), requestKey: newId('req') };
    return actions.retry({ ...order, provider: 'runway', model: 'gen4_turbo' });
  }

  async function scheme(): Promise<unknown> {
    const self = personOf(crook);
    if (self === null) return signIn(crook);
    const own = (table: Table) => waitingOf(table).find(({ by }) => accounts.subOf(by) === crook);
    switch (
      random.pick([
        'self',
        'small',
        'small',
        'large',
        'limit',
        'yes',
        'yes',
        'yes',
        'back',
        'clip',
        'clip',
        'refund',
        'refund',
      ] as const)
    ) {
      case 'self':
        return ask(self, self, 1 + Math.round(random.between(0, 30)));
      case 'small':
        return ask(self, random.pick(friends), random.pick([-3, 5, 7, 9]));
      case 'large':
        return ask(self, random.pick(friends), 300);
      case 'refund':
        for (let turn = 0; turn < 4; turn += 1) await refunding.ask(self);
        return refunding.decide(self);
      case 'limit':
        return askForSetting(self);
      case 'yes': {
        const table = random.pick(tables);
        const found = own(table);
        return found && decide(self, table, found.id);
      }
      case 'back':
        await accounts.remove(self);
        return signIn(crook);
      case 'clip':
        for (let clip = 0; clip < 8; clip += 1) await giveClip(self);
        return;
    }
  }

  /** An honest admin at work on refunds. */
  async function refund(): Promise<unknown> {
    const sub = random.pick(subs.slice(1));
    const self = personOf(sub);
    if (self === null) return signIn(sub);
    return random.chance(0.7) ? refunding.ask(self) : refunding.decide(self);
  }

  async function work(): Promise<unknown> {
    const sub = random.pick(subs.slice(1));
    const self = personOf(sub);
    if (self === null) return signIn(sub);
    const table = random.pick(tables);
    const others = waitingOf(table).filter(({ by }) => by !== self);
    if (others.length > 0 && random.chance(0.3)) return decide(self, table, random.pick(others).id);
    if (random.chance(0.2)) return askForSetting(self);
    return random.chance(0.4) ? giveClip(self) : ask(self, random.pick(friends), random.pick([1, 2, 3]));
  }

  return {
    live(milliseconds: number): void {
      const spread = (count: number, act: () => Promise<unknown>) => {
        for (let turn = 0; turn < count; turn += 1)
          agenda.beginAt(agenda.now + random() * milliseconds, async () => void (await binding.process(act)));
      };
      refunding.live(milliseconds);
      spread(schemes, scheme);
      spread(honestActs, work);
      spread(refundActs, refund);
    },

    /** Holds what was done against who did it, by Google account, whatever the laws of the schema say. */
    check(): void {
      refunding.check();
      const by = (id: string) => accounts.subOf(id) ?? id;
      const decided = (sql: string) =>
        database
          .all<Decided>(sql)
          .map((row) => ({ ...row, by: by(row.by), asker: by(row.asker), person: by(row.person) }));
      const changes = decided(
        `SELECT id, decided_by AS by, requested_by AS asker, '' AS person, decided_at AS at, 0 AS credits, key, value
         FROM setting_changes WHERE state = 'done' ORDER BY decided_at, id`,
      );
      for (const change of changes)
        if (change.by === change.asker) world.report(law, null, `${change.id} was changed by one person`);
      const given = decided(
        `SELECT id, decided_by AS by, requested_by AS asker, user_id AS person, decided_at AS at, abs(credits) AS credits,
           '' AS key, '' AS value FROM adjustments WHERE state = 'done'
         UNION ALL SELECT id, gift_by, gift_by, user_id, created_at, cost, '', '' FROM generations WHERE gift_by IS NOT NULL
         UNION ALL SELECT id, decided_by, requested_by, user_id, decided_at, credits, '', '' FROM refund_requests
           WHERE state IN ('asked','done')
         ORDER BY at, id`,
      ).filter((one) => one.by === one.asker);
      const limitAt = (at: number) =>
        Number(
          changes.findLast((one) => one.key === 'secondAdminAbove' && one.at <= at)?.value ?? defaults.secondAdminAbove,
        );
      for (const { id, by: giver, at, person } of given) {
        if (person === giver) world.report(law, null, `${id} was given to oneself`);
        const moved = given
          .filter((one) => one.by === giver && one.at <= at && one.at > at - day)
          .reduce((sum, { credits }) => sum + credits, 0);
        // Of two writes within a second, the later limit may hold for the earlier one.
        if (moved > Math.max(limitAt(at), limitAt(at + 1_000), limitAt(at - 1_000)))
          world.report(law, null, `${id}: ${giver} gave ${moved} alone`);
      }
      const written = database.all<{ key: string; version: number }>('SELECT key, version FROM settings');
      for (const { key, version } of written)
        if ((guardedKeys as string[]).includes(key) && changes.filter((one) => one.key === key).length !== version)
          world.report(law, null, `${key} was written beside its changes`);
    },
  };
}
