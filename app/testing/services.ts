// Seeds of the tests in workerd: real rows on real D1, under the product's laws.
import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { createCookies } from '~/auth/cookies';
import { createSessions } from '~/auth/sessions.server';
import { type Config, readConfig } from '~/config.server';
import { openAccountStatement } from '~/credits/ledger.server';
import type { Clock } from '~/db/ids';
import { admins, clips, photos, profiles, projects, uploads, users } from '~/db/schema.server';
import { run } from '~/db/statement';
import { photoKey } from '~/media/keys';
import { createServices } from '~/services.server';

/** Vars and secrets of the tests (vitest.config.ts), checked. */
export function testConfig(): Config {
  const read = readConfig(env);
  if (!read.ok) throw new Error(`test configuration lacks ${read.names}`);
  return read.config;
}

/** The product's services on this test file's own storage. `clock` in ms and `fetch` are by default the real ones. */
export function testServices({ clock = Date.now, fetch }: { clock?: Clock; fetch?: typeof globalThis.fetch } = {}) {
  return createServices({ env, config: testConfig(), clock, ...(fetch && { fetch }) });
}

let count = 0;
const unique = () => `${++count}`.padStart(26, '0');

/** A person with an account and `credits` credits; `createdAt` in ms, `accountHash` of their Google account. */
export async function seedPerson({
  credits = 0,
  createdAt = 1,
  accountHash = null,
}: {
  credits?: number;
  createdAt?: number;
  accountHash?: string | null;
} = {}): Promise<string> {
  const {
    db,
    credits: { ledger },
  } = testServices();
  const userId = `usr_${unique()}`;
  await db.insert(users).values({ id: userId, createdAt, accountHash });
  await run(db, openAccountStatement(userId));
  if (credits > 0)
    await ledger.grant({ key: `adjustment:${userId}`, userId, credits, kind: 'adjustment', reference: 'test' });
  return userId;
}

/** Signs this person in, with a profile if there is none yet, and returns the Cookie header of their browser. */
export async function seedSession(userId: string): Promise<string> {
  const { db } = testServices();
  const profile = { userId, googleSub: userId, email: `${userId}@example.com`, name: 'Test Person', updatedAt: 1 };
  const [known] = await db.select().from(profiles).where(eq(profiles.userId, userId));
  if (!known) await db.insert(profiles).values(profile);
  const cookies = createCookies({ appOrigin: env.APP_ORIGIN });
  const request = new Request(env.APP_ORIGIN);
  const setCookie = await createSessions({ db, clock: Date.now, cookies }).begin({
    userId,
    request,
    authenticatedAt: Date.now(),
  });
  return setCookie.split(';')[0] as string;
}

/** Deletes an account for good, as after its seven days. */
export async function closeAccount(userId: string): Promise<void> {
  const { auth } = testServices();
  await auth.deleteAccount(userId);
  await auth.closeAccount(userId);
}

/** An admin who has just signed in, with a Google account of their own: their id and the Cookie header of their browser. */
export async function seedAdmin(): Promise<{ adminId: string; cookie: string }> {
  const adminId = await seedPerson({ accountHash: `account-${unique()}` });
  const cookie = await seedSession(adminId);
  await testServices().db.insert(admins).values({ googleSub: adminId, grantedAt: 1 });
  return { adminId, cookie };
}

/** Writes settings past the laws that guard them and past the admin panel and its limits; they take effect at once. */
export async function seedSettings(values: Readonly<Record<string, unknown>>): Promise<void> {
  const rows = Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)] as const);
  await withoutGuards(
    rows.flatMap(([key, value]) => [
      env.DB.prepare('DELETE FROM settings WHERE key = ?1').bind(key),
      env.DB.prepare('INSERT INTO settings (key, value, updated_at) VALUES (?1, ?2, 1)').bind(key, value),
    ]),
  );
  testServices().settings.forget();
}

/** Every setting at its default again, as if none had been changed. */
export async function clearSettings(): Promise<void> {
  await withoutGuards(['setting_changes', 'settings'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  testServices().settings.forget();
}

/** Runs these statements in one batch without the laws that guard settings, as another isolate would: no cache is told. */
export async function withoutGuards(statements: D1PreparedStatement[]): Promise<void> {
  const { results: laws } = await env.DB.prepare(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('settings','setting_changes') ORDER BY rowid",
  ).all<{ name: string; sql: string }>();
  await env.DB.batch([
    ...laws.map(({ name }) => env.DB.prepare(`DROP TRIGGER ${name}`)),
    ...statements,
    ...laws.map(({ sql }) => env.DB.prepare(sql)),
  ]);
}

/** A project of this person with `clipCount` clips, each a `photo` of 1080x1440 by default (its bytes are not in R2). */
export async function seedProject({
  userId,
  clipCount = 1,
  photo = {},
}: {
  userId: string;
  clipCount?: number;
  photo?: Partial<Pick<typeof photos.$inferInsert, 'sizeBytes' | 'width' | 'height' | 'orientation'>>;
}) {
  const { db } = testServices();
  const projectId = `prj_${unique()}`;
  await db.insert(projects).values({ id: projectId, userId, title: 'Summer', createdAt: 1, updatedAt: 1 });
  const clipIds: string[] = [];
  for (let index = 0; index < clipCount; index++) {
    const photoId = `pho_${unique()}`;
    const clipId = `clp_${unique()}`;
    const lengthBytes = photo.sizeBytes ?? 1;
    const size = { lengthBytes, offsetBytes: lengthBytes, state: 'done' as const };
    await db.batch([
      db.insert(uploads).values({
        id: photoId,
        userId,
        projectId,
        requestKey: photoId,
        fileName: 'a.jpg',
        createdAt: 1,
        expiresAt: 2,
        ...size,
      }),
      db.insert(photos).values({
        id: photoId,
        userId,
        projectId,
        mediaKey: photoKey({ userId, id: photoId }),
        sizeBytes: 1,
        width: 1080,
        height: 1440,
        createdAt: 1,
        ...photo,
      }),
      db.insert(clips).values({ id: clipId, userId, projectId, photoId, position: `a${index}`, createdAt: 1 }),
    ]);
    clipIds.push(clipId);
  }
  return { projectId, clipIds };
}
