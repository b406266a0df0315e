import { json, type LoaderFunctionArgs, type MetaFunction, type TypedResponse } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { adminAction } from '~/admin/admin-action';
import { AdminLayout, Moment, Part } from '~/admin/admin-layout';
import { PresetFields } from '~/admin/settings/preset-fields';
import { PresetNote, type PresetResult, PresetRow } from '~/admin/settings/preset-row';
import { readPresetForm } from '~/admin/settings/presets-form';
import { conflictInWords } from '~/admin/settings/setting-values';
import { Button } from '~/components/button';
import { flash, readFlash } from '~/flash';
import { offeredPreset } from '~/settings/preset-choice';

const savedCode = (about: string) => `saved-${about}`;

export const meta: MetaFunction = () => [{ title: 'Presets · Admin · Echoes' }];

/** The presets, in the order in which they are offered. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  const { isFresh } = await auth.requireAdmin(request);
  return { view: await admin.settings.find('presets'), isFresh };
}

/** POST `about` (an id, or `new`), `act`, `version` and the words: changes, moves or adds one preset. */
export const action = adminAction(
  { needsFreshSignIn: true },
  async ({ adminId, requestId, request, services: { admin } }): Promise<string | TypedResponse<PresetResult>> => {
    const sent = readPresetForm(await request.formData(), (await admin.settings.find('presets')).value);
    if (!sent) return json({ about: 'new', message: 'There is no such preset.', typed: null }, { status: 400 });
    const { about, presets, typed, seenVersion, reason } = sent;
    const change = { key: 'presets', value: presets, seenVersion };
    const answer = await admin.settings.change({ ...change, adminId, reason, requestId });
    switch (answer.outcome) {
      case 'changed':
      case 'unchanged':
        return flash(`/admin/presets#${about}`, savedCode(about));
      case 'invalid':
        return json({ about, message: answer.message, typed }, { status: 400 });
      case 'waiting':
      case 'occupied':
        return json({ about, message: 'Another admin has to say yes first.', typed }, { status: 409 });
      case 'conflict':
        return json({ about, message: conflictInWords(answer.now), typed }, { status: 409 });
      default:
        return answer satisfies never;
    }
  },
);

export default function AdminPresets() {
  const { view, isFresh } = useLoaderData<typeof loader>();
  const result = useActionData<PresetResult>() ?? null;
  const [search] = useSearchParams();
  const code = readFlash(search);
  const first = offeredPreset(view.value, '');
  const at = (about: string) => (result?.about === about ? result : null);
  return (
    <AdminLayout title="Presets" isFresh={isFresh} path="/admin/presets">
      <p className="max-w-text text-quiet">
        The ways to move, in the order people see them. {first?.name} is chosen until they choose another. A preset that
        is off is not offered; clips that had it move like {first?.name}, and say so.{' '}
        {view.changedAt !== null && (
          <>
            Changed by {view.changedBy?.name ?? 'the console'}, <Moment at={view.changedAt} />.{' '}
          </>
        )}
        <Link to="/admin/audit-log?about=presets" className="link">
          Its audit log
        </Link>
      </p>
      <ol>
        {view.value.map((preset, index) => (
          <PresetRow
            key={preset.id}
            {...{ preset, index, version: view.version, result: at(preset.id) }}
            count={view.value.length}
            isSaved={code === savedCode(preset.id) && result === null}
          />
        ))}
      </ol>
      <Part title="Another way to move">
        <Form id="new" key={view.version} method="post" className="grid max-w-[40rem] gap-3">
          <input type="hidden" name="about" value="new" />
          <input type="hidden" name="version" value={view.version} />
          <PresetFields words={at('new')?.typed ?? noWords} describedBy={at('new') ? 'new-note' : undefined} />
          <PresetNote result={at('new')} />
          <Button type="submit" name="act" value="add" size="small" className="justify-self-start">
            Add it at the end
          </Button>
        </Form>
      </Part>
    </AdminLayout>
  );
}

const noWords = { name: '', description: '', prompt: '' };
