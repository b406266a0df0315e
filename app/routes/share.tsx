import { data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { isolated } from '~/components/written';
import { linkWord } from '~/http';
import { SharedFilmPage } from '~/player/shared-film';
import { goneFilm, sharePath } from '~/projects/share-views';
import type { RouteHandle } from '~/root';

export const handle: RouteHandle = { static: true };

// The address is a secret: no search engine may index it, and no other site gets it as a referrer.
export const headers = () => ({
  'X-Robots-Tag': 'noindex',
  'Referrer-Policy': 'same-origin',
  // A link that was taken back must not go on in a cache.
  'Cache-Control': 'no-store',
});

/** The film of a share, for any visitor. An ended share and an unknown one get the same answer. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { shares, visits } = context.services.projects;
  const token = linkWord(params.token);
  if (token !== '' && token !== params.token) throw redirect(sharePath(token));
  const open = await shares.open(token);
  if (!open) throw data(goneFilm, { status: 404 });
  const { share, film, previewPath } = open;
  return {
    token,
    film,
    ticket: visits.open({ shareId: share.id, request }),
    previewUrl: previewPath && context.config.APP_ORIGIN + previewPath,
  };
}

export const meta: MetaFunction<typeof loader> = ({ data, error }) => [
  { title: `${data ? isolated(data.film.title) : error ? goneFilm.title : 'Film'} · Echoes` },
  { name: 'robots', content: 'noindex' },
  { property: 'og:title', content: data?.film.title ?? 'Echoes' },
  { property: 'og:description', content: 'A film made with Echoes.' },
  ...(data?.previewUrl ? [{ property: 'og:image', content: data.previewUrl }] : []),
];

export default function Share() {
  const { token, film, ticket } = useLoaderData<typeof loader>();
  return (
    <main id="main">
      <SharedFilmPage film={film} token={token} ticket={ticket} />
    </main>
  );
}
