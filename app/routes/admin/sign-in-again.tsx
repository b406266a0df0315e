import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, useLoaderData, useSearchParams } from '@remix-run/react';
import { AdminLayout, Facts, SignInAgain } from '~/admin/admin-layout';
import { safePath, signInAgainPath } from '~/auth/safe-path';
import { Button, ButtonLink } from '~/components/button';
import { flashMessage } from '~/flash';
import { freshMessages } from '~/outcome-messages';

export const meta: MetaFunction = () => [{ title: 'Sign in again · Admin · Echoes' }];

/** Fields that say nothing to a person. */
const unseen = /key$|^version$|^seenVersion$/i;

/**
 * The page for an admin whose sign-in is not fresh; `returnTo` is the page of the form. Once it is, the form that was sent is
 * shown to be sent again.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth } = context.services;
  const { id, isFresh } = await auth.requireAdmin(request);
  const returnTo = safePath(new URL(request.url).searchParams.get('returnTo') ?? '/admin');
  const kept = await auth.keptForm(request, id);
  return { returnTo, isFresh, kept };
}

export default function AdminSignInAgain() {
  const { returnTo, isFresh, kept } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const note = flashMessage(search, freshMessages);
  const path = kept ? signInAgainPath(returnTo) : returnTo;
  const seen = (kept?.fields ?? []).filter(([name, value]) => value !== '' && !unseen.test(name));
  return (
    <AdminLayout title={isFresh ? 'Carry on' : 'Sign in again'}>
      {note && <p role="status">{note}</p>}
      <p className="max-w-text text-quiet">
        {isFresh
          ? `Your sign-in is fresh.${kept ? ' What you sent before has not been done yet.' : ''}`
          : 'Nothing was changed. Before money, settings or rights move, Google asks who you are.'}
        {kept && !isFresh && ' What you sent is kept for fifteen minutes.'}
      </p>
      {kept && seen.length > 0 && <Facts facts={seen} />}
      {isFresh ? (
        <div className="flex flex-wrap gap-3">
          {kept && (
            <Form method="post" action={kept.path} reloadDocument>
              {kept.fields.map(([name, value]) => (
                <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
              ))}
              <Button type="submit" kind="primary">
                Do it now
              </Button>
            </Form>
          )}
          <ButtonLink kind="quiet" to={returnTo}>
            {kept ? 'Leave it' : 'Go back'}
          </ButtonLink>
        </div>
      ) : (
        <SignInAgain path={path} />
      )}
    </AdminLayout>
  );
}
