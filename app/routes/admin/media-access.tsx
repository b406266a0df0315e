import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useLoaderData } from '@remix-run/react';
import * as v from 'valibot';
import { adminAction } from '~/admin/admin-action';
import { AdminLayout, Moment, Part } from '~/admin/admin-layout';
import { FlashMessage } from '~/admin/flash-message';
import type { OpenedView } from '~/admin/people/media-access';
import { nameOf, reasonText } from '~/admin/people/people';
import { ReasonField } from '~/admin/reason-field';
import { Button } from '~/components/button';
import { isId } from '~/db/ids';
import { flash } from '~/flash';

export const meta: MetaFunction = () => [{ title: 'Open a photo or a clip · Admin · Echoes' }];

/** A clip's photo and generations by name, and what this admin opened of them in the last minutes. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireAdmin(request);
  const { clipId } = params;
  const view = isId('clp', clipId) ? await admin.mediaAccess.view({ adminId, clipId }) : null;
  if (!view) throw new Response(null, { status: 404 });
  return view;
}

const pathOf = (clipId: string) => `/admin/media-access/${clipId}`;

/** POST `subject`, `reason`: writes the audit entry, then leads to the page that shows what was opened. */
export const action = adminAction(
  {
    id: ['clp', 'clipId'],
    needsFreshSignIn: true,
    schema: v.object({ subject: v.string(), reason: reasonText }),
    whenInvalid: ({ id }) => flash(pathOf(id), 'reason-missing'),
  },
  async ({ id: clipId, adminId, requestId, body, services: { admin } }) => {
    const opened = await admin.mediaAccess.open({ adminId, clipId, requestId, ...body });
    return opened === 'not-found' ? null : pathOf(clipId);
  },
);

export default function AdminMediaAccess() {
  const { clipId, owner, hasPhoto, generations, open } = useLoaderData<typeof loader>();
  return (
    <AdminLayout title="Open a photo or a clip">
      <p className="max-w-text">
        It belongs to{' '}
        <Link className="link" to={`/admin/people/${owner.id}`}>
          {nameOf(owner.name)}
        </Link>
        . Open it only to help them. Their account page shows the day and the reason you give.
      </p>
      <FlashMessage />
      {open.map((one) => (
        <Opened key={one.subject} {...one} />
      ))}
      <Form method="post" key={open.length} className="grid gap-4">
        <fieldset className="grid">
          <legend className="pb-1 text-15 font-medium">What</legend>
          {hasPhoto && <Choice value={clipId}>The photo</Choice>}
          {generations.map(({ id, at, provider }) => (
            <Choice key={id} value={id}>
              The clip made on <Moment at={at} /> by {provider}
            </Choice>
          ))}
          {!hasPhoto && generations.length === 0 && (
            <p className="text-quiet">Neither its photo nor a video is stored.</p>
          )}
        </fieldset>
        <ReasonField hint="The person reads this." most={300} />
        <Button type="submit" className="justify-self-start">
          Open it
        </Button>
      </Form>
    </AdminLayout>
  );
}

function Choice({ value, children }: { value: string; children: React.ReactNode }) {
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input type="radio" name="subject" value={value} required className="size-5 shrink-0 accent-light" />
      <span>{children}</span>
    </label>
  );
}

function Opened({ kind, url, until, reason }: OpenedView) {
  const frame = 'max-h-[70svh] w-auto max-w-full justify-self-start rounded-photo bg-line';
  return (
    <Part title={kind === 'photo' ? 'The photo' : 'The clip'}>
      {kind === 'photo' ? (
        <img src={url} alt="As it was uploaded" className={frame} />
      ) : (
        <video src={url} controls muted playsInline preload="auto" className={frame} />
      )}
      <p className="text-15 text-quiet">
        Opened because: {reason}. Shown to you until <Moment at={until} /> (UTC).
      </p>
    </Part>
  );
}
