import type { LoaderFunctionArgs } from '@remix-run/cloudflare';

/** GET: the clips of a shared film with new signed URLs, while its share is open. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const open = await context.services.projects.shares.open(params.token ?? '');
  if (!open) return Response.json({ outcome: 'not-found' }, { status: 404 });
  return Response.json(open.film.clips, { headers: { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' } });
}
