import * as v from 'valibot';

const origin = v.pipe(
  v.string(),
  v.url(),
  v.transform((url) => url.replace(/\/+$/, '')),
);
const secret = v.pipe(v.string(), v.minLength(16));
/** Hosts of public storage, of which a folder must be named. */
const sharedHosts: readonly string[] = ['storage.googleapis.com', 'storage.cloud.google.com', 's3.amazonaws.com'];
/**
 * Host names separated by commas, each with its port unless it is the default; `*.` stands for all subdomains,
 * `host/folder` for one folder of a public storage host.
 */
const hosts = v.pipe(
  v.string(),
  v.transform((list) => list.split(',').map((host) => host.trim())),
  v.check((list) => !list.some((host) => sharedHosts.includes(host)), 'a shared host lacks its folder'),
);

/** One secret, or two separated by a comma while one is being replaced: the first signs, both are taken. */
const secrets = v.pipe(
  v.string(),
  v.transform((list) => list.split(',').map((one) => one.trim())),
  v.array(secret),
);

const shape = {
  /** The public origin of Echoes, without a slash at the end. */
  APP_ORIGIN: origin,
  /** OpenID issuer; its discovery document names the other addresses. */
  GOOGLE_ISSUER: origin,
  GOOGLE_CLIENT_ID: v.pipe(v.string(), v.minLength(1)),
  GOOGLE_CLIENT_SECRET: v.pipe(v.string(), v.minLength(1)),
  RUNWAYML_BASE_URL: origin,
  RUNWAYML_API_SECRET: secret,
  /** The only hosts from which Runway's finished videos may be fetched. */
  RUNWAYML_OUTPUT_HOSTS: hosts,
  STRIPE_API_BASE: v.optional(origin, 'https://api.stripe.com'),
  /** `sk_test_…` or `sk_live_…`: events of the other mode are refused. */
  STRIPE_SECRET_KEY: v.pipe(secret, v.regex(/^(sk|rk)_(test|live)_/)),
  /** `whsec_…` of the webhook; without it every event is refused. */
  STRIPE_WEBHOOK_SECRET: v.optional(secrets),
  /** Where to report a security problem: `mailto:…` or `https://…`. */
  SECURITY_CONTACT: v.optional(v.pipe(v.string(), v.regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/))),
  /** Seals the cookies of open sign-in attempts. */
  SESSION_SECRET: secrets,
  /** Signs links to media, share links, and the addresses of webhooks. */
  MEDIA_SIGNING_SECRET: secrets,
  /** The key of the hashes that identify people and visitors. It is never replaced (docs/operating.md). */
  IDENTITY_SECRET: secret,
  // Further providers; each is offered if its key is set.
  LUMA_API_KEY: v.optional(secret),
  LUMA_BASE_URL: v.optional(origin),
  LUMA_OUTPUT_HOSTS: v.optional(hosts),
  FAL_KEY: v.optional(secret),
  FAL_QUEUE_URL: v.optional(origin),
  /** The address of the keys with which fal signs its webhooks. */
  FAL_JWKS_URL: v.optional(origin),
  FAL_OUTPUT_HOSTS: v.optional(hosts),
  REPLICATE_API_TOKEN: v.optional(secret),
  REPLICATE_BASE_URL: v.optional(origin),
  REPLICATE_OUTPUT_HOSTS: v.optional(hosts),
  /** `whsec_…`; without it no webhooks are requested from Replicate. */
  REPLICATE_WEBHOOK_SECRET: v.optional(secret),
  VEO_API_KEY: v.optional(secret),
  VEO_BASE_URL: v.optional(origin),
  VEO_OUTPUT_HOSTS: v.optional(hosts),
  /** `whsec_…` of the project's webhook at Google. */
  VEO_WEBHOOK_SECRET: v.optional(secret),
  /** `whsec_…` and base64. It signs alerts to the owner's address; without it none is sent. */
  ALERT_WEBHOOK_SECRET: v.optional(v.pipe(secret, v.regex(/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/))),
};

const schema = v.object(shape);

/** The variables that each further provider's key requires. */
const neededBy = {
  LUMA_API_KEY: ['LUMA_BASE_URL', 'LUMA_OUTPUT_HOSTS'],
  FAL_KEY: ['FAL_QUEUE_URL', 'FAL_JWKS_URL', 'FAL_OUTPUT_HOSTS'],
  REPLICATE_API_TOKEN: ['REPLICATE_BASE_URL', 'REPLICATE_OUTPUT_HOSTS'],
  VEO_API_KEY: ['VEO_BASE_URL', 'VEO_OUTPUT_HOSTS'],
} as const;

/** Every var and secret, checked. */
export type Config = v.InferOutput<typeof schema>;

/** The names of the secrets (`npx wrangler secret put`), for the admin panel. Echoes runs without the optional ones. */
export const secretNames = {
  needed: [
    'GOOGLE_CLIENT_ID',
    'GOOGLE_CLIENT_SECRET',
    'RUNWAYML_API_SECRET',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'SESSION_SECRET',
    'MEDIA_SIGNING_SECRET',
    'IDENTITY_SECRET',
  ],
  optional: [
    'LUMA_API_KEY',
    'FAL_KEY',
    'REPLICATE_API_TOKEN',
    'REPLICATE_WEBHOOK_SECRET',
    'VEO_API_KEY',
    'VEO_WEBHOOK_SECRET',
    'ALERT_WEBHOOK_SECRET',
  ],
} as const satisfies Record<string, readonly (keyof Config)[]>;

/** True if this secret is set. */
export function isSet(config: Config, name: keyof Config): boolean {
  return config[name] !== undefined;
}

/** The configuration, or the names of missing and malformed variables. */
export type ConfigResult = { ok: true; config: Config } | { ok: false; names: string[] };

const results = new WeakMap<object, ConfigResult>();

/** Reads and checks vars and secrets, once for each `env`, which all requests of an isolate share. */
export function readConfig(env: object): ConfigResult {
  const result = results.get(env) ?? checked(env);
  results.set(env, result);
  return result;
}

function checked(env: object): ConfigResult {
  const result = v.safeParse(schema, env);
  if (!result.success)
    return { ok: false, names: [...new Set(result.issues.map((issue) => String(issue.path?.[0]?.key ?? '?')))] };
  const config = result.output;
  const names = Object.entries(neededBy).flatMap(([key, needed]) =>
    config[key as keyof typeof neededBy] ? needed.filter((name) => !config[name]) : [],
  );
  return names.length > 0 ? { ok: false, names } : { ok: true, config };
}
