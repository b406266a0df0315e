/** Everything an admin can do that changes something or shows what is a person's own; each leaves a row. */
export const auditWords = {
  'admin-granted': 'Made an admin',
  'admin-revoked': 'No longer an admin',
  'setting-changed': 'Setting changed',
  'setting-not-changed': 'Setting not changed: somebody was quicker',
  'prompt-saved': 'System prompt saved',
  'prompt-tried': 'System prompt tried on samples',
  'prompt-live': 'System prompt went live',
  'adjustment-asked': 'Credits: asked for another admin’s yes',
  'adjustment-done': 'Credits adjusted',
  'adjustment-declined': 'Credits: another admin said no',
  suspended: 'Suspended',
  lifted: 'Suspension lifted',
  'signed-out': 'Signed out everywhere',
  'photo-opened': 'Photo opened',
  'clip-opened': 'Clip opened',
  'job-polled': 'Asked the provider now',
  'job-canceled': 'Clip stopped',
  'job-failed': 'Clip ended and refunded',
  'job-retried': 'Tried again on another provider',
  reconciled: 'Books compared with Stripe',
  'tail-opened': 'Live log opened',
  'alert-tested': 'Alert address tested',
} as const satisfies Record<string, string>;

export type AuditKind = keyof typeof auditWords;

/** True for the name of an act: what stands in an address may be anything. */
export function isAuditKind(value: unknown): value is AuditKind {
  return typeof value === 'string' && Object.hasOwn(auditWords, value);
}

/** What a person is told that admins did with what is theirs (their account page). */
export const shownToPerson = ['photo-opened', 'clip-opened'] as const satisfies readonly AuditKind[];

/** One row of what admins did. Times in ms since 1970; `admin` is null for the console. */
export interface AuditEntryView {
  id: number;
  at: number;
  admin: { id: string; name: string } | null;
  what: AuditKind;
  userId: string | null;
  subject: string;
  before: string | null;
  after: string | null;
  reason: string | null;
  requestId: string | null;
}
