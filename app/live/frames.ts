import type { PurchaseState } from '~/billing/purchases';
import type { LogLine } from '~/log';
import type { ClipView, ProjectView } from '~/projects/views';

/**
 * A message from the live channel to an open page. A frame carries the version of what changed, so it may arrive twice or
 * out of order. A page that missed frames revalidates when its socket opens again.
 */
export type LiveFrame =
  | { type: 'clip'; clip: ClipView }
  | { type: 'clip-removed'; projectId: string; clipId: string; version: number }
  | { type: 'project'; project: ProjectView }
  | { type: 'project-removed'; projectId: string; version: number }
  | { type: 'balance'; balance: number; version: number }
  | { type: 'purchase'; purchaseId: string; state: PurchaseState }
  | { type: 'signed-out' }
  /** Lines of the log tail, for admins. `leftOut`: how many more lines there were. */
  | { type: 'log'; lines: Omit<LogLine, 'isKept'>[]; leftOut: number };

/** The only message that pages send; the platform answers `pong` without waking the object. */
export const ping = 'ping';
export const pong = 'pong';
