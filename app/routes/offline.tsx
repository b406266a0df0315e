import type { MetaFunction } from '@remix-run/cloudflare';
import { offlineWords, ProblemPage } from '~/components/problem-page';
import type { RouteHandle } from '~/root';

export const handle: RouteHandle = { static: true };

export const meta: MetaFunction = () => [{ title: 'No connection · Echoes' }];

/** The page that the service worker stores, and shows without network. */
export default function Offline() {
  return <ProblemPage problem={offlineWords} />;
}
