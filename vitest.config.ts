import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { unstable_readConfig } from 'wrangler';

const root = import.meta.dirname;
const alias = { '~': resolve(root, 'app') };
// Tests end with what they wait for. This is only when to give up, on a machine that has much else to do.
const patience = { testTimeout: 300_000, hookTimeout: 300_000 };
const wherePureCodeLives = ['app/**/*.test.ts', 'stand-ins/**/*.test.ts', 'bench/**/*.test.ts'];

const bundled = [
  ...['drizzle-orm', 'drizzle-orm/d1', 'drizzle-orm/sqlite-core', 'hono', 'hono/factory', 'hono/router/trie-router'],
  ...['diff', 'oauth4webapi', 'stripe', 'valibot'],
];

/** Tests send more requests a minute than people do: their limits are lifted. Those of wrangler.toml are named `REAL_…`. */
function liftedRateLimits() {
  const config = unstable_readConfig({ config: resolve(root, 'wrangler.toml') });
  const ratelimits: { name: string; namespace_id: string; simple: { limit: number; period: 10 | 60 } }[] =
    config.ratelimits;
  const entries = ratelimits.flatMap(({ name, namespace_id, simple }) => [
    [name, { namespace_id, simple: { ...simple, limit: 1e9 } }] as const,
    [`REAL_${name}`, { namespace_id: `${namespace_id}0`, simple }] as const,
  ]);
  return Object.fromEntries(entries);
}

export default defineConfig({
  test: {
    // A third browser on two cores makes a page so slow that it gives up a database that would still answer.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      // Directions, names and sizes of the house; fast enough to run with every check.
      {
        resolve: { alias },
        test: {
          name: 'architecture',
          environment: 'node',
          include: ['app/architecture.test.ts', 'app/glossary.test.ts', 'app/documents.test.ts'],
          ...patience,
        },
      },
      // Pure code, and the stand-ins over real HTTP: plain Node.
      {
        resolve: { alias },
        test: {
          name: 'unit',
          environment: 'node',
          include: wherePureCodeLives,
          exclude: ['app/{architecture,glossary,documents}.test.ts', 'app/**/*.server.test.ts'],
          ...patience,
        },
      },
      // Product and doors on real D1, R2, queue and objects, inside workerd.
      {
        plugins: [
          cloudflareTest(async () => ({
            main: './workers/app.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              ratelimits: liftedRateLimits(),
              // No test reaches the network: what it has not answered itself is refused at once.
              outboundService: () => Promise.reject(new Error('no network')),
              bindings: {
                MIGRATIONS: await readD1Migrations(resolve(root, 'migrations')),
                APP_ORIGIN: 'https://echoes.test',
                GOOGLE_ISSUER: 'https://google.test',
                GOOGLE_CLIENT_ID: 'test-client',
                GOOGLE_CLIENT_SECRET: 'test-secret',
                RUNWAYML_BASE_URL: 'https://runway.test',
                RUNWAYML_API_SECRET: `key_${'0'.repeat(128)}`,
                RUNWAYML_OUTPUT_HOSTS: 'output.runway.test',
                LUMA_API_KEY: 'luma-0123456789abcdef',
                LUMA_BASE_URL: 'https://luma.test',
                REPLICATE_API_TOKEN: 'r8_0123456789abcdef',
                REPLICATE_BASE_URL: 'https://replicate.test',
                REPLICATE_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
                FAL_KEY: 'fal-0123456789abcdef',
                FAL_JWKS_URL: 'https://keys.fal.test',
                VEO_API_KEY: 'veo-0123456789abcdef',
                VEO_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
                STRIPE_API_BASE: 'https://stripe.test',
                STRIPE_SECRET_KEY: 'sk_test_0123456789abcdef',
                STRIPE_WEBHOOK_SECRET: 'whsec_0123456789abcdef,whsec_fedcba9876543210',
                SESSION_SECRET: 'test-session-secret-0123456789',
                MEDIA_SIGNING_SECRET: 'test-media-secret-0123456789',
                IDENTITY_SECRET: 'test-identity-secret-0123456789',
              },
            },
          })),
        ],
        resolve: { alias, mainFields: ['module', 'main'] },
        test: {
          name: 'workerd',
          include: ['app/**/*.server.test.ts', 'workers/**/*.test.ts'],
          setupFiles: ['app/testing/setup.ts'],
          ...patience,
          // Every test file loads its modules anew: bundled, the largest libraries are ten of them in place of 400.
          deps: { optimizer: { ssr: { enabled: true, include: bundled } } },
        },
      },
      // A person's journey: real Chromium, the built Worker, the stand-ins.
      {
        resolve: { alias },
        test: {
          name: 'journeys',
          ...patience,
          testTimeout: 600_000,
          expect: { poll: { timeout: 120_000 } },
          environment: 'node',
          // Several at a time: each has its own ports, database, stand-ins and browser.
          // Files of one worker share loaded packages (wrangler and playwright take 2 s of CPU); none changes what another sees.
          isolate: false,
          include: ['journeys/**/*.test.ts'],
          exclude: ['journeys/engines/**'],
        },
      },
      // One journey in three engines, by itself: it holds films to real time, which two cores give to one browser only.
      {
        test: { name: 'engines', ...patience, environment: 'node', include: ['journeys/engines/**/*.test.ts'] },
      },
    ],
  },
});
