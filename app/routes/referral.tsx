import { data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { outsideOf } from '~/auth/in-app-browser';
import { ButtonLink } from '~/components/button';
import { invitationPath, readCode } from '~/credits/invitation';
import { giftToNewcomer, promiseToFriend } from '~/credits/promise';
import { linkWord } from '~/http';
import { Stage } from '~/landing/stage';
import { Story } from '~/landing/story';
import { WayIn } from '~/landing/way-in';
import type { RouteHandle } from '~/root';
import { smallestPack } from '~/settings/packs';

export const handle: RouteHandle = { static: true };

export const headers = () => ({ 'X-Robots-Tag': 'noindex' });

const title = 'A friend invites you';
const promise = 'Echoes turns your photos into short clips that move, and your clips into a film with music.';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${title} · Echoes` },
  { name: 'robots', content: 'noindex' },
  { property: 'og:title', content: `${title} to Echoes` },
  { property: 'og:description', content: promise },
  { property: 'og:image', content: `${data?.origin ?? ''}/film/landing-wide.jpg` },
];

/** A referral link: its code is kept in a cookie until the sign-in. An unknown code leads to the landing page. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const {
    auth,
    settings,
    credits: { rewards },
  } = context.services;
  const { APP_ORIGIN: origin } = context.config;
  const code = readCode(linkWord(params.code));
  const invitation = code && (await rewards.invitation(code));
  if (!invitation) throw redirect('/');
  const [user, terms] = await Promise.all([auth.findUser(request), settings.read()]);
  const userAgent = request.headers.get('User-Agent');
  const view = {
    origin,
    here: user === null ? 'new' : user.id === invitation.referrerId ? 'own' : 'known',
    gift: giftToNewcomer(terms),
    smallest: smallestPack(terms.packsOnSale),
    promise: invitation.promise && promiseToFriend(invitation.promise),
    outside: outsideOf({ userAgent, url: origin + invitationPath(code) }),
  } as const;
  return user ? data(view) : data(view, { headers: { 'Set-Cookie': auth.rememberInvitation(code) } });
}

export default function Referral() {
  const { here, promise: reward, gift, smallest, outside } = useLoaderData<typeof loader>();
  return (
    <main id="main">
      <Stage>
        <h1 className="text-44 md:text-60">{here === 'own' ? 'This is your own link' : title}</h1>
        <p className="max-w-text text-17 text-ink/85 md:text-20">
          {here === 'own' ? 'Send it to a friend. ' : ''}
          {promise}
        </p>
        {reward && here === 'new' && <p className="max-w-text border-s-2 border-light ps-4">{reward}</p>}
        {here === 'known' && (
          <p className="max-w-text border-s-2 border-light ps-4">
            You are at home here already. Invitations are for who is new.
          </p>
        )}
        <div id="begin" className="mt-2 grid w-full justify-items-start gap-3 md:w-auto">
          {here === 'new' ? (
            <WayIn returnTo={null} outside={outside} promise={gift} />
          ) : (
            <ButtonLink kind="primary" to="/projects" reloadDocument size="large" className="w-full md:w-auto">
              My films
            </ButtonLink>
          )}
        </div>
      </Stage>
      <Story gift={gift} smallest={smallest} />
    </main>
  );
}
