import { type ActionFunctionArgs, type AppLoadContext, type LoaderFunctionArgs, redirect } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { type IdKind, isId } from '~/db/ids';
import { fieldsOf, invalid, requireMethod } from '~/form-fields';

/** What an admin's post is checked for before it runs. */
interface Checks<Schema> {
  /** The id in the address: its kind and the name of its parameter. Any other id answers 404. */
  id?: readonly [kind: IdKind, name: string];
  /** True where money or settings move: an admin who signed in more than fifteen minutes ago has to sign in again. */
  needsFreshSignIn?: boolean;
  schema?: Schema;
  /** Where a body that does not fit the schema leads; without it the answer is a 400 that names the fields. */
  whenInvalid?: (params: { id: string; version: number }) => string;
}

/** What a checked post hands to its route. */
interface Post<Body> {
  adminId: string;
  requestId: string;
  /** The checked id, or '' where the address has none. */
  id: string;
  /** The number in the address (`:version`), or 0. */
  version: number;
  body: Body;
  /** With its body unread where there is no schema: such a route reads the form by its own rules. */
  request: Request;
  services: AppLoadContext['services'];
}

/** The loader of an address that takes only the posts of admins: 404 for everybody else, then 405. */
export async function adminPostOnly({ request, context }: LoaderFunctionArgs): Promise<null> {
  await context.services.auth.requireAdmin(request);
  requireMethod(request, 'POST');
  return null;
}

/**
 * The action of an admin's post. Checks in one order: the person, the method, the address, the body. `run` gives the path
 * to go to, null for a 404, or a response.
 */
export function adminAction<const Schema extends v.GenericSchema, Answer extends object = never>(
  { id: expected, needsFreshSignIn = false, schema, whenInvalid }: Checks<Schema>,
  run: (post: Post<v.InferOutput<Schema>>) => Promise<string | null | Answer>,
): (args: ActionFunctionArgs) => Promise<Response | Answer> {
  return async ({ request, params, context }) => {
    const { services, requestId } = context;
    const { auth } = services;
    const admin = await (needsFreshSignIn ? auth.requireFreshAdmin(request) : auth.requireAdmin(request));
    requireMethod(request, 'POST');
    const id = expected ? (params[expected[1]] ?? '') : '';
    if (expected && !isId(expected[0], id)) throw new Response(null, { status: 404 });
    const version = /^\d{1,6}$/.test(params.version ?? '') ? Number(params.version) : 0;
    let body: unknown;
    if (schema) {
      const sent = v.safeParse(schema, fieldsOf(await request.formData()));
      if (!sent.success) return whenInvalid ? redirect(whenInvalid({ id, version })) : invalid(sent.issues);
      body = sent.output;
    }
    const post = { adminId: admin.id, requestId, id, version, request, services };
    const answer = await run({ ...post, body: body as v.InferOutput<Schema> });
    if (answer === null) throw new Response(null, { status: 404 });
    return typeof answer === 'string' ? redirect(answer) : answer;
  };
}
