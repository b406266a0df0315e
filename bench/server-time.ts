import autocannon from 'autocannon';

/** Times of one page in ms, as the client sees them on loopback. */
export interface ServerTime {
  connections: number;
  medianMs: number;
  p95Ms: number;
  requestsPerSecond: number;
  failed: number;
}

/** Asks for one page over and over, at 1, 16 and 64 connections, `seconds` each. */
export async function measureServerTime({
  url,
  cookie,
  seconds = 5,
}: {
  url: string;
  cookie: string;
  seconds?: number;
}): Promise<ServerTime[]> {
  const times: ServerTime[] = [];
  for (const connections of [1, 16, 64]) {
    const result = await autocannon({ url, connections, duration: seconds, headers: { cookie, accept: 'text/html' } });
    times.push({
      connections,
      medianMs: result.latency.p50,
      // autocannon keeps no p95; the next one above it is the honest stand-in.
      p95Ms: result.latency.p97_5,
      requestsPerSecond: result.requests.average,
      failed: result.non2xx + result.errors,
    });
  }
  return times;
}
