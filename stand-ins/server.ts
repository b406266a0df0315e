import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBoard, type Received } from './board.ts';
import { createFal } from './fal.ts';
import type { Films } from './films.ts';
import { createGoogle } from './google.ts';
import { type Exchange, type StandIn, sendJson } from './http.ts';
import { createLuma } from './luma.ts';
import { createPeople } from './people.ts';
import { createReplicate } from './replicate.ts';
import { createRunway, type Runway, secondsFrom } from './runway.ts';
import { createVeo } from './veo.ts';

export type StandInsOptions = {
  /** Port on loopback; 0 takes a free one. */
  port: number;
  /** Where Echoes runs; Google sends people back there and nowhere else. */
  appOrigin: string;
  /** How long Runway takes for a task, in seconds, drawn evenly from this span. */
  runwaySeconds?: { min: number; max: number };
  /** How long an output link works; a day by default. */
  outputTtlSeconds?: number;
  /** Tasks of one model that Runway runs at once; further ones are throttled. */
  concurrency?: number;
  /** How Runway fetches prompt images; tests bring their own, since loopback is no domain. */
  fetchAsset?: typeof fetch;
  quiet?: boolean;
};

export type StandIns = {
  origin: string;
  /** The app's variables that point here. */
  vars: Record<string, string>;
  /** Every request so far, oldest first. */
  received: readonly Received[];
  runway: Runway;
  /** The films of the further services. */
  films: { luma: Films; fal: Films; replicate: Films; veo: Films };
  close(): Promise<void>;
};

/** Starts every stand-in on one port of loopback. */
export async function startStandIns(options: StandInsOptions): Promise<StandIns> {
  const { port, appOrigin, runwaySeconds, outputTtlSeconds, concurrency, fetchAsset, quiet = false } = options;
  const received: Received[] = [];
  let standIns: readonly StandIn[] = [];
  const servers = await listen(port, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const standIn = standIns.find(
      ({ mount }) => mount === '' || url.pathname === mount || url.pathname.startsWith(`${mount}/`),
    );
    if (!standIn) return sendJson(response, 404, { error: 'Nothing stands here' });
    const entry: Received = {
      at: new Date().toISOString(),
      standIn: standIn.name,
      method: request.method ?? '',
      path: url.pathname,
      status: 0,
      note: '',
    };
    received.push(entry);
    if (received.length > 2000) received.shift();
    response.once('close', () => {
      entry.status = response.headersSent ? response.statusCode : 0;
    });
    const exchange: Exchange = {
      request,
      response,
      url,
      path: url.pathname.slice(standIn.mount.length) || '/',
      note: (words) => {
        entry.note = entry.note ? `${entry.note}, ${words}` : words;
      },
    };
    Promise.resolve(standIn.answer(exchange)).catch((error: unknown) => {
      if (!quiet) console.error(error);
      exchange.note(error instanceof Error ? error.message : String(error));
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: 'The stand-in failed' });
    });
  });
  const origin = `http://localhost:${portOf(servers[0])}`;
  const place = { origin, appOrigin };
  const people = createPeople();
  const runway = createRunway({ ...place, seconds: runwaySeconds, outputTtlSeconds, concurrency, fetchAsset });
  const further = { ...place, seconds: runwaySeconds, fetchAsset };
  const luma = createLuma(further);
  const fal = createFal(further);
  const replicate = createReplicate(further);
  const veo = createVeo(further);
  // One line for each; the board comes last, because it answers everything the others do not.
  standIns = [
    createGoogle({ ...place, people }),
    runway,
    luma,
    fal,
    replicate,
    veo,
    createBoard({ ...place, people, runway, received, standIns: () => standIns }),
  ];
  return {
    origin,
    vars: Object.assign({}, ...standIns.map(({ vars }) => vars)),
    received,
    runway,
    films: { luma: luma.films, fal: fal.films, replicate: replicate.films, veo: veo.films },
    async close() {
      for (const standIn of standIns) standIn.close?.();
      await Promise.all(servers.map(stopped));
    },
  };
}

/** `localhost` is 127.0.0.1 for some clients and ::1 for others: listen on both where the machine has both. */
async function listen(port: number, listener: RequestListener): Promise<[Server, ...Server[]]> {
  const first = await listening(createServer(listener), port, '127.0.0.1');
  try {
    return [first, await listening(createServer(listener), portOf(first), '::1')];
  } catch {
    return [first];
  }
}

function listening(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

if (import.meta.main) {
  const standIns = await startStandIns({
    port: Number(process.env.STAND_INS_PORT ?? 8788),
    appOrigin: process.env.APP_ORIGIN ?? 'http://localhost:8787',
    runwaySeconds: secondsFrom(process.env.RUNWAY_SECONDS),
  });
  console.log(`Stand-ins on ${standIns.origin}`);
  for (const [name, value] of Object.entries(standIns.vars)) console.log(`${name}=${value}`);
}
