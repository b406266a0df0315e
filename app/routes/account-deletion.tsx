import { type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/cloudflare';
import { Form, useLoaderData, useSearchParams } from '@remix-run/react';
import { closesAt, dayInWords, deletionPath } from '~/auth/deletion';
import { FreshSignIn } from '~/auth/fresh-sign-in';
import { LeavingPage } from '~/auth/leaving-page';
import { WhatGoesList } from '~/auth/what-goes';
import { Button, ButtonLink } from '~/components/button';
import { Header } from '~/components/header';
import { loadsUnlessSheet } from '~/components/use-sheet';
import { flash, flashMessage } from '~/flash';
import { requireMethod } from '~/form-fields';
import { freshMessages } from '~/outcome-messages';

export const meta: MetaFunction = () => [{ title: 'Delete your account · Echoes' }];

/** What the deletion takes along; while it is under way, until when it can be taken back. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth } = context.services;
  const leaving = await auth.findLeaving(request);
  if (leaving?.leavingSince != null)
    return { day: dayInWords(closesAt(leaving.leavingSince)), isFresh: leaving.isFresh, goes: null, isAdmin: false };
  const user = await auth.requireUser(request);
  const [session, goes] = await Promise.all([auth.findSession(request), auth.deletion.whatGoes(user.id)]);
  return { day: null, isFresh: session?.isFresh === true, goes, isAdmin: user.isAdmin };
}

/** POST: asks for the deletion of the person's account, which needs a fresh sign-in, and leads to the landing page. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth, billing } = context.services;
  const user = await auth.requireUser(request);
  if ((await auth.findSession(request))?.isFresh !== true) return redirect(flash(deletionPath, 'sign-in-needed'));
  await billing.endCheckouts(user.id);
  return auth.deleteAccount(user.id);
}

export const shouldRevalidate = loadsUnlessSheet;

export default function AccountDeletion() {
  const { day, isFresh, goes, isAdmin } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const note = flashMessage(search, freshMessages);
  if (day !== null || goes === null) return <LeavingPage day={day ?? ''} isFresh={isFresh} note={note} />;
  return (
    <>
      <Header balance={goes.balance} />
      <main id="main" className="column grid [--column:46rem] gap-12 py-6 md:py-12">
        <div className="grid gap-4">
          <h1 className="text-32 md:text-44">Delete your account</h1>
          <p className="max-w-text text-17 text-quiet md:text-20">
            Nothing of it is shown or played from that moment on, and you are signed out everywhere. For 7 days you can
            take it back by signing in. Then everything is erased for good.
          </p>
          {note && (
            <p role="status" className="border-y border-line py-3">
              {note}
            </p>
          )}
        </div>
        <WhatGoesList goes={goes} isAdmin={isAdmin} />
        <div className="grid gap-4">
          {!isFresh && (
            <p className="max-w-text">First Google asks who you are, so that nobody else can do this on your device.</p>
          )}
          <div className="flex flex-col gap-3 md:flex-row">
            {isFresh ? (
              <Form method="post" action={deletionPath} reloadDocument className="grid">
                <Button type="submit" kind="danger" icon="trash-2">
                  Delete account and films
                </Button>
              </Form>
            ) : (
              <FreshSignIn returnTo={deletionPath}>Sign in again</FreshSignIn>
            )}
            <ButtonLink kind="quiet" to="/account">
              Keep my account
            </ButtonLink>
          </div>
        </div>
      </main>
    </>
  );
}
