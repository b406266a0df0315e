import type { LoaderFunctionArgs } from '@remix-run/cloudflare';

/** GET: the film's clips with addresses that work from now on. As long as the link is open, and not a moment longer. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const open = await context.services.projects.shares.open(params.token ?? '');
  if (!open) return Response.json({ outcome: 'not-found' }, { status: 404 });
  return Response.json(open.film.clips, { headers: { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' } });
}
