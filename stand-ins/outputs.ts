import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Exchange, sendHtml } from './http.ts';
import type { Task } from './tasks.ts';

export type Outputs = {
  /** A new signed link to the film of a finished task. */
  linkTo(task: Task): string;
  serve(exchange: Exchange, task: Task | null): void;
};

/** The films of finished tasks, behind signed links that expire, with HEAD and ranges, as a CDN serves them. */
export function createOutputs({
  base,
  ttlSeconds,
  now,
}: {
  base: string;
  ttlSeconds: number;
  now: () => number;
}): Outputs {
  const key = randomBytes(32);
  const expiredOnce = new Set<string>();
  const downloaded = new Set<string>();

  function isGood(jwt: string, id: string): boolean {
    const [head = '', payload = '', signature = ''] = jwt.split('.');
    const right = Buffer.from(sign(`${head}.${payload}`, key));
    const given = Buffer.from(signature);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string; exp: number };
    return claims.sub === id && claims.exp * 1000 > now();
  }

  return {
    linkTo({ id, forced }) {
      const isExpired = forced.output?.fault === 'expired' && !expiredOnce.has(id);
      if (isExpired) expiredOnce.add(id);
      const exp = Math.floor(now() / 1000) + (isExpired ? -60 : ttlSeconds);
      const payload = [
        { alg: 'HS256', typ: 'JWT' },
        { sub: id, exp, jti: randomBytes(6).toString('hex') },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      return `${base}/outputs/${id}.mp4?_jwt=${payload}.${sign(payload, key)}`;
    },
    serve({ request, response, url, note }, task) {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
      if (!task?.video || !isGood(url.searchParams.get('_jwt') ?? '', task.id)) {
        note('link refused');
        return void response
          .writeHead(403, { 'content-type': 'application/xml' })
          .end('<Error><Code>AccessDenied</Code></Error>');
      }
      const { output } = task.forced;
      const isFaulty = output && !(output.once && downloaded.has(task.id));
      if (request.method === 'GET') downloaded.add(task.id);
      if (isFaulty && output.fault === 'html') {
        note('an HTML page instead of the film');
        return sendHtml(response, 200, '<!doctype html><title>Just a moment</title>');
      }
      if (isFaulty && output.fault === 'cut') {
        note('cut off half way');
        response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': task.video.length });
        return void response.write(task.video.subarray(0, task.video.length >> 1), () => response.destroy());
      }
      sendFilm(request, response, task.video);
    },
  };
}

/** Sends a film or its requested range; HEAD gets the headers alone. */
export function sendFilm(request: Exchange['request'], response: Exchange['response'], video: Uint8Array): void {
  const isHead = request.method === 'HEAD';
  const headers = { 'content-type': 'video/mp4', 'accept-ranges': 'bytes' };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (from === '' && to === '') {
    response.writeHead(200, { ...headers, 'content-length': video.length });
    return void response.end(isHead ? undefined : video);
  }
  const start = from === '' ? Math.max(video.length - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? video.length - 1 : Math.min(Number(to), video.length - 1);
  if (start > end) return void response.writeHead(416, { 'content-range': `bytes */${video.length}` }).end();
  response.writeHead(206, {
    ...headers,
    'content-length': end - start + 1,
    'content-range': `bytes ${start}-${end}/${video.length}`,
  });
  response.end(isHead ? undefined : video.subarray(start, end + 1));
}

function sign(text: string, key: Buffer): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
