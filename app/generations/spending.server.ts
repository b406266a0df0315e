// What providers say they charged, held against what our tries can have cost. An order that reached the provider and whose
// answer was lost may have been charged or not, so ours is a range: a charge outside of it is of films that we know
// nothing of, or of none.

import type { Database } from '~/db/client.server';
import type { HouseReports } from '~/db/run-reports.server';
import { log } from '~/log';
import type { Providers } from '~/providers/registry.server';
import type { VideoProvider } from '~/providers/video-provider';
import type { SpendingDifference } from './spending';

const hour = 60 * 60_000;
const day = 24 * hour;
const days = 3;
/** A try lives so long at most: what was sent this close to a border may have been charged on its other side. */
const blurred = 3 * hour;
/** A difference is worth telling beyond this share of the whole, or this many films. */
const mostShare = 0.01;
const mostFilms = 5;

interface Group {
  model: string;
  seconds: number;
  isInside: number;
  tries: number;
  /** Orders that reached the provider: their picture was fetched or travelled along, or it said that it took them. */
  reached: number;
  known: number;
  knownTries: number;
}

/** Compares, once a night, what providers charged with what tries have cost. */
export function createSpending({
  db,
  providers,
  reports,
}: {
  db: Database;
  providers: Pick<Providers, 'all'>;
  reports: HouseReports;
}) {
  /** Ids are sorted by time: a range of them is read by their own index, however many lie before it. */
  const tries = async (provider: string, from: number, before: number): Promise<Group[]> =>
    (
      await db.$client
        .prepare(
          `SELECT model, duration_seconds AS seconds, created_at >= ?4 AND created_at < ?5 AS isInside, count(*) AS tries,
             sum((SELECT max(count(*) FILTER (WHERE what IN ('fetched','carried')), count(*) FILTER (WHERE what = 'generating'))
               FROM generation_steps s WHERE s.generation_id = g.id)) AS reached,
             coalesce(sum(provider_cost), 0) AS known, count(provider_cost) AS knownTries
           FROM generations g WHERE id >= ?1 AND id < ?2 AND provider = ?3 GROUP BY model, seconds, isInside`,
        )
        .bind(idAt(from - blurred), idAt(before + blurred), provider, from + blurred, before - blurred)
        .all<Group>()
    ).results;

  async function compareOne(provider: VideoProvider, today: number): Promise<SpendingDifference[]> {
    if (!provider.charged) return [];
    const from = today - days * day;
    const asked = { from: dateOf(from), before: dateOf(today) };
    let [least, most, film] = [0, 0, 0];
    for (const { model, seconds, isInside, reached, known, knownTries } of await tries(provider.id, from, today)) {
      const price = provider.models.find(({ id }) => id === model)?.costCents(seconds) ?? null;
      if (price === null) throw new Error(`${provider.id} has tries of ${model}, which has no price`);
      film = Math.max(film, price);
      if (isInside) least += known;
      most += known + Math.max(0, reached - knownTries) * price;
    }
    const told = await provider.charged(asked);
    if (told.outcome === 'unreachable')
      throw new Error(`${provider.id} does not say what it charged: ${told.error.message}`);
    const off = Math.max(least - told.cents, told.cents - most);
    const isMuch = off > mostFilms * film || off > mostShare * Math.max(most, film);
    const detail = told.cents > most ? 'more than our tries can have cost' : 'less than our tries have cost';
    return isMuch ? [{ provider: provider.id, ...asked, charged: told.cents, least, most, detail }] : [];
  }

  /** Compares the three days before the day of `now` (ms). Throws where a provider cannot be asked. */
  async function compare(now: number): Promise<{ ok: boolean; differences: SpendingDifference[] }> {
    const today = Math.floor(now / day) * day;
    const differences: SpendingDifference[] = [];
    for (const provider of providers.all()) differences.push(...(await compareOne(provider, today)));
    return { ok: differences.length === 0, differences };
  }

  return {
    compare,

    /** Called each minute: runs once in the night of each day (UTC). */
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
/** Below every id that is made at this moment (ms), and above all that were made before. */
function idAt(at: number): string {
  let [rest, text] = [Math.max(0, at), ''];
  for (let place = 0; place < 10; place += 1) {
    text = digits[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return `gen_${text}`;
}
