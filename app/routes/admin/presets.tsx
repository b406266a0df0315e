import {
  type ActionFunctionArgs,
  json,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react';
import { AdminLayout, Moment, Part } from '~/admin/admin-layout';
import { PresetFields } from '~/admin/settings/preset-fields';
import { PresetNote, type PresetResult, PresetRow } from '~/admin/settings/preset-row';
import { readPresetForm } from '~/admin/settings/presets-form';
import { conflictInWords } from '~/admin/settings/setting-words';
import { Button } from '~/components/button';
import { requireMethod } from '~/form-fields';
import { offeredPreset } from '~/settings/preset-choice';

export const meta: MetaFunction = () => [{ title: 'Presets · Admin · Echoes' }];

/** The ways to move, in the order they are offered; `saved` names the one that has just been changed. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  const { isFresh } = await auth.requireAdmin(request);
  const saved = new URL(request.url).searchParams.get('saved');
  return { view: await admin.settings.find('presets'), isFresh, saved };
}

/** POST `about` (an id, or `new`), `act`, `version` and the words: changes one way, its place, or adds one. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { auth, admin } = context.services;
  const actor = await auth.requireFreshAdmin(request);
  requireMethod(request, 'POST');
  const form = await request.formData();
  const sent = readPresetForm(form, (await admin.settings.find('presets')).value);
  const none = { about: 'new', message: 'There is no such way to move.', typed: null };
  if (!sent) return json<PresetResult>(none, { status: 400 });
  const { about, presets, typed } = sent;
  const version = String(form.get('version'));
  const answer = await admin.settings.change({
    ...{ key: 'presets', value: presets, seenVersion: /^\d{1,9}$/.test(version) ? Number(version) : -1 },
    ...{
      admin: actor,
      reason:
        String(form.get('reason') ?? '')
          .trim()
          .slice(0, 500) || null,
      requestId: context.requestId,
    },
  });
  switch (answer.outcome) {
    case 'changed':
    case 'unchanged':
      return redirect(`/admin/presets?saved=${about}#${about}`);
    case 'invalid':
      return json<PresetResult>({ about, message: answer.message, typed }, { status: 400 });
    case 'conflict':
      return json<PresetResult>({ about, message: conflictInWords(answer.now), typed }, { status: 409 });
    default:
      return answer satisfies never;
  }
}

export default function AdminPresets() {
  const { view, isFresh, saved } = useLoaderData<typeof loader>();
  const came = useActionData<typeof action>() ?? null;
  const first = offeredPreset(view.value, '');
  const at = (about: string) => (came?.about === about ? came : null);
  return (
    <AdminLayout title="Presets" isFresh={isFresh} path="/admin/presets">
      <p className="max-w-text text-quiet">
        The ways to move, in the order people see them. {first?.name} is chosen until they choose. What is off is
        offered no more; clips that had it move like {first?.name}, and say so.{' '}
        {view.changedAt !== null && (
          <>
            Changed by {view.changedBy?.name ?? 'the console'}, <Moment at={view.changedAt} />.{' '}
          </>
        )}
        <Link to="/admin/audit-log?about=presets" className="link">
          What happened
        </Link>
      </p>
      <ol>
        {view.value.map((preset, index) => (
          <PresetRow
            key={preset.id}
            {...{ preset, index, version: view.version, came: at(preset.id) }}
            count={view.value.length}
            isSaved={saved === preset.id && came === null}
          />
        ))}
      </ol>
      <Part title="Another way to move">
        <Form id="new" key={view.version} method="post" className="grid max-w-[40rem] gap-3">
          <input type="hidden" name="about" value="new" />
          <input type="hidden" name="version" value={view.version} />
          <PresetFields words={at('new')?.typed ?? noWords} describedBy={at('new') ? 'new-note' : undefined} />
          <PresetNote came={at('new')} />
          <Button type="submit" name="act" value="add" className="justify-self-start px-4 text-15">
            Add it at the end
          </Button>
        </Form>
      </Part>
    </AdminLayout>
  );
}

const noWords = { name: '', description: '', prompt: '' };
