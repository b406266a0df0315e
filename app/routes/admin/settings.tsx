import { json, type LoaderFunctionArgs, type MetaFunction, type TypedResponse } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { adminAction } from '~/admin/admin-action';
import { AdminLayout, Part } from '~/admin/admin-layout';
import { FlashMessage } from '~/admin/flash-message';
import { SettingControl } from '~/admin/settings/setting-controls';
import { type SettingResult, SettingRow } from '~/admin/settings/setting-row';
import { conflictInWords, occupiedInWords, serviceInWords, valueInWords } from '~/admin/settings/setting-values';
import { settingGroups } from '~/admin/settings/setting-words';
import { readSettingForm } from '~/admin/settings/settings-form';
import { OnlyAdminNote, WaitingChanges } from '~/admin/settings/waiting-changes';
import { flash, readFlash } from '~/flash';
import { isGuarded } from '~/settings/guarded';
import type { SettingKey } from '~/settings/settings';

const savedCode = (key: string) => `saved-${key}`;

export const meta: MetaFunction = () => [{ title: 'Settings · Admin · Echoes' }];

/** Every setting with its value, its default and its last change. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  const { id: adminId, isFresh } = await auth.requireAdmin(request);
  const { settings } = admin;
  const [views, waiting, admins] = await Promise.all([
    settings.views(),
    settings.guarded.waiting(),
    settings.guarded.admins(),
  ]);
  return { views, waiting, isAlone: admins < 2, adminId, choosable: settings.choosable(), isFresh };
}

/**
 * POST `key`, `version`, `value`, `reason`, `act`: changes one setting, asks for the yes of another admin where it is guarded,
 * or says beside its field why it did neither.
 */
export const action = adminAction(
  { needsFreshSignIn: true },
  async ({ adminId, requestId, request, services: { admin } }): Promise<string | TypedResponse<SettingResult>> => {
    const sent = readSettingForm(await request.formData(), await admin.settings.views());
    if (!sent) return json({ key: '', message: 'There is no such setting.', typed: [] }, { status: 400 });
    const { key, changes, reason, typed } = sent;
    const answer = await admin.settings.changeTogether(changes, { adminId, reason, requestId });
    switch (answer.outcome) {
      case 'changed':
      case 'unchanged':
        return flash(`/admin/settings#${key}`, savedCode(key));
      case 'waiting':
        return flash('/admin/settings', 'setting-waiting');
      case 'occupied':
        return json({ key, message: occupiedInWords(answer.waits), typed }, { status: 409 });
      case 'invalid':
        return json({ key, message: answer.message, typed }, { status: 400 });
      case 'conflict':
        return json({ key, message: conflictInWords(answer.now), typed }, { status: 409 });
      default:
        return answer satisfies never;
    }
  },
);

export default function AdminSettings() {
  const { views, waiting, isAlone, adminId, choosable, isFresh } = useLoaderData<typeof loader>();
  const result = useActionData<SettingResult>() ?? null;
  const [search] = useSearchParams();
  const code = readFlash(search);
  const service = { provider: views.provider.value, model: views.model.value };
  const byDefault = { provider: views.provider.byDefault, model: views.model.byDefault };
  const shownValue = (key: SettingKey, what: 'value' | 'byDefault') => {
    if (key === 'provider') return serviceInWords(what === 'value' ? service : byDefault);
    return valueInWords(key, views[key][what]);
  };
  return (
    <AdminLayout title="Settings" isFresh={isFresh} path="/admin/settings">
      <FlashMessage />
      <p className="max-w-text text-quiet">
        A change is live everywhere within five seconds, and stands in the audit log. Settings that guard money change
        once a second admin says yes.
      </p>
      {isAlone && <OnlyAdminNote />}
      {waiting.length > 0 && (
        <Part title="Waiting for another admin">
          <WaitingChanges changes={waiting} views={views} adminId={adminId} />
        </Part>
      )}
      {settingGroups.map(({ title, settings }) => (
        <Part key={title} title={title}>
          <div>
            {settings.map((words) => {
              const { key } = words;
              const here = result?.key === key ? result : null;
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
                  shown={shownValue(key, 'value')}
                  shownDefault={shownValue(key, 'byDefault')}
                  result={here}
                  isSaved={code === savedCode(key) && result === null}
                  hasSave={key !== 'fallbacks'}
                  guard={isGuarded(key) ? (waiting.some((one) => one.key === key) ? 'waits' : 'asks') : null}
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
