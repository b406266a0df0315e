import { type AlertsStandIn, createAlerts } from './alerts.ts';
import { createBoard } from './board.ts';
import { createFal } from './fal.ts';
import type { Films } from './films.ts';
import { createGoogle } from './google.ts';
import type { StandIn } from './http.ts';
import { createLuma } from './luma.ts';
import { createPeople } from './people.ts';
import { createReplicate } from './replicate.ts';
import { createRunway, type Runway, secondsFrom } from './runway.ts';
import { type Received, serve } from './serve.ts';
import { createStripe, type StripeStandIn } from './stripe.ts';
import { createVeo } from './veo.ts';

export type StandInsOptions = {
  /** Port on loopback; 0 takes a free one. */
  port: number;
  /** The origin of Echoes, the only one to which Google redirects. */
  appOrigin: string;
  /** The range from which the seconds that Runway takes for a task are drawn. */
  runwaySeconds?: { min: number; max: number };
  /** Lifetime of an output link; a day by default. */
  outputTtlSeconds?: number;
  /** Tasks of one model that Runway runs at once; further ones are throttled. */
  concurrency?: number;
  /** Frames per second of every film; 24 by default. Fewer frames render faster. */
  framesPerSecond?: number;
  /** Fetches prompt images; tests replace it, because Runway refuses loopback addresses. */
  fetchAsset?: typeof fetch;
  /** Milliseconds before each further attempt of Stripe to deliver an event. */
  stripeRetryDelays?: readonly number[];
  quiet?: boolean;
};

export type StandIns = {
  origin: string;
  /** Variables of the app that point to the stand-ins. */
  vars: Record<string, string>;
  /** Every request so far, oldest first. */
  received: readonly Received[];
  runway: Runway;
  stripe: StripeStandIn;
  /** The owner's webhook for alerts. */
  alerts: AlertsStandIn;
  /** The films of the other film services. */
  films: { luma: Films; fal: Films; replicate: Films; veo: Films };
  close(): Promise<void>;
};

/** Starts every stand-in on one port of loopback. */
export async function startStandIns(options: StandInsOptions): Promise<StandIns> {
  const { port, appOrigin, runwaySeconds, outputTtlSeconds, concurrency, fetchAsset, stripeRetryDelays } = options;
  const { framesPerSecond, quiet = false } = options;
  const received: Received[] = [];
  let standIns: readonly StandIn[] = [];
  const { origin, close } = await serve({ port, standIns: () => standIns, received, quiet });
  const origins = { origin, appOrigin };
  const people = createPeople();
  const runway = createRunway({
    ...origins,
    seconds: runwaySeconds,
    outputTtlSeconds,
    concurrency,
    framesPerSecond,
    fetchAsset,
  });
  const further = { ...origins, seconds: runwaySeconds, framesPerSecond, fetchAsset };
  const luma = createLuma(further);
  const fal = createFal(further);
  const replicate = createReplicate(further);
  const veo = createVeo(further);
  const stripe = createStripe({ ...origins, retryDelays: stripeRetryDelays });
  const alerts = createAlerts(origins);
  // The board comes last, because its mount holds every path.
  standIns = [
    createGoogle({ ...origins, people }),
    runway,
    luma,
    fal,
    replicate,
    veo,
    stripe,
    stripe.checkout,
    alerts,
    createBoard({ ...origins, people, runway, stripe, alerts, received, standIns: () => standIns }),
  ];
  return {
    origin,
    vars: Object.assign({}, ...standIns.map(({ vars }) => vars)),
    received,
    runway,
    stripe,
    alerts,
    films: { luma: luma.films, fal: fal.films, replicate: replicate.films, veo: veo.films },
    async close() {
      for (const standIn of standIns) standIn.close?.();
      await close();
    },
  };
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
