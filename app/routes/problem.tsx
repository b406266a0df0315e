import { data, type LoaderFunctionArgs } from '@remix-run/cloudflare';
import { problemFor } from '~/problem';
import type { RouteHandle } from '~/root';

/** Its scripts would find another address than they expect, and load the page again for ever. */
export const handle: RouteHandle = { static: true };

/** The page of a problem that happened outside of Remix: the doors ask for it, root.tsx draws it. */
export function loader({ params }: LoaderFunctionArgs) {
  const status = Number(params.status);
  const problem = problemFor(Number.isInteger(status) && status >= 400 ? status : 404);
  throw data(problem, { status: problem.status });
}

export default function ProblemRoute() {
  return null;
}
