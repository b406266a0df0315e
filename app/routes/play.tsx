import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData, useNavigate, useSearchParams } from '@remix-run/react';
import { FilmPlayer } from '~/player/film-player';
import { useFreshClips } from '~/player/use-fresh-clips';
import { ShareButton, tellPlayed } from '~/studio/share-film';

/** The film of a project; 404 for another person's project. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { id: userId } = await context.services.auth.requireUser(request);
  const found = await context.services.projects.find({ userId, projectId: params.projectId ?? '' });
  if (!found) throw new Response(null, { status: 404 });
  return found;
}

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `${data?.project.title ?? 'Film'} · Echoes` }];

/** The page that only plays a film. `?from=2` begins with the third clip. */
export default function Play() {
  const { project, clips } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const freshClips = useFreshClips(clips);
  return (
    <main id="main">
      <FilmPlayer
        clips={clips}
        shape={project.shape}
        trackId={project.trackId}
        title={project.title}
        from={Math.trunc(Number(search.get('from')) || 0)}
        onClose={() => navigate(`/projects/${project.id}`, { viewTransition: true })}
        onEnd={() => tellPlayed(project.id)}
        onRefreshUrls={freshClips}
        endActions={<ShareButton projectId={project.id} title={project.title} />}
      />
    </main>
  );
}
