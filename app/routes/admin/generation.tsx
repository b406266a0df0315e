import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { AdminLayout, Part } from '~/admin/admin-layout';
import { FlashMessage } from '~/admin/flash-message';
import {
  ClipGenerations,
  GenerationEntries,
  GenerationFacts,
  GenerationSteps,
} from '~/admin/generations/generation-facts';
import { GenerationForms } from '~/admin/generations/generation-forms';
import { useRefresh } from '~/admin/health/use-refresh';
import { LogLines } from '~/admin/log/log-line';
import { isId } from '~/db/ids';
import { isOpen } from '~/generations/pipeline/states';

export const meta: MetaFunction = () => [{ title: 'Generation · Admin · Echoes' }];

/** One generation in full. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  const { isFresh } = await auth.requireAdmin(request);
  const { generationId } = params;
  const found = isId('gen', generationId) ? await admin.generation(generationId) : null;
  if (!found) throw new Response(null, { status: 404 });
  return { ...found, isFresh, requestKey: crypto.randomUUID() };
}

export default function AdminGeneration() {
  const { isFresh, requestKey, steps, entries, siblings, lines, ...found } = useLoaderData<typeof loader>();
  const { generation, makers } = found;
  const path = `/admin/generations/${generation.id}`;
  useRefresh(`${generation.state}${generation.stateAt}${steps.length}${lines.length}`);
  return (
    <AdminLayout title="Generation" isFresh={isFresh} path={path}>
      <p className="wrap-anywhere text-quiet">{generation.id}</p>
      <FlashMessage />
      <GenerationFacts {...found} />
      <Part title="What can be done">
        <GenerationForms path={path} isOpen={isOpen(generation.state)} makers={makers} requestKey={requestKey} />
      </Part>
      <Part title="Timeline">
        <GenerationSteps steps={steps} />
      </Part>
      <Part title="Credits">
        <GenerationEntries entries={entries} />
      </Part>
      <Part title="Generations of this clip">
        <ClipGenerations siblings={siblings} current={generation.id} />
      </Part>
      <Part title={`Prompt, version ${generation.promptVersion}`}>
        <blockquote className="max-w-text border-s-2 border-line ps-4 wrap-anywhere">{generation.prompt}</blockquote>
        <p className="text-15 text-quiet">
          {generation.words === '' ? 'The person added no words.' : `The person’s own words: ${generation.words}`}
        </p>
      </Part>
      <Part
        title="Log"
        beside={
          <Link className="link text-15" to={`/admin/log?${new URLSearchParams({ generation: generation.id })}`}>
            All of it
          </Link>
        }
      >
        {lines.length > 0 ? (
          <LogLines lines={lines.map((line) => ({ ...line, key: line.id }))} />
        ) : (
          <p className="border-y border-line py-6 text-quiet">No line is kept of it.</p>
        )}
      </Part>
    </AdminLayout>
  );
}
