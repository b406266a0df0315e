/**
 * Cuts the descriptions that Runway and Stripe publish down to the names, types and limits that the tests hold us against: `node ops/cut-specs.ts runway <openapi.json>` and `… stripe <fixtures3.json>` write to `stand-ins/specs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Fields = { [name: string]: Json };

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of names; throws where the published description has changed its form. */
function at(value: Json, ...names: string[]): Json {
  return names.reduce<Json>((inner, name) => {
    const found = isFields(inner) ? inner[name] : undefined;
    if (found === undefined) throw new Error(`Nothing at ${names.join(' → ')}.`);
    return found;
  }, value);
}

const prose = ['description', 'summary', 'title', 'examples', 'example', 'tags', 'externalDocs'];

/** Without what only people read. Names of properties are kept, also where a property is called `title`. */
function withoutProse(value: Json, isNames = false): Json {
  if (Array.isArray(value)) return value.map((item) => withoutProse(item));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => isNames || !(prose.includes(name) || name.startsWith('x-')))
      .map(([name, inner]) => [name, withoutProse(inner, name === 'properties')]),
  );
}

/** The models that are in use; a test fails where one of them is not described. */
const runwayModels = ['gen4_turbo', 'gen4.5'];

/** Runway: a request for each model in use, a task, what was charged, the version. */
function cutRunway(spec: Json): Json {
  const order = ['paths', '/v1/image_to_video', 'post'];
  const body = ['requestBody', 'content', 'application/json', 'schema'];
  const models = at(spec, ...order, ...body, 'oneOf');
  const schemas = (Array.isArray(models) ? models : []).filter((schema) =>
    runwayModels.includes(String(at(schema, 'properties', 'model', 'const'))),
  );
  return withoutProse({
    openapi: at(spec, 'openapi'),
    info: { version: at(spec, 'info', 'version') },
    paths: {
      '/v1/image_to_video': {
        post: {
          requestBody: { content: { 'application/json': { schema: { oneOf: schemas } } } },
          responses: Object.fromEntries(Object.keys(at(spec, ...order, 'responses') as Fields).map((key) => [key, {}])),
        },
      },
      '/v1/tasks/{id}': {
        get: { responses: { '200': at(spec, 'paths', '/v1/tasks/{id}', 'get', 'responses', '200') } },
        delete: {},
      },
      '/v1/organization/usage': {
        post: {
          requestBody: at(spec, 'paths', '/v1/organization/usage', 'post', 'requestBody'),
          responses: { '200': at(spec, 'paths', '/v1/organization/usage', 'post', 'responses', '200') },
        },
      },
    },
    components: { parameters: { 'X-Runway-Version': at(spec, 'components', 'parameters', 'X-Runway-Version') } },
  });
}

/** The names of an example's fields; a value is left as the name of its type. */
function fieldsOf(value: Json): Json {
  if (Array.isArray(value)) return 'list';
  if (!isFields(value)) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fieldsOf(inner)]));
}

/** Stripe: the fields of each object that the stand-in makes. */
function cutStripe(fixtures: Json): Json {
  const kinds = [
    ...['charge', 'checkout.session', 'customer', 'dispute', 'event', 'item', 'payment_intent', 'refund'],
    'radar.early_fraud_warning',
  ];
  return { resources: Object.fromEntries(kinds.map((kind) => [kind, fieldsOf(at(fixtures, 'resources', kind))])) };
}

const cuts: Readonly<Record<string, { cut: (published: Json) => Json; file: string }>> = {
  runway: { cut: cutRunway, file: 'runway-openapi.json' },
  stripe: { cut: cutStripe, file: 'stripe-fields.json' },
};
const [service = '', path = ''] = process.argv.slice(2);
const chosen = cuts[service];
if (!chosen || !path) throw new Error('Say which: runway <openapi.json> or stripe <fixtures3.json>.');
const published = JSON.parse(readFileSync(path, 'utf8')) as Json;
const file = resolve(import.meta.dirname, '../stand-ins/specs', chosen.file);
writeFileSync(file, `${JSON.stringify(chosen.cut(published), null, 2)}\n`);
console.log(`${file}: ${Math.round(readFileSync(file).length / 1024)} kB`);
