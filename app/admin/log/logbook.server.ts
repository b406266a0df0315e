import { and, desc, eq, lt } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { createIsolateCache } from '~/db/isolate-cache.server';
import { createIsolateTally } from '~/db/isolate-tally.server';
import { generations, logLines } from '~/db/schema.server';
import { all, first, run, statement } from '~/db/statement';
import { connectTo, type LiveChannelRpc } from '~/live/channel.server';
import { described, type LogLine, log, type Thread } from '~/log';
import { type KeptLine, type LinesAsked, tailHeartbeatSeconds } from './logbook';

const day = 24 * 60 * 60_000;
const keptDays = 30;
/** Rows of one statement that removes old lines, and statements of one sweep. */
const mostForgotten = 2000;
const mostStatements = 50;
/** Lines of one invocation that are sent to the log tail. */
const mostSent = 50;
/** The live channel of the log tail; a person's channel is named by their id. */
const channelName = 'tail';
/** Generations of one request that are listed; one request may start a whole film. */
const mostGenerations = 50;

const insertLines = `INSERT INTO log_lines (at, request_id, generation_id, user_id, event, line)
  SELECT value ->> 'at', value ->> 'requestId', value ->> 'generationId', value ->> 'userId', value ->> 'event',
    value ->> 'text' FROM json_each(?1)`;
const deleteOld =
  'DELETE FROM log_lines WHERE id IN (SELECT id FROM log_lines WHERE at < ?1 ORDER BY at LIMIT ?2) RETURNING 1';
const readTailUntil = 'SELECT until FROM log_tail WHERE id = 1';
const saveTailUntil = `INSERT INTO log_tail (id, until) VALUES (1, ?1)
  ON CONFLICT (id) DO UPDATE SET until = max(until, excluded.until)`;

/** How long an isolate may miss that the log tail was opened elsewhere: without a cache each request would ask D1. */
const tailKeptMilliseconds = 3000;
const cachedTailUntil = createIsolateCache<number>();

/** The figure of the day: requests of strangers that were refused. */
const countRefused = `INSERT INTO day_figures (day, figure, value) VALUES (?1, 'refused-strangers', ?2)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value`;
const readRefused = "SELECT value FROM day_figures WHERE day = ?1 AND figure = 'refused-strangers'";
const refusedStrangers = createIsolateTally({ everyMilliseconds: 10_000 });

/** The log for admins: some lines are kept for a month, and the log tail shows all of them live. */
export function createLogbook({
  db,
  channels,
  clock,
}: {
  db: Database;
  channels: { getByName(name: string): Pick<LiveChannelRpc, 'publish' | 'fetch' | 'prolong'> };
  clock: Clock;
}) {
  const tail = () => channels.getByName(channelName);

  async function keep({ requestId, userId, lines }: Thread): Promise<void> {
    const kept = lines.filter(({ isKept }) => isKept);
    if (kept.length === 0) return;
    // Ids that were found out later in the invocation hold for its earlier lines too.
    const rows = kept.map((line) => ({
      ...line,
      requestId: line.requestId ?? requestId,
      userId: line.userId ?? userId,
    }));
    await run(db, statement(insertLines, JSON.stringify(rows)));
  }

  const tailUntil = () =>
    cachedTailUntil.read(db.$client, {
      ...{ clock, keptMilliseconds: tailKeptMilliseconds },
      load: async () => (await first<{ until: number }>(db, statement(readTailUntil)))?.until ?? 0,
    });

  async function publish({ lines, leftOut }: Thread): Promise<void> {
    if (lines.length === 0 || (await tailUntil()) <= clock()) return;
    const sent = lines.slice(0, mostSent).map(({ isKept: _, ...line }: LogLine) => line);
    await tail().publish([{ type: 'log', lines: sent, leftOut: leftOut + lines.length - sent.length }]);
  }

  return {
    /**
     * Called after the answer of each invocation: keeps the lines marked for it, and sends all of them to the log tail,
     * unless the invocation is the tail's own. A failure is logged on the console only.
     */
    async close(thread: Thread, { isOfTail = false }: { isOfTail?: boolean } = {}): Promise<void> {
      try {
        await Promise.all([keep(thread), isOfTail ? undefined : publish(thread)]);
      } catch (error) {
        const events = thread.lines.filter(({ isKept }) => isKept).map(({ event }) => event);
        log({ event: 'lines-not-kept', requestId: thread.requestId, events, detail: described(error).message });
      }
    },

    /** Counts the refusal of a stranger, of which no line is kept. Called after the answer; a failure is harmless. */
    async countStranger(): Promise<void> {
      const now = clock();
      const count = refusedStrangers.add(db.$client, now);
      if (count > 0) await run(db, statement(countRefused, Math.floor(now / day), count)).catch(() => undefined);
    },

    /** How many requests of strangers were refused today (UTC); the last ten seconds may be missing. */
    async refusedStrangers(): Promise<number> {
      return (await first<{ value: number }>(db, statement(readRefused, Math.floor(clock() / day))))?.value ?? 0;
    },

    /** Kept lines newest first, older than `before`: of one request, one generation, one person, or all. */
    async list({ requestId, generationId, userId, before, limit }: LinesAsked): Promise<KeptLine[]> {
      return db
        .select()
        .from(logLines)
        .where(
          and(
            requestId === undefined ? undefined : eq(logLines.requestId, requestId),
            generationId === undefined ? undefined : eq(logLines.generationId, generationId),
            userId === undefined ? undefined : eq(logLines.userId, userId),
            before === undefined ? undefined : lt(logLines.id, before),
          ),
        )
        .orderBy(desc(logLines.id))
        .limit(limit);
    },

    /** The generations that this request started, newest first. */
    async generationsOf(requestId: string): Promise<{ id: string; state: string }[]> {
      return db
        .select({ id: generations.id, state: generations.state })
        .from(generations)
        .where(eq(generations.requestId, requestId))
        .orderBy(desc(generations.id))
        .limit(mostGenerations);
    },

    /** Deletes the lines that are older than 30 days, until none is left. `now` in ms. */
    async forget(now: number): Promise<void> {
      for (let count = 0; count < mostStatements; count++)
        if ((await all(db, statement(deleteOld, now - keptDays * day, mostForgotten))).length < mostForgotten) break;
    },

    /** Opens a socket of the log tail for an admin's session; without heartbeats it closes after two minutes. */
    connect(session: string): Promise<Response> {
      return connectTo(tail(), { session, endsAt: clock() + 2 * tailHeartbeatSeconds * 1000 });
    },

    /** The page of this session still shows the log tail: it stays open for two minutes more. */
    async heartbeat(session: string): Promise<void> {
      const until = clock() + 2 * tailHeartbeatSeconds * 1000;
      await run(db, statement(saveTailUntil, until));
      cachedTailUntil.forget(db.$client);
      await tail().prolong(session, until);
    },
  };
}

export type Logbook = ReturnType<typeof createLogbook>;
