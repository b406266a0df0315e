import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { adminActs, profiles } from '~/db/schema.server';
import { run, type Statement, statement } from '~/db/statement';
import { type AuditEntryView, type AuditKind, shownToPerson } from './audit-log';

/** What an admin did, to what, and why. `before` and `after` are stored as they are where they are text, else as JSON. */
export interface AuditEntry {
  what: AuditKind;
  adminId: string;
  subject: string;
  userId?: string | null;
  before?: unknown;
  after?: unknown;
  reason?: string | null;
  requestId: string;
}

const mostShownToPerson = 50;

const asText = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value);

const insertEntry = `INSERT INTO admin_acts (at, admin_user_id, what, user_id, subject, before, after, reason, request_id)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`;

/** The log of what admins do. Its rows are only added: the schema refuses to change or delete one. */
export function createAuditLog({ db, clock }: { db: Database; clock: Clock }) {
  /** The statement that writes an entry; it belongs into the batch of the change that it records. */
  const entryStatement = (entry: AuditEntry): Statement =>
    statement(
      insertEntry,
      ...[clock(), entry.adminId, entry.what, entry.userId ?? null, entry.subject],
      ...[asText(entry.before), asText(entry.after), entry.reason ?? null, entry.requestId],
    );

  return {
    statement: entryStatement,

    /** Writes one entry by itself: for what was looked at and not changed, or done outside the database. */
    record: (entry: AuditEntry): Promise<void> => run(db, entryStatement(entry)),

    /** Entries newest first, older than `before`; each of the other values narrows the list. */
    async list({
      before,
      what,
      adminId,
      userId,
      subject,
      limit,
    }: {
      before?: number | undefined;
      what?: AuditKind | undefined;
      adminId?: string | undefined;
      userId?: string | undefined;
      subject?: string | undefined;
      limit: number;
    }): Promise<AuditEntryView[]> {
      const rows = await db
        .select({ entry: adminActs, name: profiles.name })
        .from(adminActs)
        .leftJoin(profiles, eq(profiles.userId, adminActs.adminUserId))
        .where(
          and(
            before === undefined ? undefined : lt(adminActs.id, before),
            what && eq(adminActs.what, what),
            adminId === undefined ? undefined : eq(adminActs.adminUserId, adminId),
            userId === undefined ? undefined : eq(adminActs.userId, userId),
            subject === undefined ? undefined : eq(adminActs.subject, subject),
          ),
        )
        .orderBy(desc(adminActs.id))
        .limit(limit);
      return rows.map(({ entry: { adminUserId, what: kind, ...entry }, name }) => ({
        ...entry,
        what: kind as AuditKind,
        admin: adminUserId === null ? null : { id: adminUserId, name: name ?? 'A deleted account' },
      }));
    },

    /** The media access of admins to this person's photos and clips, newest first, for their account page. */
    async shownTo(
      userId: string,
    ): Promise<{ id: number; at: number; what: string; subject: string; reason: string }[]> {
      const rows = await db
        .select()
        .from(adminActs)
        .where(and(eq(adminActs.userId, userId), inArray(adminActs.what, [...shownToPerson])))
        .orderBy(desc(adminActs.id))
        .limit(mostShownToPerson);
      return rows.map(({ id, at, what, subject, reason }) => ({ id, at, what, subject, reason: reason ?? '' }));
    },
  };
}

export type AuditLog = ReturnType<typeof createAuditLog>;

/** What every part of the admin panel that changes something works with. */
export interface AdminContext {
  db: Database;
  auditLog: AuditLog;
  clock: Clock;
  newId: NewId;
}
