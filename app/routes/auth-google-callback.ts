import type { LoaderFunctionArgs } from '@remix-run/cloudflare';

/** The address to which Google redirects after a sign-in; a failed one leads to the landing page with a message. */
export function loader({ request, context }: LoaderFunctionArgs) {
  return context.services.auth.signIn({ request, requestId: context.requestId });
}
