import { eq } from 'drizzle-orm';
import type { AdminContext, AuditEntry } from '~/admin/audit-log.server';
import { brokenLaw } from '~/db/client.server';
import { profiles, settings } from '~/db/schema.server';
import { batch, first, type Statement, statement } from '~/db/statement';
import type { Providers } from '~/providers/registry.server';
import { isGuarded } from '~/settings/guarded';
import { defaults, isSettingKey, type SettingKey, type Settings } from '~/settings/settings';
import { type SettingsCache, storedValue } from '~/settings/settings.server';
import { type Choosable, contradiction, readValue } from '~/settings/settings-rules';
import { createGuardedChanges } from './guarded-changes.server';
import type { ChangeOutcome, SettingView, SettingViews, WantedChange } from './settings-changes';

/** Which admin changes a setting, why, and in which request. */
interface Author {
  adminId: string;
  reason?: string | null;
  requestId: string;
  /** The audit entry where it is not `setting-changed`: of a setting with its own admin page. */
  entry?: Pick<AuditEntry, 'what' | 'before' | 'after'>;
}

const insertSetting = 'INSERT INTO settings (key, value, updated_at, updated_by, version) VALUES (?1, ?2, ?3, ?4, 1)';
const updateSetting = `UPDATE settings SET value = ?2, updated_at = ?3, updated_by = ?4,
    version = iif(version = ?5, version + 1, NULL)
  WHERE key = ?1`;
const findChange = "SELECT 1 FROM admin_acts WHERE subject = ?1 AND request_id = ?2 AND what <> 'setting-not-changed'";

interface Write {
  key: SettingKey;
  value: string;
  seenVersion: number;
  before: SettingView;
}

/**
 * The settings as admins see and change them. A change names the version that its admin saw, and is refused if there is a
 * newer one: of two admins at once the first wins, and the second reads who won. Both leave an audit entry. A change of a
 * guarded setting only asks for it (guarded-changes.server.ts).
 */
export function createAdminSettings(
  context: AdminContext,
  { settings: cache, providers }: { settings: SettingsCache; providers: Pick<Providers, 'all'> },
) {
  const { db, clock, auditLog } = context;
  const guarded = createGuardedChanges(context, { settings: cache });
  const choosable = (): Choosable[] =>
    providers.all().map(({ id, models }) => ({ id, models: models.map((model) => model.id) }));

  async function views(): Promise<Record<SettingKey, SettingView>> {
    const rows = await db
      .select({ row: settings, name: profiles.name })
      .from(settings)
      .leftJoin(profiles, eq(profiles.userId, settings.updatedBy));
    const byKey = new Map(rows.map((one) => [one.row.key, one]));
    const view = (key: SettingKey): SettingView => {
      const found = byKey.get(key);
      const stored = found && storedValue(key, found.row.value);
      const value = stored ?? defaults[key];
      return {
        key,
        value,
        byDefault: defaults[key],
        isDefault: JSON.stringify(value) === JSON.stringify(defaults[key]),
        isUnreadable: found !== undefined && stored === undefined,
        version: found?.row.version ?? 0,
        changedAt: found?.row.updatedAt ?? null,
        changedBy: found?.row.updatedBy ? { id: found.row.updatedBy, name: found.name ?? 'A deleted account' } : null,
      };
    };
    const keys = Object.keys(defaults) as SettingKey[];
    return Object.fromEntries(keys.map((key) => [key, view(key)])) as Record<SettingKey, SettingView>;
  }

  /** A write that fails where the version is not the seen one: by NOT NULL, or by the primary key. */
  function writeStatement({ key, value, seenVersion }: Write, adminId: string): Statement {
    const values = [key, value, clock(), adminId];
    return seenVersion === 0 ? statement(insertSetting, ...values) : statement(updateSetting, ...values, seenVersion);
  }

  /** The outcome while another change of this setting waits; the same value by the same admin is a repeated post. */
  async function occupied({ key, value }: Write, adminId: string): Promise<ChangeOutcome> {
    const waits = (await guarded.waiting()).find((one) => one.key === key) ?? null;
    const isSame = waits?.requestedBy === adminId && JSON.stringify(waits.value) === value;
    return isSame ? { outcome: 'waiting', keys: [key] } : { outcome: 'occupied', key, waits };
  }

  /** True if the batch of this request was written and only its answer was lost. */
  async function isWritten(key: SettingKey, requestId: string): Promise<boolean> {
    return (await first(db, statement(findChange, key, requestId))) !== null;
  }

  /** The outcome after a newer version; the same value by the same admin is a repeated post, which changes nothing. */
  async function lost({ key, value }: Write, now: SettingView, author: Author): Promise<ChangeOutcome> {
    const { adminId, reason, requestId } = author;
    if (now.changedBy?.id === adminId && JSON.stringify(now.value) === value) return { outcome: 'unchanged' };
    await auditLog.record({
      what: 'setting-not-changed',
      ...{ adminId, subject: key, requestId, reason: reason ?? null },
      after: { wanted: JSON.parse(value), is: now.value, by: now.changedBy?.id ?? null, version: now.version },
    });
    return { outcome: 'conflict', key, now };
  }

  /** Changes several settings together: all of them or none. */
  async function changeTogether(changes: readonly WantedChange[], author: Author): Promise<ChangeOutcome> {
    const before = await views();
    const next: Record<string, unknown> = Object.fromEntries(
      Object.entries(before).map(([key, one]) => [key, one.value]),
    );
    const writes: Write[] = [];
    for (const { key, value, seenVersion } of changes) {
      if (!isSettingKey(key)) return { outcome: 'invalid', key: null, message: 'There is no such setting.' };
      const read = readValue(key, value);
      if (!read.ok) return { outcome: 'invalid', key, message: read.message };
      next[key] = read.value;
      writes.push({ key, value: JSON.stringify(read.value), seenVersion, before: before[key] });
    }
    const isLate = (now: Record<SettingKey, SettingView>) =>
      writes.find((one) => now[one.key].version !== one.seenVersion);
    const late = isLate(before);
    if (late) return lost(late, before[late.key], author);
    const keys = writes.map(({ key }) => key);
    const wasBefore = { presets: before.presets.value as Settings['presets'] };
    const against = contradiction({
      settings: next as Settings,
      was: wasBefore,
      changed: keys,
      choosable: choosable(),
    });
    if (against) return { outcome: 'invalid', ...against };

    const differing = writes.filter(
      ({ value, before: { value: old, isUnreadable } }) => isUnreadable || value !== JSON.stringify(old),
    );
    const [firstChange] = differing;
    if (!firstChange) return { outcome: 'unchanged' };

    const { adminId, reason = null, requestId } = author;
    const entries = differing.map(({ key, value, before: { value: old } }) =>
      auditLog.statement({
        what: isGuarded(key) ? 'setting-asked' : 'setting-changed',
        ...{ adminId, subject: key, requestId, reason },
        ...{ before: JSON.stringify(old), after: value, ...author.entry },
      }),
    );
    const asked = differing.filter(({ key }) => isGuarded(key));
    const written = writes.filter(({ key }) => !isGuarded(key)).map((write) => writeStatement(write, adminId));
    const statements = [...asked.map((write) => guarded.ask({ ...write, reason, adminId })), ...written, ...entries];
    try {
      await batch(db, statements);
    } catch (error) {
      if (brokenLaw(error) === 'setting:another-change-waits') return occupied(asked[0] ?? firstChange, adminId);
      if (!(await isWritten(firstChange.key, requestId))) {
        const now = await views();
        const quicker = isLate(now);
        if (!quicker) throw error;
        return lost(quicker, now[quicker.key], author);
      }
    } finally {
      cache.forget();
    }
    return { outcome: asked.length > 0 ? 'waiting' : 'changed', keys };
  }

  return {
    choosable,

    /** Changes of guarded settings that wait, and another admin's yes or no to one. */
    guarded: { waiting: guarded.waiting, decide: guarded.decide, admins: guarded.admins },

    /** Every setting with its value, default, version and last change. */
    async list(): Promise<SettingView[]> {
      return Object.values(await views());
    },

    /** The same, by key. */
    views: (): Promise<SettingViews> => views() as Promise<SettingViews>,

    /** One setting. */
    find: async <Key extends SettingKey>(key: Key): Promise<SettingView<Key>> =>
      (await views())[key] as SettingView<Key>,

    changeTogether,

    /** Changes one setting: `seenVersion` is the version its admin saw. */
    change: ({ key, value, seenVersion, ...author }: WantedChange & Author): Promise<ChangeOutcome> =>
      changeTogether([{ key, value, seenVersion }], author),
  };
}

export type AdminSettings = ReturnType<typeof createAdminSettings>;
