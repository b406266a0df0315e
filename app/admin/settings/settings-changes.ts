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

/** A change of a guarded setting that an admin asked for and that waits for another admin's yes. */
export interface SettingChangeView<Key extends SettingKey = SettingKey> {
  id: string;
  key: Key;
  /** Null if it does not fit the limits any more. */
  value: Settings[Key] | null;
  reason: string | null;
  requestedBy: string;
  /** Null once the account is deleted. */
  requester: string | null;
  requestedAt: number;
}

/**
 * The outcome of a change. `waiting`: a second admin has to say yes. `conflict`: there is a newer version, which `now` holds.
 * `occupied`: another change of this setting waits. Nothing was changed by these three.
 */
export type ChangeOutcome =
  | { outcome: 'changed' | 'waiting'; keys: SettingKey[] }
  | { outcome: 'occupied'; key: SettingKey; waits: SettingChangeView | null }
  | { outcome: 'unchanged' }
  | { outcome: 'invalid'; key: SettingKey | null; message: string }
  | { outcome: 'conflict'; key: SettingKey; now: SettingView };

/** The outcome of another admin's yes or no to a waiting change. */
export type DecideChangeOutcome = 'done' | 'declined' | 'decided-before' | 'needs-another-admin' | 'not-found';
