import { data, type LoaderFunctionArgs } from '@remix-run/cloudflare';
import { problemFor } from '~/problem';
import type { RouteHandle } from '~/root';

/** No scripts: the browser's address is not this route's, and Remix's script would reload the page for ever. */
export const handle: RouteHandle = { static: true };

/** The page of a problem outside of Remix: a door requests it, and root.tsx renders it. */
export function loader({ params }: LoaderFunctionArgs) {
  const status = Number(params.status);
  const problem = problemFor(Number.isInteger(status) && status >= 400 ? status : 404);
  throw data(problem, { status: problem.status });
}

export default function ProblemRoute() {
  return null;
}
