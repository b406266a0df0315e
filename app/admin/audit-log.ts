/** The kinds of audit entries, with their words: every change by an admin, and every look at what belongs to a person. */
export const auditWords = {
  'admin-granted': 'Made an admin',
  'admin-revoked': 'No longer an admin',
  'setting-changed': 'Setting changed',
  'setting-asked': 'Setting: asked for another admin’s yes',
  'setting-declined': 'Setting: another admin said no',
  'setting-not-changed': 'Setting not changed: another admin was quicker',
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
  'job-polled': 'Film service asked now',
  'job-canceled': 'Clip stopped',
  'job-failed': 'Clip ended and refunded',
  'job-retried': 'Made again at another film service',
  'provider-rested': 'Film service put to rest',
  'provider-woken': 'Film service woken',
  reconciled: 'Books compared with Stripe',
  'purchase-asked': 'Stripe asked about a purchase',
  'refund-asked': 'Refund: asked for another admin’s yes',
  'refund-ordered': 'Stripe asked for a refund',
  'refund-declined': 'Refund: an admin said no',
  'tail-opened': 'Live log opened',
  'alert-tested': 'Alert address tested',
} as const satisfies Record<string, string>;

export type AuditKind = keyof typeof auditWords;

/** True for a kind of audit entry; an address may hold any text. */
export function isAuditKind(value: unknown): value is AuditKind {
  return typeof value === 'string' && Object.hasOwn(auditWords, value);
}

/** The kinds that a person's account page shows to them. */
export const shownToPerson = ['photo-opened', 'clip-opened'] as const satisfies readonly AuditKind[];

/** One entry of the audit log. `at` in ms since 1970; `admin` is null for the command line (`npm run admin`). */
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
