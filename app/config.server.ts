import * as v from 'valibot';

const origin = v.pipe(
  v.string(),
  v.url(),
  v.transform((url) => url.replace(/\/+$/, '')),
);
const secret = v.pipe(v.string(), v.minLength(16));

const shape = {
  /** Where people reach Echoes, without a slash at the end. */
  APP_ORIGIN: origin,
  /** OpenID issuer; its discovery document gives the rest. */
  GOOGLE_ISSUER: origin,
  GOOGLE_CLIENT_ID: v.pipe(v.string(), v.minLength(1)),
  GOOGLE_CLIENT_SECRET: v.pipe(v.string(), v.minLength(1)),
  RUNWAYML_BASE_URL: origin,
  RUNWAYML_API_SECRET: secret,
  /** Hosts (with port) that Runway's finished videos may be fetched from, separated by commas. */
  RUNWAYML_OUTPUT_HOSTS: v.pipe(
    v.string(),
    v.transform((list) => list.split(',').map((host) => host.trim())),
  ),
  SESSION_SECRET: secret,
  MEDIA_SIGNING_SECRET: secret,
};

const schema = v.object(shape);

/** Every var and secret, checked. */
export type Config = v.InferOutput<typeof schema>;

/** Either the configuration, or the names of what is missing or malformed. */
export type ConfigResult = { ok: true; config: Config } | { ok: false; names: string[] };

/** Reads vars and secrets once. Nothing else in the product looks at `env` for them. */
export function readConfig(env: object): ConfigResult {
  const result = v.safeParse(schema, env);
  if (result.success) return { ok: true, config: result.output };
  return { ok: false, names: [...new Set(result.issues.map((issue) => String(issue.path?.[0]?.key ?? '?')))] };
}
