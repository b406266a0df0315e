import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';

const fields = v.object({ ticket: v.pipe(v.string(), v.maxLength(200)) });

export const loader = formPostOnly;

/** POST `ticket`: the page's ticket when the film begins, then at its end the ticket that the first post returned. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const {
    auth,
    projects: { shares, visits },
  } = context.services;
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  const open = await shares.open(params.token ?? '');
  if (!open) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!sent.success) return invalid(sent.issues);
  const visitorId = (await auth.findUser(request))?.id ?? null;
  const { ticket } = sent.output;
  const taken = await visits.take({ share: open.share, seconds: open.film.seconds, ticket, visitorId, request });
  return Response.json(taken, { status: taken.outcome === 'refused' ? 409 : 200 });
}
