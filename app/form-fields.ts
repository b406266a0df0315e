import * as v from 'valibot';
import { charactersOf } from './characters';

/** Throws a 405 with its `Allow` header for a method that is not in `allowed`. */
export function requireMethod(request: Request, ...allowed: ('GET' | 'HEAD' | 'POST' | 'DELETE')[]): void {
  if ((allowed as string[]).includes(request.method)) return;
  throw new Response(null, { status: 405, headers: { Allow: allowed.join(', ') } });
}

/** The loader of an address that only takes form posts. */
export function formPostOnly({ request }: { request: Request }): null {
  requireMethod(request, 'POST');
  return null;
}

/** The fields of a form by name. A repeated field becomes a list, which a plain field's schema refuses. */
export function fieldsOf(form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** True for a text of at most `most` characters. */
export const atMost = (most: number) => v.check((text: string) => charactersOf(text) <= most);

/** A text of one or more lines without control characters; `most` in characters. */
export const personText = (most: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '')),
    atMost(most),
  );

/** A decimal number within these bounds: no `0x10`, no spaces, no Infinity. */
export const numberField = (least: number, most: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,6}(\.\d+)?(e-\d+)?$/), v.transform(Number), v.minValue(least), v.maxValue(most));

/** As `numberField`, also below zero. */
export const signedNumberField = (least: number, most: number) =>
  v.pipe(v.string(), v.regex(/^-?\d{1,6}(\.\d+)?(e-\d+)?$/), v.transform(Number), v.minValue(least), v.maxValue(most));

/** The 400 that answers an invalid form and names its fields. */
export function invalid(issues: readonly v.BaseIssue<unknown>[]): Response {
  const fields = [...new Set(issues.map((issue) => v.getDotPath(issue)?.split('.')[0] ?? 'form'))];
  const message = `Look at ${fields.join(', ')}: missing, or not of the kind or length expected. Nothing has changed.`;
  return Response.json({ outcome: 'invalid', fields, message }, { status: 400 });
}
