import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData, useLocation, useNavigate, useSearchParams } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { loadsUnlessSheet } from '~/components/use-sheet';
import { isolated } from '~/components/written';
import { FilmPlayer } from '~/player/film-player';
import { useFreshClips } from '~/player/use-fresh-clips';
import { ShareButton, ShareFilm, tellPlayed } from '~/studio/share-film';

/** The film of a project; 404 for another person's project. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { id: userId } = await context.services.auth.requireUser(request);
  const found = await context.services.projects.find({ userId, projectId: params.projectId ?? '' });
  if (!found) throw new Response(null, { status: 404 });
  return found;
}

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? isolated(data.project.title) : 'Film'} · Echoes` },
];

export const shouldRevalidate = loadsUnlessSheet;

/** The page that only plays a film. `?from=2` begins with the third clip. */
export default function Play() {
  const { project, clips } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const freshClips = useFreshClips(clips);
  const { fromStudio } = (useLocation().state ?? {}) as { fromStudio?: boolean };
  const [isReady, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  // No entry of the player is left behind: Back never returns into it.
  const leave = () =>
    fromStudio ? navigate(-1) : navigate(`/projects/${project.id}`, { replace: true, viewTransition: true });
  return (
    <main id="main">
      <FilmPlayer
        clips={clips}
        shape={project.shape}
        trackId={project.trackId}
        title={project.title}
        from={Math.trunc(Number(search.get('from')) || 0)}
        onClose={leave}
        onEnd={() => tellPlayed(project.id)}
        onRefreshUrls={freshClips}
        endActions={<ShareButton />}
      />
      {isReady && <ShareFilm projectId={project.id} title={project.title} />}
    </main>
  );
}
