import { Form } from '@remix-run/react';
import { Moment } from '~/admin/admin-layout';
import { Button } from '~/components/button';
import { valueInWords } from './setting-values';
import { settingName } from './setting-words';
import type { SettingChangeView, SettingViews } from './settings-changes';

/** Changes of settings that wait for a second admin, with the buttons that answer them. */
export function WaitingChanges({
  changes,
  views,
  adminId,
}: {
  changes: readonly SettingChangeView[];
  views: SettingViews;
  /** The admin who looks, who cannot say yes to a change of their own. */
  adminId: string;
}) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {changes.map((change) => (
        <WaitingChange key={change.id} {...{ change, views }} isMine={change.requestedBy === adminId} />
      ))}
    </ul>
  );
}

function WaitingChange({
  change: { id, key, value, reason, requester, requestedAt },
  views,
  isMine,
}: {
  change: SettingChangeView;
  views: SettingViews;
  isMine: boolean;
}) {
  const name = settingName(key);
  const to = value === null ? 'a value that no longer fits' : valueInWords(key, value);
  return (
    <li className="grid gap-x-8 gap-y-3 py-4 md:grid-cols-[minmax(0,1fr)_auto] md:items-center">
      <div className="grid min-w-0 gap-1">
        <p className="font-semibold">
          <a href={`#${key}`} className="link">
            {name}
          </a>
        </p>
        <p className="tabular wrap-anywhere">
          {valueInWords(key, views[key].value)} <span aria-hidden="true">→</span>
          <span className="sr-only">to</span> <strong className="font-semibold">{to}</strong>
        </p>
        <p className="max-w-text text-15 text-quiet wrap-anywhere">
          Asked for by {isMine ? 'you' : (requester ?? 'a deleted account')}, <Moment at={requestedAt} />.
          {reason !== null && ` Why: ${reason}`}
        </p>
      </div>
      <Form method="post" action={`/admin/settings/changes/${id}/decision`} className="flex flex-wrap gap-3">
        {!isMine && (
          <Button type="submit" name="answer" value="yes" kind="quiet" size="small">
            Yes, change it<span className="sr-only">: {name}</span>
          </Button>
        )}
        <Button type="submit" name="answer" value="no" kind="quiet" size="small">
          {isMine ? 'Take it back' : 'No'}
          <span className="sr-only">: {name}</span>
        </Button>
      </Form>
    </li>
  );
}

/** What a house with one admin does: whatever needs two waits until there are two. */
export function OnlyAdminNote() {
  return (
    <p className="max-w-text border-s-2 border-light ps-4">
      You are the only admin, so what needs a second one waits. Whoever runs the server appoints them, after they have
      signed in once: <code className="text-15 wrap-anywhere">npm run admin -- grant their@address</code>
    </p>
  );
}
