import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { signInSentence } from '~/auth/problems';
import { ButtonLink } from '~/components/button';
import { GoogleButton } from '~/landing/google-button';
import { Stage } from '~/landing/stage';
import { Story } from '~/landing/story';
import type { RouteHandle } from '~/root';

export const handle: RouteHandle = { static: true };

const promise = 'Echoes turns your photos into short clips that move, and your clips into a film with music.';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: 'Echoes: bring your photos to life' },
  { name: 'description', content: promise },
  { property: 'og:title', content: 'Bring your photos to life' },
  { property: 'og:description', content: promise },
  { property: 'og:image', content: `${data?.origin ?? ''}/film/landing-wide.jpg` },
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const user = await context.services.auth.findUser(request);
  return {
    origin: context.config.APP_ORIGIN,
    isSignedIn: user !== null,
    returnTo: searchParams.get('returnTo'),
    note: searchParams.has('farewell')
      ? 'Your account and your films are deleted. You are welcome back at any time.'
      : signInSentence(searchParams.get('problem')),
  };
}

export default function Landing() {
  const { isSignedIn, returnTo, note } = useLoaderData<typeof loader>();
  return (
    <main id="main">
      <Stage>
        <h1 className="text-44 md:text-60">Bring your photos to life</h1>
        <p className="max-w-text text-17 text-ink/85 md:text-20">{promise}</p>
        {note && (
          <p role="alert" className="max-w-text border-s-2 border-light ps-4">
            {note}
          </p>
        )}
        <div id="begin" className="mt-2 grid w-full justify-items-start gap-3 md:w-auto">
          {isSignedIn ? (
            <ButtonLink kind="primary" to="/projects" reloadDocument className="min-h-14 w-full px-8 md:w-auto">
              My films
            </ButtonLink>
          ) : (
            <>
              <GoogleButton returnTo={returnTo} />
              <p className="w-full text-center text-15 text-ink/80 md:text-start">Your first clip is free</p>
            </>
          )}
        </div>
      </Stage>
      <Story />
    </main>
  );
}
