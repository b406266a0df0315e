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
  /** Where Echoes runs; Google sends people back there and nowhere else. */
  appOrigin: string;
  /** How long Runway takes for a task, in seconds, drawn evenly from this span. */
  runwaySeconds?: { min: number; max: number };
  /** How long an output link works; a day by default. */
  outputTtlSeconds?: number;
  /** Tasks of one model that Runway runs at once; further ones are throttled. */
  concurrency?: number;
  /** Frames per second of every film; 24 by default. Tests render fewer, which takes half the time. */
  framesPerSecond?: number;
  /** How Runway fetches prompt images; tests bring their own, since loopback is no domain. */
  fetchAsset?: typeof fetch;
  /** Milliseconds before each further attempt of Stripe to deliver an event. */
  stripeRetryDelays?: readonly number[];
  quiet?: boolean;
};

export type StandIns = {
  origin: string;
  /** The app's variables that point here. */
  vars: Record<string, string>;
  /** Every request so far, oldest first. */
  received: readonly Received[];
  runway: Runway;
  stripe: StripeStandIn;
  /** The owner's address for alerts. */
  alerts: AlertsStandIn;
  /** The films of the further services. */
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
  const place = { origin, appOrigin };
  const people = createPeople();
  const runway = createRunway({
    ...place,
    seconds: runwaySeconds,
    outputTtlSeconds,
    concurrency,
    framesPerSecond,
    fetchAsset,
  });
  const further = { ...place, seconds: runwaySeconds, framesPerSecond, fetchAsset };
  const luma = createLuma(further);
  const fal = createFal(further);
  const replicate = createReplicate(further);
  const veo = createVeo(further);
  const stripe = createStripe({ ...place, retryDelays: stripeRetryDelays });
  const alerts = createAlerts(place);
  // One line for each; the board comes last, because it answers everything the others do not.
  standIns = [
    createGoogle({ ...place, people }),
    runway,
    luma,
    fal,
    replicate,
    veo,
    stripe,
    stripe.checkout,
    alerts,
    createBoard({ ...place, people, runway, stripe, alerts, received, standIns: () => standIns }),
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
