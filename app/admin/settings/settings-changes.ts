import type { SettingKey, Settings } from '~/settings/settings';

/** A setting as the desk shows it. Times in ms since 1970. */
export interface SettingView<Key extends SettingKey = SettingKey> {
  key: Key;
  /** What holds now. */
  value: Settings[Key];
  byDefault: Settings[Key];
  isDefault: boolean;
  /** Something is stored that does not fit the limits: the default holds in its place. */
  isUnreadable: boolean;
  /** 0 where nobody has turned it yet. */
  version: number;
  changedAt: number | null;
  /** The admin who turned it last; null for the console, and where nobody has. */
  changedBy: { id: string; name: string } | null;
}

export type SettingViews = { [Key in SettingKey]: SettingView<Key> };

/** A change as it is asked for: anything may stand in it. `seenVersion` is the version that its admin saw. */
export interface WantedChange {
  key: string;
  value: unknown;
  seenVersion: number;
}

/** What came of it. `conflict`: somebody was quicker, and `now` says who and what holds; nothing was changed. */
export type ChangeOutcome =
  | { outcome: 'changed'; keys: SettingKey[] }
  | { outcome: 'unchanged' }
  | { outcome: 'invalid'; key: SettingKey | null; message: string }
  | { outcome: 'conflict'; key: SettingKey; now: SettingView };
