import { type Config, isSet, secretNames } from '~/config.server';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { stateOfSchema } from '~/db/laws.server';
import { reportKinds } from '~/db/run-reports';
import { within } from '~/http';
import type { LiveChannelRpc } from '~/live/channel.server';
import { ageInWords, type Check, latest, runNames } from './checks';
import { reportKinds } from './system-status';
import type { SystemStatusReader } from './system-status.server';

const longestMilliseconds = 4000;

/** The version of the Worker that runs, as Cloudflare names it. `tag`: what the deployment was called, its commit. */
export interface Version {
  id: string;
  tag: string;
  timestamp: string;
}

/** Looks whether each part of Echoes works, by using it: small, at no cost, and leaving nothing behind. */
export function createChecks({
  db,
  bucket,
  queue,
  channels,
  systemStatus,
  config,
  version,
  fetch,
  newId,
  clock,
}: {
  db: Database;
  bucket: R2Bucket;
  queue: Pick<Queue, 'metrics'>;
  channels: { getByName(name: string): Pick<LiveChannelRpc, 'publish'> };
  systemStatus: SystemStatusReader;
  config: Config;
  version: Version | undefined;
  fetch: typeof globalThis.fetch;
  newId: NewId;
  clock: Clock;
}) {
  /** One look; whatever is thrown is trouble, and so is what takes too long. */
  async function look(what: string, work: (signal: AbortSignal) => Promise<Omit<Check, 'what'> | string>) {
    try {
      const began = clock();
      const found = await within(longestMilliseconds, (signal) => Promise.race([work(signal), refusedBy(signal)]));
      const took = `${clock() - began} ms`;
      return typeof found === 'string'
        ? { what, state: 'well' as const, detail: found ? `${found}, ${took}` : took }
        : { what, ...found };
    } catch (error) {
      return { what, state: 'trouble' as const, detail: String(error instanceof Error ? error.message : error) };
    }
  }

  /** Anything that answers can be reached: a refusal without a key is one as well. No key is sent and nothing ordered. */
  const reach = (what: string, address: string) =>
    look(what, async (signal) => {
      const response = await fetch(address, { redirect: 'manual', signal, headers: { 'User-Agent': 'Echoes' } });
      void response.body?.cancel().catch(() => undefined);
      const { host } = new URL(address);
      if (response.status < 500) return `${host} answers`;
      return { state: 'trouble', detail: `${host} answers ${response.status}` };
    });

  async function media(): Promise<string> {
    const key = `health/${newId('req')}`;
    try {
      await bucket.put(key, 'probe');
      const object = await bucket.get(key);
      if ((await object?.text()) !== 'probe') throw new Error('what was put was not there');
      return 'put, got and deleted';
    } finally {
      await bucket.delete(key);
    }
  }

  async function schema(): Promise<Check[]> {
    const found = await stateOfSchema(db.$client);
    const missing = found.missing.length > 0 ? `missing: ${found.missing.join(', ')}` : '';
    return [
      {
        what: 'Laws of the database',
        state: found.areLawsRight ? 'well' : 'trouble',
        detail: found.areLawsRight ? found.fingerprint : `${found.fingerprint}: not the triggers of this build`,
      },
      {
        what: 'Migrations',
        state: missing ? 'trouble' : 'well',
        detail: missing || `${found.last} is the last`,
      },
    ];
  }

  async function runs(): Promise<Check[]> {
    const now = clock();
    const { reports } = await systemStatus.read(now);
    return reportKinds.map((kind): Check => {
      const report = reports[kind];
      if (!report) return { what: runNames[kind], state: 'not yet', detail: 'no run so far' };
      const isLate = now - report.at > latest[kind];
      const found = report.ok ? '' : `, with ${report.differences.length} found`;
      const detail = `${ageInWords(now - report.at)} ago${found}`;
      return { what: runNames[kind], state: isLate || !report.ok ? 'trouble' : 'well', detail };
    });
  }

  const providers: [string, string | undefined][] = [
    ['Runway', config.RUNWAYML_BASE_URL],
    ['Luma', config.LUMA_API_KEY && config.LUMA_BASE_URL],
    ['fal', config.FAL_KEY && config.FAL_QUEUE_URL],
    ['Replicate', config.REPLICATE_API_TOKEN && config.REPLICATE_BASE_URL],
    ['Google Veo', config.VEO_API_KEY && config.VEO_BASE_URL],
  ];

  return {
    /** Every part at once; takes as long as the slowest, four seconds at most. */
    async all(): Promise<{ parts: Check[]; outside: Check[]; secrets: Check[]; version: Version | null }> {
      const several = async (work: () => Promise<Check[]>, what: string) =>
        work().catch((error): Check[] => [{ what, state: 'trouble', detail: String(error) }]);
      const here = Promise.all([
        look('Database (D1)', async () => {
          await db.$client.prepare('SELECT 1').first();
          return '';
        }),
        look('Media (R2)', media),
        look('Queue', async () => {
          const { backlogCount } = await queue.metrics();
          return `${backlogCount} waiting`;
        }),
        look('Objects', async () => {
          // A channel that no page listens to: it wakes, and has nobody to tell.
          await channels.getByName('health').publish([]);
          return 'one was woken';
        }),
      ]);
      const there = Promise.all([
        ...providers.flatMap(([name, address]) => (address ? [reach(name, address)] : [])),
        reach('Stripe', `${config.STRIPE_API_BASE}/healthcheck`),
        reach('Google', `${config.GOOGLE_ISSUER}/.well-known/openid-configuration`),
      ]);
      const [used, outside, laws, ran] = await Promise.all([
        here,
        there,
        several(schema, 'Laws of the database'),
        several(runs, 'What runs by itself'),
      ]);
      return { parts: [...used, ...laws, ...ran], outside, secrets: secretsOf(config), version: version ?? null };
    },
  };
}

function secretsOf(config: Config): Check[] {
  const { needed, optional } = secretNames;
  return [...needed, ...optional].map((name) => {
    if (isSet(config, name)) return { what: name, state: 'well', detail: 'set' };
    const isNeeded = (needed as readonly string[]).includes(name);
    return { what: name, state: isNeeded ? 'trouble' : 'not set up', detail: 'not set' };
  });
}

function refusedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('it took too long')));
  });
}
