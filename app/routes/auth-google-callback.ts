import type { LoaderFunctionArgs } from '@remix-run/cloudflare';

/** Google leads the person back here: in, or to the landing page with a kind word. */
export function loader({ request, context }: LoaderFunctionArgs) {
  return context.services.auth.signIn({ request, requestId: context.requestId });
}
