import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { AdminLayout, Pages, Part } from '~/admin/admin-layout';
import { LogLines } from '~/admin/log/log-line';
import { LogTail } from '~/admin/log/log-tail';
import { kindOfId } from '~/admin/log/logbook';
import { Button } from '~/components/button';
import { Field } from '~/components/field';

const linesPerPage = 50;

export const meta: MetaFunction = () => [{ title: 'Live log · Admin · Echoes' }];

/**
 * The kept lines of the log: of one `request`, `generation` or `user`, or of an `id` of any of these. Without one the page
 * shows the log tail too.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, logbook } = context.services;
  await auth.requireAdmin(request);
  const { searchParams } = new URL(request.url);
  const id = searchParams.get('id')?.trim() ?? '';
  const kind = kindOfId(id);
  const named = (name: 'request' | 'generation' | 'user') =>
    searchParams.get(name)?.trim() || (kind === name ? id : undefined);
  const [requestId, generationId, userId] = [named('request'), named('generation'), named('user')];
  const before = searchParams.get('before') ?? '';
  const asked = { requestId, generationId, userId };
  const [found, generations] = await Promise.all([
    logbook.list({
      ...asked,
      before: /^\d{1,12}$/.test(before) ? Number(before) : undefined,
      limit: linesPerPage + 1,
    }),
    requestId ? logbook.generationsOf(requestId) : [],
  ]);
  const lines = found.slice(0, linesPerPage);
  const next = found.length > linesPerPage ? (lines.at(-1)?.id ?? null) : null;
  const wanted = requestId ?? generationId ?? userId ?? id;
  return {
    lines,
    generations,
    wanted,
    isKnown: wanted === '' || wanted !== id || kind !== null,
    asked,
    isFirst: !before,
    next,
  };
}

export default function AdminLog() {
  const { lines, generations, wanted, isKnown, asked, isFirst, next } = useLoaderData<typeof loader>();
  const search = new URLSearchParams(
    Object.entries({ request: asked.requestId, generation: asked.generationId, user: asked.userId }).filter(
      (pair): pair is [string, string] => Boolean(pair[1]),
    ),
  );
  return (
    <AdminLayout title="Live log">
      <Form method="get" className="flex flex-wrap items-end gap-4">
        <Field
          label="Find by id"
          hint="req_… from a person’s screen, gen_… or usr_…"
          name="id"
          defaultValue={wanted}
          key={wanted}
          className="grow md:max-w-[28rem]"
        />
        <Button type="submit" kind="quiet" className="md:mb-6">
          Find
        </Button>
      </Form>
      {wanted === '' && isFirst && <LogTail />}
      {generations.length > 0 && (
        <Part
          title={
            generations.length === 1 ? 'It started one generation' : `It started ${generations.length} generations`
          }
        >
          <ul className="border-t border-line">
            {generations.map(({ id, state }) => (
              <li key={id} className="flex flex-wrap gap-x-4 border-b border-line py-3 text-15">
                <Link className="link wrap-anywhere" to={`/admin/generations/${id}`}>
                  {id}
                </Link>
                <span className="text-quiet">{state}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={wanted === '' ? 'Kept for 30 days' : 'Its lines'}>
        {lines.length > 0 ? (
          <LogLines lines={lines.map((line) => ({ ...line, key: line.id }))} />
        ) : (
          <p className="border-y border-line py-6 text-quiet">
            {isKnown
              ? 'No line is kept. Only failures and calls to film services are, for 30 days. While the database refuses to write, none are: then the console of Cloudflare (Workers Logs) has the lines of every request, under the same id.'
              : 'This is not an id of Echoes: they begin with req_, gen_ or usr_.'}
          </p>
        )}
      </Part>
      <Pages
        isFirst={isFirst}
        path={`/admin/log?${search}`}
        older={next === null ? null : `/admin/log?${new URLSearchParams([...search, ['before', String(next)]])}`}
      />
    </AdminLayout>
  );
}
