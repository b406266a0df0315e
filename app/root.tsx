import fraunces from '@fontsource-variable/fraunces/files/fraunces-latin-opsz-normal.woff2?url';
import instrument from '@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2?url';
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  type ShouldRevalidateFunctionArgs,
  useMatches,
  useRouteError,
  useRouteLoaderData,
} from '@remix-run/react';
import { type ReactNode, useEffect } from 'react';
import { Leaving } from './auth/leaving';
import { RemovedNote } from './auth/removed-note';
import { ConnectionStrip } from './components/connection-strip';
import { rememberEarlyPresses, replayEarlyPresses } from './components/early-presses';
import { LiveRegion } from './components/live-region';
import { MaintenanceStrip } from './components/maintenance-strip';
import { useNonce } from './components/nonce';
import { leaveWhereMoved } from './components/old-page';
import { offlineWords, ProblemPage, useOffline } from './components/problem-page';
import { ReloadProvider } from './components/reload';
import { sheetNames } from './components/use-sheet';
import { inWords } from './diagnostics/recent-errors';
import { rememberError } from './diagnostics/watch-errors.client';
import { LiveProvider, useIsLive } from './live/use-live';
import { UploadsProvider } from './photos/uploads-provider';
import { isProblem, problemFor } from './problem';
import styles from './styles/app.css?url';

/** A route whose `handle` is `{ static: true }` is complete as HTML: it gets no JavaScript at all. */
export interface RouteHandle {
  static?: boolean;
}

const face = { rel: 'preload', as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' } as const;

export const links: LinksFunction = () => [
  { rel: 'stylesheet', href: styles },
  { ...face, href: fraunces },
  { ...face, href: instrument },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
  { rel: 'apple-touch-icon', href: '/icons/apple-touch-icon.png' },
  { rel: 'manifest', href: '/manifest.webmanifest' },
];

export const meta: MetaFunction = ({ error }) => [
  { title: error ? `${problemFor(statusOf(error)).title} · Echoes` : 'Echoes' },
];

/**
 * What an error page shows (the id of this request in the log, and the address to write to), the person for whom the page is
 * made, or null, and the message of maintenance mode for that person.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, settings } = context.services;
  const [user, contact, maintenance] = await Promise.all([
    auth.findUser(request).catch(() => null),
    settings.contact(),
    settings.maintenance(),
  ]);
  return { requestId: context.requestId, contact, personId: user?.id ?? null, maintenance: user && maintenance };
}

/**
 * Revalidates with every request for a page, so that an error page names the request that failed. A change of the query
 * alone, which opens and closes a sheet, makes no request.
 */
export function shouldRevalidate({
  currentUrl,
  nextUrl,
  formMethod,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs) {
  if (formMethod !== undefined) return defaultShouldRevalidate;
  return currentUrl.href === nextUrl.href || pageOf(currentUrl) !== pageOf(nextUrl);
}

function pageOf({ pathname, searchParams }: URL): string {
  const asked = new URLSearchParams(searchParams);
  for (const name of [...sheetNames, 'deleted', 'ended', 'bought']) asked.delete(name);
  return `${pathname}?${asked}`;
}

/** The document around every page and every error page. */
export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  const isStatic = useMatches().some((match) => (match.handle as RouteHandle | undefined)?.static);
  const personId = useRouteLoaderData<typeof loader>('root')?.personId;
  useEffect(() => void replayEarlyPresses(), []);
  return (
    <html lang="en" data-person={personId ?? undefined}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="theme-color" media="(prefers-color-scheme: light)" content="#faf6f1" />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#130f0d" />
        <Meta />
        <Links />
      </head>
      <body>
        {!isStatic && (
          // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of early-presses.ts, under the page's nonce
          <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: rememberEarlyPresses }} />
        )}
        <a
          href="#main"
          className="absolute top-2 left-2 z-10 rounded-control bg-light-fill px-4 py-3 font-semibold text-on-light not-focus:sr-only"
        >
          Skip to the page
        </a>
        <TooOld />
        {children}
        {!isStatic && (
          <>
            <ScrollRestoration nonce={nonce} />
            <Scripts nonce={nonce} />
          </>
        )}
      </body>
    </html>
  );
}

/**
 * What a browser below the minimum shows before the words and pictures of the page (app/minimum.ts). Every other browser
 * hides it by its styles.
 */
function TooOld() {
  return (
    <aside data-too-old>
      <strong>This browser is too old for Echoes,</strong> so the page stands here in plain words. Update it, or use
      another one: Safari 16.4, Firefox 115, Chrome or Edge 111, Samsung Internet 22, or a newer version. On an iPhone
      or iPad, update iOS to 16.4 or newer. If your browser is newer than these, the page came only in part: load it
      again.
    </aside>
  );
}

export default function Root() {
  return (
    <LiveRegion>
      <ReloadProvider>
        <LiveProvider>
          <UploadsProvider>
            <Connection />
            <Maintenance />
            <Outlet />
            <RemovedNote />
            <Leaving />
          </UploadsProvider>
        </LiveProvider>
      </ReloadProvider>
    </LiveRegion>
  );
}

/** The strip that says what is not up to date. */
function Connection() {
  return <ConnectionStrip isLive={useIsLive()} />;
}

/** The strip above every page of a person while maintenance mode is on. */
function Maintenance() {
  const message = useRouteLoaderData<typeof loader>('root')?.maintenance;
  return message ? <MaintenanceStrip message={message} /> : null;
}

/** The page in place of one that failed: what happened, and the next step. */
export function ErrorBoundary() {
  const error = useRouteError();
  useEffect(() => {
    // What a page answers on purpose is no error.
    if (isRouteErrorResponse(error)) return leaveWhereMoved(error.status);
    rememberError(inWords(error));
  }, [error]);
  const data = useRouteLoaderData<typeof loader>('root');
  const offline = useOffline();
  if (offline) return <ProblemPage problem={offlineWords} />;
  const status = statusOf(error);
  const problem = isRouteErrorResponse(error) && isProblem(error.data) ? error.data : problemFor(status);
  return <ProblemPage problem={problem} requestId={data?.requestId} contact={data?.contact} />;
}

function statusOf(error: unknown): number {
  return isRouteErrorResponse(error) ? error.status : 500;
}
