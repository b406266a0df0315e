import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from './account.ts';

/** One request to a stand-in and its answer. `path` lies below the stand-in's mount and begins with a slash. */
export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  path: string;
  /** Adds a note to the request's row on the board. */
  note(words: string): void;
};

/** A server that answers as an outside service would, below the path `mount` ('' is the root). */
export type StandIn = {
  /** Our account there, which the board empties and tops up. */
  funds?: Account;
  name: string;
  mount: string;
  /** Variables of the app that point to the stand-in. */
  vars: Record<string, string>;
  answer(exchange: Exchange): Promise<void> | void;
  close?(): void;
};

/** The origins of the stand-ins and of Echoes. */
export type Origins = { origin: string; appOrigin: string };

/** Reads a whole body; null when it is longer than `limitBytes`. */
export async function bodyOf(request: IncomingMessage, limitBytes: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= limitBytes) parts.push(part);
  }
  return size > limitBytes ? null : Buffer.concat(parts);
}

/** The fields of a form sent as `application/x-www-form-urlencoded`. */
export async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await bodyOf(request, 64 * 1024))?.toString('utf8') ?? '');
}

/** The body as JSON; null where it is not JSON or longer than `limitBytes`. */
export async function jsonOf(request: IncomingMessage, limitBytes = 12 * 1024 * 1024): Promise<unknown> {
  try {
    return JSON.parse((await bodyOf(request, limitBytes))?.toString('utf8') ?? 'null');
  } catch {
    return null;
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

export function sendHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(html);
}

export function redirect(response: ServerResponse, to: string): void {
  response.writeHead(303, { location: to, 'cache-control': 'no-store' });
  response.end();
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
