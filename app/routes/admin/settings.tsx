import {
  type ActionFunctionArgs,
  json,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { AdminLayout, Part } from '~/admin/admin-layout';
import { SettingControl } from '~/admin/settings/setting-controls';
import { type SettingResult, SettingRow } from '~/admin/settings/setting-row';
import { conflictInWords, serviceInWords, settingGroups, valueInWords } from '~/admin/settings/setting-words';
import { readSettingForm } from '~/admin/settings/settings-form';
import { requireMethod } from '~/form-fields';
import type { SettingKey } from '~/settings/settings';

export const meta: MetaFunction = () => [{ title: 'Settings · Admin · Echoes' }];

/** Every setting as it stands; `saved` names the one that has just been changed. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  const { isFresh } = await auth.requireAdmin(request);
  const saved = new URL(request.url).searchParams.get('saved');
  return { views: await admin.settings.views(), choosable: admin.settings.choosable(), isFresh, saved };
}

/** POST `key`, `version`, `value`, `reason`, `act`: changes one setting, or says beside its field why it did not. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { auth, admin } = context.services;
  const actor = await auth.requireFreshAdmin(request);
  requireMethod(request, 'POST');
  const sent = readSettingForm(await request.formData(), await admin.settings.views());
  if (!sent) return json<SettingResult>({ key: '', message: 'There is no such setting.', typed: [] }, { status: 400 });
  const { key, changes, reason, typed } = sent;
  const answer = await admin.settings.changeTogether(changes, { admin: actor, reason, requestId: context.requestId });
  switch (answer.outcome) {
    case 'changed':
    case 'unchanged':
      return redirect(`/admin/settings?saved=${key}#${key}`);
    case 'invalid':
      return json<SettingResult>({ key, message: answer.message, typed }, { status: 400 });
    case 'conflict':
      return json<SettingResult>({ key, message: conflictInWords(answer.now), typed }, { status: 409 });
    default:
      return answer satisfies never;
  }
}

export default function AdminSettings() {
  const { views, choosable, isFresh, saved } = useLoaderData<typeof loader>();
  const came = useActionData<typeof action>() ?? null;
  const service = { provider: views.provider.value, model: views.model.value };
  const byDefault = { provider: views.provider.byDefault, model: views.model.byDefault };
  const said = (key: SettingKey, what: 'value' | 'byDefault') => {
    if (key === 'provider') return serviceInWords(what === 'value' ? service : byDefault);
    return valueInWords(key, views[key][what]);
  };
  return (
    <AdminLayout title="Settings" isFresh={isFresh} path="/admin/settings">
      <p className="max-w-text text-quiet">A change is live everywhere within five seconds, and stands under Acts.</p>
      {settingGroups.map(({ title, settings }) => (
        <Part key={title} title={title}>
          <div>
            {settings.map((words) => {
              const { key } = words;
              const here = came?.key === key ? came : null;
              // The model is chosen with its service, and one is as much changed as the other.
              const isPair = key === 'provider';
              const view = isPair
                ? { ...views.provider, isDefault: views.provider.isDefault && views.model.isDefault }
                : views[key];
              return (
                <SettingRow
                  key={key}
                  words={words}
                  view={view}
                  shown={said(key, 'value')}
                  shownDefault={said(key, 'byDefault')}
                  came={here}
                  isSaved={saved === key && came === null}
                  hasSave={key !== 'fallbacks'}
                  hidden={isPair && <input type="hidden" name="modelVersion" value={views.model.version} />}
                  control={(describedBy) => (
                    <SettingControl
                      view={view}
                      name={words.name}
                      typed={here && here.typed.length > 0 ? here.typed : null}
                      describedBy={describedBy}
                      choosable={choosable}
                      service={service}
                    />
                  )}
                />
              );
            })}
          </div>
        </Part>
      ))}
    </AdminLayout>
  );
}
