import type { PurchaseState } from '~/billing/purchases';
import type { LogLine } from '~/log';
import type { ClipView, ProjectView } from '~/projects/views';

/**
 * Everything the server tells an open page. Each frame says what changed and carries the version of the thing, so
 * frames may arrive twice or out of order. A page that missed some revalidates when its socket opens again.
 */
export type LiveFrame =
  | { type: 'clip'; clip: ClipView }
  | { type: 'clip-removed'; projectId: string; clipId: string; version: number }
  | { type: 'project'; project: ProjectView }
  | { type: 'project-removed'; projectId: string; version: number }
  | { type: 'balance'; balance: number; version: number }
  | { type: 'purchase'; purchaseId: string; state: PurchaseState }
  | { type: 'signed-out' }
  /** Lines of the log, for an admin who listens. `leftOut`: how many more there were. */
  | { type: 'log'; lines: Omit<LogLine, 'isKept'>[]; leftOut: number };

/** The page sends nothing but this; the platform answers `pong` without waking the object. */
export const ping = 'ping';
export const pong = 'pong';
