import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from '@remix-run/cloudflare';
import { Link, type ShouldRevalidateFunctionArgs, useLoaderData, useNavigate, useSearchParams } from '@remix-run/react';
import { useCallback, useState } from 'react';
import { Header } from '~/components/header';
import { lazyPart } from '~/components/lazy-part';
import { useSheet } from '~/components/use-sheet';
import { isId } from '~/db/ids';
import { requireMethod } from '~/form-fields';
import { firstTrack } from '~/player/tracks';
import { tooManyProjects } from '~/problem';
import { DeletedNote } from '~/projects/deleted-note';
import { NewFilm } from '~/projects/new-film';
import { NoProjects } from '~/projects/no-projects';
import ProjectDetailsSheet from '~/projects/project-details';
import { ProjectTile } from '~/projects/project-tile';
import { projectsPath, projectsPerPage } from '~/projects/projects-page';

const ProjectDetails = lazyPart(
  () => import('~/projects/project-details'),
  import.meta.env.SSR ? ProjectDetailsSheet : null,
);

export const meta: MetaFunction = () => [{ title: 'My films · Echoes' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const {
    auth,
    projects,
    credits: { ledger },
  } = context.services;
  const user = await auth.requireUser(request);
  const asked = new URL(request.url).searchParams.get('before');
  const before = isId('prj', asked) ? asked : undefined;
  const [cards, { balance }] = await Promise.all([
    projects.list({ userId: user.id, before, limit: projectsPerPage + 1 }),
    ledger.balance(user.id),
  ]);
  return {
    projects: cards.slice(0, projectsPerPage),
    hasMore: cards.length > projectsPerPage,
    before: before ?? null,
    balance,
  };
}

/** POST: makes a project, or finds the one that was begun before and left untouched, and redirects to its studio. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const created = await context.services.projects.begin({ userId: user.id, trackId: firstTrack.id });
  if (created.outcome === 'too-many') throw data(tooManyProjects, { status: tooManyProjects.status });
  return redirect(`/projects/${created.project.id}`);
}

/** Opening a project's sheet only changes the address and loads nothing. */
export function shouldRevalidate({
  currentUrl,
  nextUrl,
  formMethod,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs) {
  const pageOf = (url: URL) => `${url.pathname}?${url.searchParams.get('before')}`;
  return formMethod === undefined && pageOf(currentUrl) === pageOf(nextUrl) ? false : defaultShouldRevalidate;
}

export default function Films() {
  const { projects, hasMore, before, balance } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const toProjects = useCallback(
    () => navigate(projectsPath({ before }), { replace: true, preventScrollReset: true }),
    [navigate, before],
  );
  const details = useSheet('film');
  const opened = projects.find(({ id }) => id === details.value) ?? null;
  // Its script is loaded when the sheet is first opened; closed, it stays, since it gives the focus back.
  const [hasDetails, setHasDetails] = useState(opened !== null);
  if (opened && !hasDetails) setHasDetails(true);
  const deleted = search.get('deleted');
  const [newest] = projects;
  const isFirstPage = before === null;
  const last = projects.at(-1);
  return (
    <>
      <Header balance={balance} />
      <main id="main" className="column grid gap-8 pt-2 pb-32 md:gap-12 md:pb-18">
        <div className="flex min-h-12 items-center justify-between gap-4">
          <h1 className="text-32">{isFirstPage ? 'My films' : 'Older films'}</h1>
          {newest && <NewFilm className="max-md:hidden" />}
        </div>
        {!newest && isFirstPage && <NoProjects />}
        {newest && (
          <div className="grid grid-cols-2 gap-x-4 gap-y-8 md:grid-cols-3 lg:grid-cols-4 lg:gap-x-6">
            {projects.map((project) => (
              <ProjectTile
                key={project.id}
                project={project}
                detailsPath={projectsPath({ before, film: project.id })}
                large={isFirstPage && project === newest && project.cover !== null}
              />
            ))}
          </div>
        )}
        {(hasMore || !isFirstPage) && (
          <nav aria-label="Pages of films" className="flex flex-wrap justify-center gap-x-8">
            {!isFirstPage && (
              <Link to={projectsPath()} className="link inline-flex min-h-11 items-center font-medium">
                Newest films
              </Link>
            )}
            {hasMore && last && (
              <Link
                to={projectsPath({ before: last.id })}
                className="link inline-flex min-h-11 items-center font-medium"
              >
                More films
              </Link>
            )}
          </nav>
        )}
      </main>
      {newest && (
        <div className="fixed inset-x-0 bottom-0 bg-linear-to-t from-ground from-60% to-transparent px-4 pt-6 pb-[max(1rem,env(safe-area-inset-bottom))] md:hidden">
          <NewFilm className="grid" />
        </div>
      )}
      {hasDetails && <ProjectDetails project={opened} before={before} onClose={details.close} />}
      {isId('prj', deleted) && <DeletedNote key={deleted} projectId={deleted} before={before} onGone={toProjects} />}
    </>
  );
}
