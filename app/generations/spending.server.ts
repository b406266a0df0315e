// Compares what providers say they charged with what generations can have cost. A submit whose answer was lost may have
// been charged or not, so the cost is a range. A charge above it is for tasks that the database does not know.
import type { Database } from '~/db/client.server';
import type { RunReports } from '~/db/run-reports.server';
import { all, type Statement, statement } from '~/db/statement';
import { log } from '~/log';
import type { Providers } from '~/providers/registry.server';
import type { VideoProvider } from '~/providers/video-provider';
import type { SpendingDifference } from './spending';

const hour = 60 * 60_000;
const day = 24 * hour;
const days = 3;
/** The longest life of a generation: one that was sent this close to a border may be charged on its other side. */
const borderWidth = 3 * hour;
/** A difference is reported beyond this share of the cost, or this many clips. */
const mostShare = 0.01;
const mostClips = 5;

/** The generations of one model and length, whose ids lie inside the days or near a border. */
interface Group {
  model: string;
  seconds: number;
  isInside: number;
  generations: number;
  /** Submits that reached the provider: the picture was fetched or carried, or the submit was accepted. */
  reached: number;
  knownCost: number;
  knownCount: number;
}

/** Ids sort by time, so a range of them is read by the primary key. `from` and `before` in ms. */
const spendingStatement = (provider: string, from: number, before: number): Statement =>
  statement(
    `SELECT model, duration_seconds AS seconds, created_at >= ?4 AND created_at < ?5 AS isInside, count(*) AS generations,
       sum((SELECT max(count(*) FILTER (WHERE what IN ('fetched','carried')), count(*) FILTER (WHERE what = 'generating'))
         FROM generation_steps s WHERE s.generation_id = g.id)) AS reached,
       coalesce(sum(provider_cost), 0) AS knownCost, count(provider_cost) AS knownCount
     FROM generations g WHERE id >= ?1 AND id < ?2 AND provider = ?3 GROUP BY model, seconds, isInside`,
    idAt(from - borderWidth),
    idAt(before + borderWidth),
    provider,
    from + borderWidth,
    before - borderWidth,
  );

/** Compares providers' charges with the cost of generations. */
export function createSpending({
  db,
  providers,
  reports,
}: {
  db: Database;
  providers: Pick<Providers, 'all'>;
  reports: RunReports;
}) {
  async function compareOne(provider: VideoProvider, today: number): Promise<SpendingDifference[]> {
    if (!provider.charged) return [];
    const from = today - days * day;
    const asked = { from: dateOf(from), before: dateOf(today) };
    const groups = await all<Group>(db, spendingStatement(provider.id, from, today));
    let [least, most, dearest] = [0, 0, 0];
    for (const { model, seconds, isInside, reached, knownCost, knownCount } of groups) {
      const price = provider.models.find(({ id }) => id === model)?.costCents(seconds) ?? null;
      if (price === null) throw new Error(`${provider.id} has generations of ${model}, which has no price`);
      dearest = Math.max(dearest, price);
      if (isInside) least += knownCost;
      most += knownCost + Math.max(0, reached - knownCount) * price;
    }
    const answer = await provider.charged(asked);
    if (answer.outcome === 'unreachable')
      throw new Error(`${provider.id} does not say what it charged: ${answer.error.message}`);
    const off = Math.max(least - answer.cents, answer.cents - most);
    const isReported = off > mostClips * dearest || off > mostShare * Math.max(most, dearest);
    const detail = answer.cents > most ? 'more than our clips can have cost' : 'less than our clips have cost';
    return isReported ? [{ provider: provider.id, ...asked, charged: answer.cents, least, most, detail }] : [];
  }

  /** Compares the three days before the day of `now` (ms). Throws if a provider cannot be asked. */
  async function compare(now: number): Promise<{ ok: boolean; differences: SpendingDifference[] }> {
    const today = Math.floor(now / day) * day;
    const differences: SpendingDifference[] = [];
    for (const provider of providers.all()) differences.push(...(await compareOne(provider, today)));
    return { ok: differences.length === 0, differences };
  }

  return {
    compare,

    /** Compares once in the night of each day (UTC); called each minute. */
    nightly: (now: number) =>
      reports.nightly('spending', now, async () => {
        const found = await compare(now);
        for (const difference of found.differences) log({ event: 'spending', ...difference });
        return found;
      }),
  };
}

const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** A text above every id made before this moment (ms) and below every id made at it or later. */
function idAt(at: number): string {
  let [rest, text] = [Math.max(0, at), ''];
  for (let place = 0; place < 10; place += 1) {
    text = digits[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return `gen_${text}`;
}
