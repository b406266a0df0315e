/** One error about a request body, in Zod's form. */
export type Issue = Complaint & { path: (string | number)[] };

/** An issue without its path. */
export type Complaint = { code: string; message: string; [more: string]: unknown };

export function integerIssue(value: unknown, least: number, most: number): Complaint | null {
  if (typeof value !== 'number') return typeIssue('number', value);
  if (!Number.isSafeInteger(value))
    return {
      code: 'invalid_type',
      expected: 'int',
      format: 'safeint',
      message: 'Invalid input: expected int, received number',
    };
  if (value < least)
    return {
      origin: 'number',
      code: 'too_small',
      minimum: least,
      inclusive: true,
      message: `Too small: expected number to be >=${least}`,
    };
  if (value > most)
    return {
      origin: 'number',
      code: 'too_big',
      maximum: most,
      inclusive: true,
      message: `Too big: expected number to be <=${most}`,
    };
  return null;
}

export function textIssue(value: unknown, least: number, most: number): Complaint | null {
  if (typeof value !== 'string') return typeIssue('string', value);
  if (value.length < least) return sizeIssue('string', 'characters', { least });
  return value.length > most ? sizeIssue('string', 'characters', { most }) : null;
}

export function sizeIssue(origin: string, unit: string, { least, most }: { least?: number; most?: number }): Complaint {
  return least === undefined
    ? {
        origin,
        code: 'too_big',
        maximum: most,
        inclusive: true,
        message: `Too big: expected ${origin} to have <=${most} ${unit}`,
      }
    : {
        origin,
        code: 'too_small',
        minimum: least,
        inclusive: true,
        message: `Too small: expected ${origin} to have >=${least} ${unit}`,
      };
}

export function optionIssue(value: unknown, values: readonly (string | number)[]): Complaint | null {
  if (values.includes(value as string)) return null;
  return {
    code: 'invalid_value',
    values,
    message: `Invalid option: expected one of ${values.map((one) => JSON.stringify(one)).join('|')}`,
  };
}

export function booleanIssue(value: unknown): Complaint | null {
  return typeof value === 'boolean' ? null : typeIssue('boolean', value);
}

export function typeIssue(expected: string, value: unknown): Complaint {
  const received = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return { code: 'invalid_type', expected, message: `Invalid input: expected ${expected}, received ${received}` };
}
