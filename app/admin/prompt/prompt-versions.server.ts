import { desc, eq, inArray, lt } from 'drizzle-orm';
import type { AuditLog } from '~/admin/audit-log.server';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { profiles, promptFigures, promptVersions } from '~/db/schema.server';
import { firstSystemPrompt } from '~/settings/system-prompt';
import { type PromptVersion, promptSubject, type Quality } from './prompt';

/** Admins who save in the same moment: each time one gets their number, the others try the next. */
const mostAtOnce = 50;

/** The texts that the owner has written to be put around people's words, and how each does. Versions are only added. */
export function createPromptVersions({ db, clock, auditLog }: { db: Database; clock: Clock; auditLog: AuditLog }) {
  async function qualityOf(versions: readonly number[]): Promise<(version: number) => Quality> {
    const rows = await db
      .select()
      .from(promptFigures)
      .where(inArray(promptFigures.version, [...versions]));
    return (version) => {
      const figure = (name: string) => rows.find((row) => row.version === version && row.figure === name)?.count ?? 0;
      return {
        ...{ tries: figure('tries'), ready: figure('ready'), failed: figure('failed'), approved: figure('approved') },
        ...{ wrongFace: figure('wrong-face'), oddMovement: figure('odd-movement'), other: figure('other') },
      };
    };
  }

  const written = () =>
    db
      .select({ row: promptVersions, name: profiles.name })
      .from(promptVersions)
      .leftJoin(profiles, eq(profiles.userId, promptVersions.authorId));

  async function withQuality(rows: Awaited<ReturnType<typeof written>>, first: boolean): Promise<PromptVersion[]> {
    const texts: Omit<PromptVersion, 'quality'>[] = rows.map(({ row: { authorId, ...row }, name }) => ({
      ...row,
      author: { id: authorId, name: name ?? 'A deleted account' },
    }));
    if (first) texts.push({ ...firstSystemPrompt, note: 'Echoes comes with it', author: null, createdAt: null });
    const quality = await qualityOf(texts.map(({ version }) => version));
    return texts.map((text) => ({ ...text, quality: quality(text.version) }));
  }

  /** The version that this very save has made before, whoever's answer was lost; null where it made none. */
  async function madeBefore({ expected, text, note, adminId }: Saving): Promise<number | null> {
    const made = await db.$client
      .prepare('SELECT version FROM prompt_versions WHERE version >= ?1 AND author_id = ?2 AND text = ?3 AND note = ?4')
      .bind(expected, adminId, text, note)
      .first<{ version: number }>();
    return made?.version ?? null;
  }

  async function next(): Promise<number> {
    const [newest] = await db
      .select({ version: promptVersions.version })
      .from(promptVersions)
      .orderBy(desc(promptVersions.version))
      .limit(1);
    return (newest?.version ?? firstSystemPrompt.version) + 1;
  }

  return {
    /** The number that the next version gets, unless somebody is quicker. */
    next,

    /** Versions newest first, older than `before` where given. */
    async list({ before, limit }: { before?: number | undefined; limit: number }): Promise<PromptVersion[]> {
      const rows = await written()
        .where(before === undefined ? undefined : lt(promptVersions.version, before))
        .orderBy(desc(promptVersions.version))
        .limit(limit);
      return withQuality(rows, rows.length < limit && (before === undefined || before > firstSystemPrompt.version));
    },

    /** One version, or null. */
    async find(version: number): Promise<PromptVersion | null> {
      const rows = await written().where(eq(promptVersions.version, version));
      const [found] = await withQuality(rows, version === firstSystemPrompt.version);
      return found ?? null;
    },

    /**
     * Keeps a text as a new version, not live yet. `expected` is the number its page showed: the same text of the same
     * admin from the same page is saved once, and of two admins at once each gets a number of their own.
     */
    async save(saving: Saving): Promise<number> {
      const { text, note, adminId, requestId } = saving;
      for (let attempt = 1; ; attempt += 1) {
        const made = await madeBefore(saving);
        if (made !== null) return made;
        const version = await next();
        const told = { subject: promptSubject, after: `version ${version}`, reason: note, requestId };
        try {
          await db.$client.batch([
            db.$client
              .prepare(
                'INSERT INTO prompt_versions (version, text, note, author_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)',
              )
              .bind(version, text, note, adminId, clock()),
            auditLog.statement({ what: 'prompt-saved', adminId, ...told }),
          ]);
          return version;
        } catch (error) {
          // Somebody had this number a moment before, or only the answer was lost: what the table says counts.
          if (attempt >= (brokenLaw(error) === 'desk:append-only' ? mostAtOnce : 3)) throw error;
        }
      }
    },
  };
}

interface Saving {
  text: string;
  note: string;
  expected: number;
  adminId: string;
  requestId: string;
}

export type PromptVersions = ReturnType<typeof createPromptVersions>;
