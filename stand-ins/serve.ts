import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Exchange, type StandIn, sendJson } from './http.ts';

/** One request to a stand-in. `status` is 0 while the request is open, and where its connection was cut. */
export type Received = { at: string; standIn: string; method: string; path: string; status: number; note: string };

/**
 * Listens on loopback and passes each request to the first stand-in whose mount holds its path. Port 0 takes a free port.
 * Every request is recorded in `received`, oldest first.
 */
export async function serve({
  port,
  standIns,
  received,
  quiet,
}: {
  port: number;
  standIns: () => readonly StandIn[];
  received: Received[];
  quiet: boolean;
}): Promise<{ origin: string; close(): Promise<void> }> {
  const servers = await listen(port, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const standIn = standIns().find(
      ({ mount }) => mount === '' || url.pathname === mount || url.pathname.startsWith(`${mount}/`),
    );
    if (!standIn) return sendJson(response, 404, { error: 'Not found' });
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
  return {
    origin: `http://localhost:${portOf(servers[0])}`,
    close: async () => void (await Promise.all(servers.map(stopped))),
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

/** True where no process listens on this port of any local address. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1', '0.0.0.0', '::']) {
    const server = createServer();
    try {
      await listening(server, port, host);
      await stopped(server);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // EACCES: a port below 1024 may need another account. Any other error: the machine lacks this address, such as IPv6.
      if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    }
  }
  return true;
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
