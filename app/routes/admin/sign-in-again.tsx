import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { AdminLayout, SignInAgain } from '~/admin/admin-layout';
import { safePath } from '~/auth/safe-path';

export const meta: MetaFunction = () => [{ title: 'Sign in again · Admin · Echoes' }];

/** The page for an admin whose sign-in is too old to move money or settings; `returnTo` is the page of the form. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  await context.services.auth.requireAdmin(request);
  return { returnTo: safePath(new URL(request.url).searchParams.get('returnTo') ?? '/admin') };
}

export default function AdminSignInAgain() {
  const { returnTo } = useLoaderData<typeof loader>();
  return (
    <AdminLayout title="Sign in again">
      <p className="max-w-text text-quiet">
        Nothing was changed. Before money or settings move, we make sure that it is still you.
      </p>
      <SignInAgain path={returnTo} />
    </AdminLayout>
  );
}
