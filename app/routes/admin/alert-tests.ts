import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from '@remix-run/cloudflare';
import { requireMethod } from '~/form-fields';

/** The address takes form posts and nothing else. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  await context.services.auth.requireAdmin(request);
  requireMethod(request, 'POST');
  return null;
}

/** Sends one message to the owner's address, and leads back to what came of it. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { auth, admin } = context.services;
  const actor = await auth.requireAdmin(request);
  requireMethod(request, 'POST');
  const told = await admin.alerts.test({ adminId: actor.id, requestId: context.requestId });
  const search = new URLSearchParams(
    told.outcome === 'told' ? { test: 'told' } : { test: 'not-told', why: told.detail },
  );
  return redirect(`/admin/health?${search}`);
}
