import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { adminActs, profiles } from '~/db/schema.server';
import { type AuditEntryView, type AuditKind, shownToPerson } from './audit-log';

/** What was done, by whom, to what, and why. `before` and `after` are kept as JSON where they are no plain text. */
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

const asText = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value);

/** The record of what admins do. The schema lets rows in and never changes one. */
export function createAuditLog({ db, clock }: { db: Database; clock: Clock }) {
  /** The statement that writes an act down; it travels in the batch of what it tells of. */
  function statement(act: AuditEntry): D1PreparedStatement {
    return db.$client
      .prepare(
        `INSERT INTO admin_acts (at, admin_user_id, what, user_id, subject, before, after, reason, request_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
      )
      .bind(
        ...[clock(), act.adminId, act.what, act.userId ?? null, act.subject, asText(act.before), asText(act.after)],
        ...[act.reason ?? null, act.requestId],
      );
  }

  return {
    statement,

    /** Writes an act down that stands alone: what was looked at, not changed. */
    async record(act: AuditEntry): Promise<void> {
      await statement(act).run();
    },

    /** Acts newest first, older than `before` where given, of one kind, one admin, about one person or one thing. */
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
        .select({ act: adminActs, name: profiles.name })
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
      return rows.map(({ act: { adminUserId, what: kind, ...act }, name }) => ({
        ...act,
        what: kind as AuditKind,
        admin: adminUserId === null ? null : { id: adminUserId, name: name ?? 'A deleted account' },
      }));
    },

    /** What admins opened of this person's own, newest first: what their account page tells them. */
    async shownTo(
      userId: string,
    ): Promise<{ id: number; at: number; what: string; subject: string; reason: string }[]> {
      const rows = await db
        .select()
        .from(adminActs)
        .where(and(eq(adminActs.userId, userId), inArray(adminActs.what, [...shownToPerson])))
        .orderBy(desc(adminActs.id))
        .limit(50);
      return rows.map(({ id, at, what, subject, reason }) => ({ id, at, what, subject, reason: reason ?? '' }));
    },
  };
}

export type AuditLog = ReturnType<typeof createAuditLog>;
