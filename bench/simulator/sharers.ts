import { createRewards } from '../../app/credits/rewards.server.ts';
import { createShareTokens } from '../../app/projects/share-token.server.ts';
import { createShareVisits } from '../../app/projects/share-visits.server.ts';
import { defaults } from '../../app/settings/settings.ts';
import { createModelAccounts } from './accounts.ts';
import type { Binding } from './binding.ts';
import { seedFilm } from './people.ts';
import type { Product } from './product.ts';
import type { Shop } from './shop.ts';
import { idOf, minute, type World } from './world.ts';

const law = 'I13 rewards are few, earned by active people, and go with their cause';
const hosts = ['host-one', 'host-two'] as const;
const filmsEach = 6;
const actsEach = 110;
/** The networks from which films are watched: a few, again and again. */
const networks = 40;
const friendSubs = 5;
/** What a new person of this part begins with, so that a first film can be made. */
const signupCredits = 0;
const { shareRewardsPerMonth, referralCap } = defaults;

/**
 * People who live on rewards: they share every film with the same few networks, invite friends who buy, take the money back
 * and return as new friends, are suspended, delete the account and begin anew.
 */
export function createSharers({
  world,
  binding,
  product,
  shop,
}: {
  world: World;
  binding: Binding;
  product: Product;
  shop: Shop;
}) {
  const { random, agenda, database } = world;
  const accounts = createModelAccounts({ world, binding, signupCredits });
  const { db, clock } = accounts;
  const rewards = createRewards({
    ...{ db, clock },
    ledger: { balance: async () => ({ balance: 0, version: 0 }) } as never,
    live: { publish: async () => undefined } as never,
    // The product's defaults, but for a cap that friends of an episode can reach.
    settings: { read: async () => ({ ...defaults, referralRewardFor: 'either' }) } as never,
  });
  const tokens = createShareTokens({ secrets: ['a secret of the simulator'], identitySecret: 'another one of it' });
  const visits = createShareVisits({ db, tokens, rewards, clock });
  shop.afterPaid(rewards.afterPurchase);
  const isThere = (userId: string) => database.all('SELECT 1 FROM users WHERE id = ?', [userId]).length > 0;

  /** Moments at which people were suspended or active again, by person. */
  const suspensions = new Map<string, { from: number; until: number }[]>();

  interface Clip {
    clipId: string;
    projectId: string;
    approved: string | null;
    made: string | null;
    shareId: string | null;
  }
  const clipsOf = (userId: string) =>
    database.all<Clip>(
      `SELECT c.id AS clipId, c.project_id AS projectId, c.approved_generation_id AS approved, (SELECT g.id FROM generations g WHERE g.id = c.ready_generation_id AND g.clip_id = c.id) AS made,
         (SELECT s.id FROM shares s WHERE s.user_id = c.user_id AND s.project_id = c.project_id LIMIT 1) AS shareId
       FROM clips c JOIN projects p ON p.id = c.project_id AND p.deleted_at IS NULL WHERE c.user_id = ?`,
      [userId],
    );

  /** Watches a film to its end from one of the few networks; at times it is the owner's own. */
  async function watch(owner: string, shareId: string): Promise<void> {
    const network = Math.floor(random.between(0, networks));
    const request = new Request('https://echoes.test/', {
      headers: { 'CF-Connecting-IP': `10.0.0.${network}`, 'User-Agent': `browser ${Math.floor(random.between(0, 3))}` },
    });
    const visitorId = network === 0 ? owner : null;
    const visit = { share: { id: shareId, userId: owner }, seconds: 0, visitorId, request };
    await binding.process(async () => {
      let ticket = visits.open({ shareId, request });
      for (let step = 0; step < 2; step += 1) {
        const taken = await visits.take({ ...visit, ticket });
        if (taken.outcome !== 'started') return;
        ticket = taken.ticket;
      }
    });
  }

  async function act(sub: string): Promise<void> {
    const userId = accounts.personOf(sub);
    if (userId === null) {
      const made = await accounts.arrive(sub);
      if (made === null) return;
      for (let film = 0; film < filmsEach; film += 1) seedFilm(world, { userId: made, clipsEach: 1 });
      return shop.buy(made, 0);
    }
    if (random.chance(0.03) && !isSuspended(userId)) return suspend(userId);
    if (random.chance(0.012)) return void (await accounts.remove(userId));
    const clips = clipsOf(userId);
    if (clips.length === 0) return seedFilm(world, { userId, clipsEach: 1 }) && undefined;
    const { clipId, projectId, approved, made, shareId } = random.pick(clips);
    if (shareId !== null) return watch(userId, shareId);
    if (made === null) {
      const request = { userId, clipId, requestKey: `press-${world.number()}`, presetId: 'gentle', words: '' };
      await binding.process(() => product.generations.start(request));
    } else if (approved === null) {
      database.all('UPDATE clips SET approved_generation_id = ?1 WHERE id = ?2', [made, clipId]);
    } else {
      database.all('INSERT INTO shares (id, user_id, project_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)', [
        ...[idOf('shr', world.number()), userId, projectId, agenda.now, agenda.now + 30 * 24 * 60 * minute],
      ]);
    }
  }

  const isSuspended = (userId: string) => suspensions.get(userId)?.some(({ until }) => until >= agenda.now) ?? false;

  function suspend(userId: string): void {
    const from = agenda.now;
    const set = (at: number | null) => database.all('UPDATE users SET suspended_at = ? WHERE id = ?', [at, userId]);
    set(from);
    const until = from + Math.round(random.between(1, 8)) * minute;
    suspensions.set(userId, [...(suspensions.get(userId) ?? []), { from, until }]);
    agenda.at(until, () => {
      if (isThere(userId)) set(null);
    });
  }

  /** A friend comes by a host's code, buys, and often takes all the money back; some have been here before. */
  async function invite(sub: string): Promise<void> {
    const host = accounts.personOf(sub);
    if (host === null) return;
    const code = await binding.process(() => rewards.code(host));
    if (code === null) return;
    const friend = `friend-${Math.floor(random.between(0, friendSubs))}`;
    const before = accounts.personOf(friend);
    if (before !== null) {
      if (random.chance(0.6)) await accounts.remove(before);
      return;
    }
    const userId = await accounts.arrive(friend, code);
    if (userId !== null) agenda.later(random.between(0, 2 * minute), () => isThere(userId) && shop.buy(userId, 0.7));
  }

  return {
    live(milliseconds: number): void {
      for (const sub of hosts) {
        for (let turn = 0; turn < actsEach; turn += 1)
          agenda.beginAt(agenda.now + random() * milliseconds, () => act(sub));
        for (let turn = 0; turn < friendSubs * 3; turn += 1)
          agenda.beginAt(agenda.now + random() * milliseconds, () => invite(sub));
      }
    },

    /** Checks every reward, and returns how many credits people have by rewards. */
    check(): number {
      const shared = database.all<{ userId: string; hash: string; at: number; credits: number; left: number | null }>(
        `SELECT r.user_id AS userId, u.account_hash AS hash, r.created_at AS at, r.credits, u.deleted_at AS left
         FROM share_rewards r JOIN users u ON u.id = r.user_id`,
      );
      const byAccount = new Map<string, number>();
      for (const { userId, hash, at, left } of shared) {
        byAccount.set(hash, (byAccount.get(hash) ?? 0) + 1);
        reportIdle(userId, at, left, 'a film');
      }
      for (const [hash, films] of byAccount) {
        if (films > shareRewardsPerMonth) world.report(law, null, `${films} films of ${hash} were rewarded`);
      }
      const counted = database.all<{ hash: string; count: number }>(
        `SELECT account_hash AS hash, count(*) AS count FROM share_networks WHERE project_id IS NOT NULL
         GROUP BY account_hash, network_hash HAVING count(*) > 1`,
      );
      for (const { hash, count } of counted) world.report(law, null, `a network counted ${count} times for ${hash}`);
      const referred = database.all<{
        friend: string;
        host: string;
        hostHash: string;
        friendHash: string;
        at: number;
        credits: number;
        hostLeft: number | null;
        friendLeft: number | null;
        isReversed: number;
        due: number;
        taken: number;
      }>(
        `SELECT f.referred_user_id AS friend, f.referrer_user_id AS host, h.account_hash AS hostHash, g.account_hash AS friendHash,
           f.rewarded_at AS at, f.referrer_credits + f.referred_credits AS credits, h.deleted_at AS hostLeft, g.deleted_at AS friendLeft,
           p.refunded_amount >= p.amount AS isReversed,
           (SELECT coalesce(sum(w.credits), 0) FROM reward_reversals w WHERE w.referred_user_id = f.referred_user_id) AS due,
           (SELECT coalesce(sum(w.moved), 0) FROM reward_reversals w WHERE w.referred_user_id = f.referred_user_id) AS taken
         FROM referrals f JOIN users h ON h.id = f.referrer_user_id JOIN users g ON g.id = f.referred_user_id
           LEFT JOIN purchases p ON p.id = f.purchase_id WHERE f.rewarded_at IS NOT NULL`,
      );
      const friendsOf = new Map<string, number>();
      const rewarded = new Set<string>();
      let credits = shared.reduce((sum, one) => sum + one.credits, 0);
      for (const one of referred) {
        credits += one.credits - one.taken;
        friendsOf.set(one.hostHash, (friendsOf.get(one.hostHash) ?? 0) + 1);
        if (rewarded.has(one.friendHash)) world.report(law, null, `${one.friendHash} is a new friend twice`);
        rewarded.add(one.friendHash);
        reportIdle(one.host, one.at, one.hostLeft, 'a friend');
        reportIdle(one.friend, one.at, one.friendLeft, 'an invitation');
        if (one.isReversed && one.due !== one.credits)
          world.report(law, null, `the reward for ${one.friend} outlived its purchase`);
      }
      for (const [hash, count] of friendsOf)
        if (count > referralCap) world.report(law, null, `${count} friends of ${hash} were rewarded`);
      return credits;
    },
  };

  function reportIdle(userId: string, at: number, left: number | null, what: string): void {
    if (left !== null && left < at) world.report(law, null, `${userId} was rewarded for ${what} after leaving`);
    const isSuspendedAt = ({ from, until }: { from: number; until: number }) => from < at && at < until;
    // A restore undoes the suspensions of its hour.
    const stands = ({ from }: { from: number }) =>
      !world.forgotten || from < world.forgotten.from || from >= world.forgotten.until;
    if (suspensions.get(userId)?.some((one) => isSuspendedAt(one) && stands(one)))
      world.report(law, null, `${userId} was rewarded for ${what} while suspended`);
  }
}
