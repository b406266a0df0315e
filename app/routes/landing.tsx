import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { outsideOf } from '~/auth/in-app-browser';
import { ButtonLink } from '~/components/button';
import { invitationPath } from '~/credits/invitation';
import { giftToNewcomer } from '~/credits/promise';
import { flashMessage } from '~/flash';
import { Stage } from '~/landing/stage';
import { Story } from '~/landing/story';
import { WayIn } from '~/landing/way-in';
import { landingMessages } from '~/outcome-messages';
import type { RouteHandle } from '~/root';
import { smallestPack } from '~/settings/packs';

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
  const { pathname, search, searchParams } = new URL(request.url);
  const { auth, settings } = context.services;
  const { APP_ORIGIN: origin } = context.config;
  const [user, terms] = await Promise.all([auth.findUser(request), settings.read()]);
  const invitedBy = auth.rememberedInvitation(request);
  // A referral code is kept in a cookie, so the link into another browser carries it along.
  const url = origin + (invitedBy ? invitationPath(invitedBy) : pathname + search);
  return {
    origin,
    isSignedIn: user !== null,
    returnTo: searchParams.get('returnTo'),
    outside: outsideOf({ userAgent: request.headers.get('User-Agent'), url }),
    gift: giftToNewcomer(terms),
    smallest: smallestPack(terms.packsOnSale),
    note: flashMessage(searchParams, landingMessages),
    maintenance: terms.maintenance,
  };
}

export default function Landing() {
  const { isSignedIn, returnTo, outside, note, gift, smallest, maintenance } = useLoaderData<typeof loader>();
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
        {maintenance && !isSignedIn && (
          <p role="status" className="max-w-text border-s-2 border-light ps-4 wrap-anywhere">
            <bdi className="font-medium">{maintenance}</bdi> Until then no new film begins. You can sign in and watch
            yours.
          </p>
        )}
        <div id="begin" className="mt-2 grid w-full justify-items-start gap-3 md:w-auto">
          {isSignedIn ? (
            <ButtonLink kind="primary" to="/projects" reloadDocument size="large" className="w-full md:w-auto">
              My films
            </ButtonLink>
          ) : (
            <WayIn returnTo={returnTo} outside={outside} promise={gift} />
          )}
        </div>
      </Stage>
      <Story gift={gift} smallest={smallest} />
    </main>
  );
}
