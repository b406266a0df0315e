/** A parsed form: `a[b][0]=c` is `{ a: { b: { 0: 'c' } } }`. Lists are objects with numeric names. */
export type Value = string | Fields;
export type Fields = { [name: string]: Value };

/** An error about a parameter, in Stripe's words. */
export type Problem = { message: string; param?: string; code?: string };

/** The error of a value, or null. */
export type Check = (value: Value, param: string) => Problem | null;

/** Reads `application/x-www-form-urlencoded` with brackets, as Stripe does. */
export function fieldsOf(text: string): Fields {
  const fields: Fields = Object.create(null) as Fields;
  for (const [name, value] of new URLSearchParams(text)) {
    const [, first = name, rest = ''] = /^([^[]+)((?:\[[^\]]*\])*)$/.exec(name) ?? [];
    const steps = [first, ...[...rest.matchAll(/\[([^\]]*)\]/g)].map(([, step = '']) => step)];
    put(fields, steps, value);
  }
  return fields;
}

function put(into: Fields, [step = '', ...rest]: readonly string[], value: string): void {
  const name = step === '' ? String(Object.keys(into).length) : step;
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const there = into[name];
  const next = typeof there === 'object' ? there : (Object.create(null) as Fields);
  into[name] = next;
  put(next, rest, value);
}

/** The text at a path; undefined for a missing parameter. */
export function textAt(fields: Fields, ...path: string[]): string | undefined {
  const found = path.reduce<Value | undefined>((at, name) => (typeof at === 'object' ? at[name] : undefined), fields);
  return typeof found === 'string' ? found : undefined;
}

/** The number at a path; undefined for a missing parameter. */
export function numberAt(fields: Fields, ...path: string[]): number | undefined {
  const text = textAt(fields, ...path);
  return text === undefined ? undefined : Number(text);
}

/** The entries of the list or object at a path, in order. */
export function entriesAt(fields: Fields, ...path: string[]): [string, Value][] {
  const found = path.reduce<Value | undefined>((at, name) => (typeof at === 'object' ? at[name] : undefined), fields);
  return typeof found === 'object' ? Object.entries(found) : [];
}

/** The metadata at a path; an empty value leaves its key out. */
export function metadataAt(fields: Fields, ...path: string[]): Record<string, string> {
  return Object.fromEntries(
    entriesAt(fields, ...path).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && !!entry[1]),
  );
}

export function text({ max = 5000 }: { max?: number } = {}): Check {
  return (value, param) => {
    if (typeof value !== 'string') return { message: 'Invalid string', param };
    if (value === '')
      return {
        code: 'parameter_invalid_empty',
        message: `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
        param,
      };
    if (value.length > max)
      return { message: `Invalid string: must be at most ${max} characters`, param, code: 'parameter_invalid_string' };
    return null;
  };
}

export function integer({ min = Number.NEGATIVE_INFINITY }: { min?: number } = {}): Check {
  return (value, param) => {
    if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value))
      return { code: 'parameter_invalid_integer', message: `Invalid integer: ${shown(value)}`, param };
    if (Number(value) < min)
      return {
        code: 'parameter_invalid_integer',
        message: `This value must be greater than or equal to ${min}.`,
        param,
      };
    return null;
  };
}

export const flag: Check = (value, param) =>
  value === 'true' || value === 'false' ? null : { message: `Invalid boolean: ${shown(value)}`, param };

export function oneOf(...allowed: string[]): Check {
  return (value, param) =>
    allowed.includes(shown(value))
      ? null
      : { message: `Invalid ${param}: must be one of ${allowed.slice(0, -1).join(', ')}, or ${allowed.at(-1)}`, param };
}

export const address: Check = (value, param) =>
  typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value)
    ? null
    : { code: 'url_invalid', message: 'Not a valid URL', param };

export const email: Check = (value, param) =>
  typeof value === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)
    ? null
    : { code: 'email_invalid', message: `Invalid email address: ${shown(value)}`, param };

const currencies = new Set(Intl.supportedValuesOf('currency').map((name) => name.toLowerCase()));
export const currency: Check = (value, param) =>
  currencies.has(shown(value).toLowerCase()) ? null : { message: `Invalid currency: ${shown(value)}`, param };

export function list(check: Check, { max = 100 }: { max?: number } = {}): Check {
  return (value, param) => {
    if (typeof value === 'string') return { message: 'Invalid array', param };
    const entries = Object.entries(value);
    if (entries.some(([name]) => !/^\d+$/.test(name))) return { message: 'Invalid array', param };
    if (entries.length > max) return { message: `Invalid array: at most ${max} entries`, param };
    return first(entries.map(([name, entry]) => check(entry, `${param}[${name}]`)));
  };
}

/** At most 50 keys of at most 40 characters, with values of at most 500. */
export const metadata: Check = (value, param) => {
  if (typeof value === 'string') return value === '' ? null : { message: 'Invalid object', param };
  const entries = Object.entries(value);
  if (entries.length > 50) return { message: 'Metadata can have at most 50 keys', param };
  return first(
    entries.map(([name, entry]) => {
      const at = `${param}[${name}]`;
      if (typeof entry !== 'string') return { message: 'Metadata values must be strings', param: at };
      if (name.length > 40) return { message: `Metadata keys must be at most 40 characters: ${name}`, param: at };
      if (entry.length > 500)
        return {
          message: `Metadata values can have up to 500 characters, but you passed in a value that is ${entry.length} characters. Invalid value: ${entry}`,
          param: at,
        };
      return null;
    }),
  );
};

/** An object with these fields and no others. */
export function shape(known: Record<string, Check>, { required = [] }: { required?: readonly string[] } = {}): Check {
  return (value, param) => {
    if (typeof value === 'string') return { message: 'Invalid object', param };
    const at = (name: string) => (param ? `${param}[${name}]` : name);
    for (const [name, entry] of Object.entries(value)) {
      const check = Object.hasOwn(known, name) ? known[name] : undefined;
      const problem = check
        ? check(entry, at(name))
        : { code: 'parameter_unknown', message: `Received unknown parameter: ${at(name)}`, param: at(name) };
      if (problem) return problem;
    }
    const missing = required.find((name) => !(name in value));
    return missing
      ? { code: 'parameter_missing', message: `Missing required param: ${at(missing)}.`, param: at(missing) }
      : null;
  };
}

function first(problems: readonly (Problem | null)[]): Problem | null {
  return problems.find((problem) => problem !== null) ?? null;
}

function shown(value: Value): string {
  return typeof value === 'string' ? value : '{…}';
}
