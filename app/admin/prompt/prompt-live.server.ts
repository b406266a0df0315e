import type { AuditLog } from '~/admin/audit-log.server';
import type { AdminSettings } from '~/admin/settings/settings-admin.server';
import type { ChangeOutcome } from '~/admin/settings/settings-changes';
import { type LivePrompt, promptSubject } from './prompt';
import type { PromptVersions } from './prompt-versions.server';

/** The version of the system prompt that new generations get. It is one setting, which is read anyway. */
export function createPromptLive({
  settings,
  versions,
  auditLog,
}: {
  settings: Pick<AdminSettings, 'find' | 'change'>;
  versions: Pick<PromptVersions, 'find'>;
  auditLog: AuditLog;
}) {
  return {
    /** The live version, and the one before it, to go back to. */
    async read(): Promise<LivePrompt> {
      const [setting, [last]] = await Promise.all([
        settings.find(promptSubject),
        auditLog.list({ what: 'prompt-live', limit: 1 }),
      ]);
      const { version, text } = setting.value;
      // The last entry names both versions; after a change on another page the newer of the two is the one before.
      const before = [last?.after, last?.before].map(versionIn).find((one) => one !== null && one !== version) ?? null;
      return {
        ...{ version, text, settingVersion: setting.version, since: setting.changedAt, by: setting.changedBy },
        previous: before,
      };
    },

    /** Makes a version live, unless the setting has changed since the admin saw it. Open generations keep their text. */
    async goLive({
      version,
      seenVersion,
      ...author
    }: {
      version: number;
      seenVersion: number;
      adminId: string;
      reason: string;
      requestId: string;
    }): Promise<ChangeOutcome | { outcome: 'not-found' }> {
      const [found, { value }] = await Promise.all([versions.find(version), settings.find(promptSubject)]);
      if (!found) return { outcome: 'not-found' };
      const change = { before: `version ${value.version}`, after: `version ${version}` };
      return settings.change({
        ...{ key: promptSubject, value: { version, text: found.text }, seenVersion, ...author },
        entry: { what: 'prompt-live', ...change },
      });
    },
  };
}

/** The number in "version 5". */
function versionIn(text: string | null | undefined): number | null {
  const found = /^version (\d+)$/.exec(text ?? '');
  return found ? Number(found[1]) : null;
}
