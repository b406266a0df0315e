import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as v from 'valibot';
import type { Clock } from '~/db/ids';
import type { Cookies } from './cookies';
import { createSeal } from './seal.server';

const fifteenMinutes = 15 * 60_000;
const cookie = 'echoes-form';
/** A browser keeps a cookie of 4096 characters, with its name and flags. */
const mostLetters = 3800;

const keptShape = v.object({
  userId: v.string(),
  path: v.string(),
  fields: v.array(v.tuple([v.string(), v.string()])),
  expiresAt: v.number(),
});

/** A form post that waits for a fresh sign-in: where it goes, and its fields. */
export type KeptForm = Pick<v.InferOutput<typeof keptShape>, 'path' | 'fields'>;

/**
 * Keeps the form that a person sent before they signed in freshly, in a sealed cookie of their browser for fifteen minutes: it
 * is shown to them again afterwards, and only they send it.
 */
export function createKeptForms({
  secrets,
  clock,
  cookies,
}: {
  secrets: readonly string[];
  clock: Clock;
  cookies: Cookies;
}) {
  const seal = createSeal({ secrets, purpose: 'form' });
  return {
    /** A Set-Cookie value that keeps the form of a post, whose body stays unread; it keeps none where the form is too long. */
    async keep(request: Request, userId: string): Promise<string> {
      const sent = [...(await request.clone().formData())];
      const fields = sent.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
      const { pathname: path } = new URL(request.url);
      const form = JSON.stringify({ userId, path, fields, expiresAt: clock() + fifteenMinutes });
      const sealed = await seal.seal(deflateRawSync(form).toString('base64'));
      return sealed.length > mostLetters ? cookies.forget(cookie) : cookies.keep(cookie, sealed, fifteenMinutes / 1000);
    },

    /** The form that this person's browser keeps, or null. */
    async read(request: Request, userId: string): Promise<KeptForm | null> {
      const packed = await seal.open(cookies.read(request, cookie) ?? '');
      if (packed === null) return null;
      const text = inflateRawSync(Buffer.from(packed, 'base64')).toString();
      const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), keptShape), text);
      return kept.success && kept.output.userId === userId && kept.output.expiresAt > clock() ? kept.output : null;
    },
  };
}
