import { type Config, isSet, secretNames } from '~/config.server';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { stateOfSchema } from '~/db/laws.server';
import { reportKinds } from '~/db/run-reports';
import { first, statement } from '~/db/statement';
import { within } from '~/http';
import { lazy } from '~/lazy';
import type { LiveChannelRpc } from '~/live/channel.server';
import { restInWords } from '~/providers/rest';
import type { Logbook } from '../log/logbook.server';
import { ageInWords, type Check, latest, runNames } from './checks';
import { readSystemStatus } from './system-status.server';

const longestMilliseconds = 4000;

/** The running version of the Worker, as Cloudflare names it. `tag`: the commit of the deployment. */
export interface Version {
  id: string;
  tag: string;
  timestamp: string;
}

/** What the checks look at: the bindings by their use, the configuration, and the outside world by `fetch`. */
interface Checked {
  db: Database;
  bindings: {
    bucket: R2Bucket;
    queue: Pick<Queue, 'metrics'>;
    channels: { getByName(name: string): Pick<LiveChannelRpc, 'publish'> };
    version: Version | undefined;
  };
  config: Config;
  fetch: typeof globalThis.fetch;
  logbook: Pick<Logbook, 'refusedStrangers'>;
  newId: NewId;
  clock: Clock;
}

/** Checks each part of Echoes by using it; costs nothing and leaves nothing behind. Takes at most four seconds. */
export async function runChecks({ db, bindings, config, fetch, logbook, newId, clock }: Checked): Promise<{
  parts: Check[];
  outside: Check[];
  secrets: Check[];
  version: Version | null;
}> {
  const { bucket, queue, channels, version } = bindings;

  /** One check; an error is trouble, and so is a timeout. */
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

  /** A service that answers is reachable, even if it refuses: no key is sent and nothing is ordered. */
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

  /** Read once for all checks. */
  const status = lazy(() => readSystemStatus(db, clock()));

  async function runs(): Promise<Check[]> {
    const now = clock();
    const { reports } = await status();
    return reportKinds.map((kind): Check => {
      const report = reports[kind];
      if (!report) return { what: runNames[kind], state: 'not yet', detail: 'no run so far' };
      const isLate = now - report.at > latest[kind];
      const found = report.ok ? '' : `, with ${report.differences.length} found`;
      const detail = `${ageInWords(now - report.at)} ago${found}`;
      return { what: runNames[kind], state: isLate || !report.ok ? 'trouble' : 'well', detail };
    });
  }

  const providers: [id: string, name: string, address: string | undefined][] = [
    ['runway', 'Runway', config.RUNWAYML_BASE_URL],
    ['luma', 'Luma', config.LUMA_API_KEY && config.LUMA_BASE_URL],
    ['fal', 'fal', config.FAL_KEY && config.FAL_QUEUE_URL],
    ['replicate', 'Replicate', config.REPLICATE_API_TOKEN && config.REPLICATE_BASE_URL],
    ['veo', 'Google Veo', config.VEO_API_KEY && config.VEO_BASE_URL],
  ];

  /** A provider that rests is in trouble, whether its door opens or not: health says what the breaker and its alert say. */
  async function film(id: string, name: string, address: string): Promise<Check> {
    const [reached, { resting }] = await Promise.all([reach(name, address), status()]);
    const rest = resting.find(({ provider }) => provider === id);
    return rest ? { what: name, state: 'trouble', detail: restInWords(rest, clock()) } : reached;
  }

  const several = (work: () => Promise<Check[]>, what: string) =>
    work().catch((error): Check[] => [{ what, state: 'trouble', detail: String(error) }]);
  const here = Promise.all([
    look('Database (D1)', async () => {
      await first(db, statement('SELECT 1'));
      return '';
    }),
    look('Media (R2)', media),
    look('Queue', async () => {
      const { backlogCount } = await queue.metrics();
      return `${backlogCount} waiting`;
    }),
    look('Objects', async () => {
      // No page listens to this channel, so publishing only wakes the object.
      await channels.getByName('health').publish([]);
      return 'one was woken';
    }),
    look('Requests of strangers', async () => `${await logbook.refusedStrangers()} refused today`),
  ]);
  const there = Promise.all([
    several(
      () => Promise.all(providers.flatMap(([id, name, address]) => (address ? [film(id, name, address)] : []))),
      'Film services',
    ),
    reach('Stripe', `${config.STRIPE_API_BASE}/healthcheck`),
    reach('Google', `${config.GOOGLE_ISSUER}/.well-known/openid-configuration`),
  ]);
  const [used, [films, ...others], laws, ran] = await Promise.all([
    here,
    there,
    several(schema, 'Laws of the database'),
    several(runs, 'Scheduled runs'),
  ]);
  const outside = [...films, ...others];
  return { parts: [...used, ...laws, ...ran], outside, secrets: secretsOf(config), version: version ?? null };
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
