import { desc, eq, inArray, lt } from 'drizzle-orm';
import type { AdminContext } from '~/admin/audit-log.server';
import { brokenLaw } from '~/db/client.server';
import { profiles, promptFigures, promptVersions } from '~/db/schema.server';
import { batch, first, statement } from '~/db/statement';
import { firstSystemPrompt } from '~/settings/system-prompt';
import { type PromptVersion, promptSubject, type Quality } from './prompt';

/** Attempts to get a number while other admins save at the same time. */
const mostAtOnce = 50;

const findSame =
  'SELECT version FROM prompt_versions WHERE version >= ?1 AND author_id = ?2 AND text = ?3 AND note = ?4';
const insertVersion =
  'INSERT INTO prompt_versions (version, text, note, author_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)';

/** The versions of the system prompt, with figures of how each did. Versions are only added. */
export function createPromptVersions({ db, clock, auditLog }: Pick<AdminContext, 'db' | 'clock' | 'auditLog'>) {
  async function qualityOf(versions: readonly number[]): Promise<(version: number) => Quality> {
    const rows = await db
      .select()
      .from(promptFigures)
      .where(inArray(promptFigures.version, [...versions]));
    return (version) => {
      const figure = (name: string) => rows.find((row) => row.version === version && row.figure === name)?.count ?? 0;
      return {
        ...{
          generations: figure('tries'),
          ready: figure('ready'),
          failed: figure('failed'),
          approved: figure('approved'),
        },
        ...{ wrongFace: figure('wrong-face'), oddMovement: figure('odd-movement'), other: figure('other') },
      };
    };
  }

  const written = () =>
    db
      .select({ row: promptVersions, name: profiles.name })
      .from(promptVersions)
      .leftJoin(profiles, eq(profiles.userId, promptVersions.authorId));

  async function withQuality(
    rows: Awaited<ReturnType<typeof written>>,
    isWithFirst: boolean,
  ): Promise<PromptVersion[]> {
    const texts: Omit<PromptVersion, 'quality'>[] = rows.map(({ row: { authorId, ...row }, name }) => ({
      ...row,
      author: { id: authorId, name: name ?? 'A deleted account' },
    }));
    if (isWithFirst) texts.push({ ...firstSystemPrompt, note: 'Echoes comes with it', author: null, createdAt: null });
    const quality = await qualityOf(texts.map(({ version }) => version));
    return texts.map((text) => ({ ...text, quality: quality(text.version) }));
  }

  /** The version that an earlier post of this same save made, or null. */
  async function madeBefore({ expected, text, note, adminId }: Saving): Promise<number | null> {
    const made = await first<{ version: number }>(db, statement(findSame, expected, adminId, text, note));
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
    /** The number of the next version, unless another admin saves first. */
    next,

    /** Versions newest first, older than `before`. */
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
     * Saves a text as a new version, not live yet. `expected` is the number that the page showed: a repeated post saves once,
     * and two admins at the same time get two numbers.
     */
    async save(saving: Saving): Promise<number> {
      const { text, note, adminId, requestId } = saving;
      for (let attempt = 1; ; attempt += 1) {
        const made = await madeBefore(saving);
        if (made !== null) return made;
        const version = await next();
        const entry = { subject: promptSubject, after: `version ${version}`, reason: note, requestId };
        try {
          await batch(db, [
            statement(insertVersion, version, text, note, adminId, clock()),
            auditLog.statement({ what: 'prompt-saved', adminId, ...entry }),
          ]);
          return version;
        } catch (error) {
          // Another admin took this number, or only the answer was lost: the table decides.
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
