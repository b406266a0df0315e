import { Links, Meta, Outlet, Scripts, ScrollRestoration, useMatches } from '@remix-run/react';
import { useNonce } from './components/nonce';
import './styles/app.css';

/** A route whose `handle` is `{ static: true }` is complete as HTML: it gets no JavaScript at all. */
export interface RouteHandle {
  static?: boolean;
}

export default function Root() {
  const nonce = useNonce();
  const isStatic = useMatches().some((match) => (match.handle as RouteHandle | undefined)?.static);
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <Meta />
        <Links />
      </head>
      <body>
        <Outlet />
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
