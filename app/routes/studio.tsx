import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { type ShouldRevalidateFunctionArgs, useLoaderData } from '@remix-run/react';
import { isolated } from '~/components/written';
import { isId } from '~/db/ids';
import type { PresetView } from '~/settings/preset-choice';
import { clipLengths } from '~/studio/choices';
import { StudioPage } from '~/studio/studio-page';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? isolated(data.view.project.title) : 'Film'} · Echoes` },
];

/** The studio of a project; 404 for another person's project. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const {
    auth,
    settings,
    projects,
    generations,
    credits: { ledger },
  } = context.services;
  // The settings are read in one batch with the session, so that the offers need no read of their own.
  const [user, { presets, packsOnSale }] = await Promise.all([auth.requireUser(request), settings.read()]);
  const { projectId } = params;
  if (!isId('prj', projectId)) throw new Response(null, { status: 404 });
  const [found, balance, offers] = await Promise.all([
    projects.find({ userId: user.id, projectId }),
    ledger.balance(user.id),
    generations.offers({ userId: user.id, lengths: clipLengths }),
  ]);
  if (!found) throw new Response(null, { status: 404 });
  const views = presets.map(({ prompt, ...view }): PresetView => view);
  return { view: { ...found, balance }, offers, presets: views, packsOnSale };
}

/** Opening and closing a clip only changes the address and loads nothing. */
export function shouldRevalidate({
  currentUrl,
  nextUrl,
  formMethod,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs) {
  const sameProject = currentUrl.pathname === nextUrl.pathname && currentUrl.search !== nextUrl.search;
  return formMethod === undefined && sameProject ? false : defaultShouldRevalidate;
}

export default function Studio() {
  const { view, ...owners } = useLoaderData<typeof loader>();
  return <StudioPage key={view.project.id} loaded={view} {...owners} />;
}
