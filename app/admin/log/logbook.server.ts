import { and, desc, eq, lt } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { generations, logLines } from '~/db/schema.server';
import { connectTo, type LiveChannelRpc } from '~/live/channel.server';
import { described, type LogLine, log, type Thread } from '~/log';
import type { SettingsReader } from '~/settings/settings.server';
import { type KeptLine, type LinesAsked, tailHeartbeatSeconds } from './logbook';

const day = 24 * 60 * 60_000;
const keptDays = 30;
/** Rows that one sweep removes: the next one goes on. */
const mostForgotten = 2000;
/** Lines of one invocation that are told to those who listen. */
const mostTold = 50;
/** The channel of those who listen; people's own are named by their ids. */
const channelName = 'tail';
/** Tries of one request that are named; a whole film may have begun with it. */
const mostGenerations = 50;

/** The log as the desk reads it: lines that are kept for a month, and the live tail of all of them. */
export function createLogbook({
  db,
  channels,
  settings,
  clock,
}: {
  db: Database;
  channels: { getByName(name: string): Pick<LiveChannelRpc, 'publish' | 'fetch' | 'prolong'> };
  settings: SettingsReader;
  clock: Clock;
}) {
  const { $client: d1 } = db;
  const tail = () => channels.getByName(channelName);

  async function keep({ requestId, userId, lines }: Thread): Promise<void> {
    const kept = lines.filter(({ isKept }) => isKept);
    if (kept.length === 0) return;
    // What was not known yet when a line was written is known now.
    const rows = kept.map((line) => ({
      ...line,
      requestId: line.requestId ?? requestId,
      userId: line.userId ?? userId,
    }));
    await d1
      .prepare(
        `INSERT INTO log_lines (at, request_id, generation_id, user_id, event, line)
         SELECT value ->> 'at', value ->> 'requestId', value ->> 'generationId', value ->> 'userId', value ->> 'event',
           value ->> 'text' FROM json_each(?1)`,
      )
      .bind(JSON.stringify(rows))
      .run();
  }

  async function tell({ lines, leftOut }: Thread): Promise<void> {
    if (lines.length === 0 || (await settings.read()).tailUntil <= clock()) return;
    const told = lines.slice(0, mostTold).map(({ isKept: _, ...line }: LogLine) => line);
    await tail().publish([{ type: 'log', lines: told, leftOut: leftOut + lines.length - told.length }]);
  }

  return {
    /**
     * Called once an invocation has given its answer: keeps its lines that are worth it, and tells all of them to those
     * who listen, unless they are about listening itself. Whatever fails here is said on the console and nowhere else.
     */
    async close(thread: Thread, { isOfTail = false }: { isOfTail?: boolean } = {}): Promise<void> {
      try {
        await Promise.all([keep(thread), isOfTail ? undefined : tell(thread)]);
      } catch (error) {
        log({ event: 'lines-not-kept', detail: described(error).message });
      }
    },

    /** Kept lines newest first, older than `before` where given: of one request, one try, one person, or all. */
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

    /** The tries that this request has started, newest first. */
    async generationsOf(requestId: string): Promise<{ id: string; state: string }[]> {
      return db
        .select({ id: generations.id, state: generations.state })
        .from(generations)
        .where(eq(generations.requestId, requestId))
        .orderBy(desc(generations.id))
        .limit(mostGenerations);
    },

    /** Removes lines that are older than a month. */
    async forget(now: number): Promise<void> {
      await d1
        .prepare('DELETE FROM log_lines WHERE id IN (SELECT id FROM log_lines WHERE at < ?1 ORDER BY at LIMIT ?2)')
        .bind(now - keptDays * day, mostForgotten)
        .run();
    },

    /** Opens a socket of the tail for an admin's session. It ends by itself unless heartbeats keep it open. */
    connect(session: string): Promise<Response> {
      return connectTo(tail(), { session, endsAt: clock() + 2 * tailHeartbeatSeconds * 1000 });
    },

    /** The page of this session still listens: lines are told for two beats more. */
    async heartbeat(session: string): Promise<void> {
      const until = clock() + 2 * tailHeartbeatSeconds * 1000;
      await d1
        .prepare(
          `INSERT INTO settings (key, value, updated_at) VALUES ('tailUntil', ?1, ?2)
           ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
        )
        .bind(String(until), clock())
        .run();
      await tail().prolong(session, until);
    },
  };
}

export type Logbook = ReturnType<typeof createLogbook>;
