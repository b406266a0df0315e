import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { AdminLayout } from '~/admin/admin-layout';
import { FlashMessage } from '~/admin/flash-message';
import { ProviderPart } from '~/admin/providers/provider-part';

export const meta: MetaFunction = () => [{ title: 'Film services · Admin · Echoes' }];

/** The providers that have a key here, with their rests, balances and budgets of now. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  await auth.requireAdmin(request);
  const providers = await admin.providers.list();
  return { providers, now: Date.now() };
}

export default function AdminProviders() {
  const { providers, now } = useLoaderData<typeof loader>();
  return (
    <AdminLayout title="Film services">
      <FlashMessage />
      <p className="max-w-text text-quiet">
        A service rests by itself when its calls fail or our account there is empty. Their order, and the budgets, are{' '}
        <Link to="/admin/settings" className="link">
          settings
        </Link>
        .
      </p>
      {providers.map((provider) => (
        <ProviderPart key={provider.id} provider={provider} now={now} />
      ))}
    </AdminLayout>
  );
}
