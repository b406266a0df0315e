import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';

const fields = v.object({ ticket: v.pipe(v.string(), v.maxLength(200)) });

export const loader = formPostOnly;

/** POST `ticket`, twice: when a visitor's film begins, with the ticket of the page, and with the one got then at its end. */
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
