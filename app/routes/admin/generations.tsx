import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, useLoaderData } from '@remix-run/react';
import { AdminLayout, Pages, Select } from '~/admin/admin-layout';
import { ages, type GenerationFilter, stateWords } from '~/admin/generations/generations';
import { GenerationsTable } from '~/admin/generations/generations-table';
import { useRefresh } from '~/admin/health/use-refresh';
import { Button } from '~/components/button';
import { isId } from '~/db/ids';
import { failureTexts } from '~/providers/failure-messages';

const generationsPerPage = 50;

export const meta: MetaFunction = () => [{ title: 'Generations · Admin · Echoes' }];

/** All generations, newest first, by `state`, `provider`, `reason`, `olderThan` and `youngerThan` (minutes). */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  await auth.requireAdmin(request);
  const { searchParams } = new URL(request.url);
  const named = (name: string) => searchParams.get(name)?.slice(0, 60) || null;
  const minutes = (name: string) => ages.find((age) => String(age.minutes) === searchParams.get(name))?.minutes ?? null;
  const [state, reason, before] = [named('state'), named('reason'), named('before')];
  const asked: GenerationFilter = {
    state: state !== null && Object.hasOwn(stateWords, state) ? (state as GenerationFilter['state']) : null,
    provider: named('provider'),
    reason: reason !== null && Object.hasOwn(failureTexts, reason) ? reason : null,
    olderThan: minutes('olderThan'),
    youngerThan: minutes('youngerThan'),
    before: isId('gen', before) ? before : null,
  };
  return { asked, ...(await admin.generations(asked, generationsPerPage)) };
}

export default function AdminGenerations() {
  const { asked, rows, next, isCut, providers, now } = useLoaderData<typeof loader>();
  useRefresh(rows.map(({ id, state, stateAt }) => `${id}${state}${stateAt}`).join());
  const { before, ...filter } = asked;
  const search = new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
  return (
    <AdminLayout title="Generations">
      <Form method="get" key={search.toString()} className="flex flex-wrap items-end gap-4">
        <Select label="State" name="state" defaultValue={asked.state ?? ''}>
          <option value="">All</option>
          {Object.entries(stateWords).map(([state, words]) => (
            <option key={state} value={state}>
              {words}
            </option>
          ))}
        </Select>
        <Select label="Film service" name="provider" defaultValue={asked.provider ?? ''}>
          <option value="">All</option>
          {providers.map((provider) => (
            <option key={provider}>{provider}</option>
          ))}
        </Select>
        <Select label="Error" name="reason" defaultValue={asked.reason ?? ''}>
          <option value="">Any or none</option>
          {Object.keys(failureTexts).map((reason) => (
            <option key={reason}>{reason}</option>
          ))}
        </Select>
        {(['olderThan', 'youngerThan'] as const).map((name) => (
          <Select
            key={name}
            label={name === 'olderThan' ? 'Older than' : 'Younger than'}
            name={name}
            defaultValue={asked[name] ?? ''}
          >
            <option value="">Any age</option>
            {ages.map(({ minutes, words }) => (
              <option key={minutes} value={minutes}>
                {words}
              </option>
            ))}
          </Select>
        ))}
        <Button type="submit" kind="quiet">
          Show
        </Button>
      </Form>
      {isCut && (
        <p className="text-quiet">
          More are open than are looked at here. Choose a state and a film service to see all of those.
        </p>
      )}
      <GenerationsTable rows={rows} now={now} />
      <Pages
        isFirst={before === null}
        path={`/admin/generations?${search}`}
        older={next === null ? null : `/admin/generations?${new URLSearchParams([...search, ['before', next]])}`}
      />
    </AdminLayout>
  );
}
