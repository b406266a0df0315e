import type { SettingKey, Settings } from '~/settings/settings';

/** A setting as an admin sees it. Times in ms since 1970. */
export interface SettingView<Key extends SettingKey = SettingKey> {
  key: Key;
  /** The value in force. */
  value: Settings[Key];
  byDefault: Settings[Key];
  isDefault: boolean;
  /** The stored value breaks the limits, so the default is in force. */
  isUnreadable: boolean;
  /** 0 before the first change. */
  version: number;
  changedAt: number | null;
  /** The admin of the last change; null before the first one, and for the command line. */
  changedBy: { id: string; name: string } | null;
}

export type SettingViews = { [Key in SettingKey]: SettingView<Key> };

/** A change as it is asked for, unchecked. `seenVersion` is the version that its admin saw. */
export interface WantedChange {
  key: string;
  value: unknown;
  seenVersion: number;
}

/** The outcome of a change. `conflict`: there is a newer version, which `now` holds; nothing was changed. */
export type ChangeOutcome =
  | { outcome: 'changed'; keys: SettingKey[] }
  | { outcome: 'unchanged' }
  | { outcome: 'invalid'; key: SettingKey | null; message: string }
  | { outcome: 'conflict'; key: SettingKey; now: SettingView };
