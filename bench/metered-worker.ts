// The built Worker with its D1, R2, queue and objects, with meters around it and a provider that answers at once. Its clock
// runs faster than real time, which shortens the waits of the pipeline.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { transformWithEsbuild } from 'vite';
import { startBundle } from '../journeys/echoes.ts';
import type { Meter, RunOptions } from './counting-worker.ts';

const root = resolve(import.meta.dirname, '..');
const origin = 'https://echoes.test';

export type Counts = Record<Meter, number>;

/** A picture of public/scenes/. */
export interface Photo {
  file: string;
  width: number;
  height: number;
}
const scene: Photo = { file: 'bench-by-the-sea.jpg', width: 1080, height: 1440 };

/** A signed-in person with one project, whose clips have no generation yet. */
export interface ClipOwner {
  cookie: string;
  projectId: string;
  clipIds: string[];
}

/** Starts the metered Worker with an empty database. Every person made in it has the same photo. */
export async function startMeteredWorker(options: Omit<RunOptions, 'start'>, photo: Photo = scene) {
  const storage = await mkdtemp(join(tmpdir(), 'echoes-'));
  const worker = await startBundle({
    storage,
    bindings: {
      APP_ORIGIN: origin,
      GOOGLE_ISSUER: 'https://google.test',
      GOOGLE_CLIENT_ID: 'bench',
      GOOGLE_CLIENT_SECRET: 'bench-secret',
      RUNWAYML_BASE_URL: 'https://runway.test',
      RUNWAYML_API_SECRET: `key_${'0'.repeat(128)}`,
      RUNWAYML_OUTPUT_HOSTS: 'output.runway.test',
      STRIPE_SECRET_KEY: 'sk_test_0123456789abcdef',
      STRIPE_WEBHOOK_SECRET: 'whsec_0123456789abcdef',
      SESSION_SECRET: 'bench-session-secret',
      MEDIA_SIGNING_SECRET: 'bench-media-secret',
      IDENTITY_SECRET: 'bench-identity-secret',
      RUN_OPTIONS: { ...options, start: Date.now() } satisfies RunOptions,
    },
    before: await aroundTheBundle(),
  });
  const db = await worker.getD1Database('DB');
  const media = await worker.getR2Bucket('MEDIA');
  const jpeg = await readFile(resolve(root, 'public/scenes', photo.file));
  const run = (sql: string, ...values: unknown[]) =>
    db
      .prepare(sql)
      .bind(...values)
      .run();
  const setting = 'INSERT INTO settings (key, value, updated_at) VALUES (?1, ?2, 1)';
  if (!options.isMetered) await run(setting, 'maxAtProvider', '{"runway":1000}');
  await run(setting, 'deadlineMinutes', '120');
  let number = 0;
  const idOf = (kind: string) => `${kind}_${String(++number).padStart(26, '0')}`;

  async function person(clipCount: number, { isReal = true } = {}): Promise<ClipOwner & { userId: string }> {
    const [userId, projectId] = [idOf('usr'), idOf('prj')];
    await run('INSERT INTO users (id, created_at) VALUES (?1, 1)', userId);
    await run('INSERT INTO credit_accounts (user_id) VALUES (?1)', userId);
    await run(
      `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
       VALUES ('adjustment:' || ?1, ?1, 1, ?2, ?2, 'adjustment', 'bench', 1)`,
      userId,
      clipCount,
    );
    await run(
      "INSERT INTO profiles (user_id, google_sub, email, name, updated_at) VALUES (?1, ?1, ?1 || '@echoes.test', 'A', 1)",
      userId,
    );
    const hash = createHash('sha256').update(`secret-of-${userId}`).digest('base64url');
    await run(
      `INSERT INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at) VALUES (?1, ?2, '', ?3, ?3, ?4)`,
      ...[hash, userId, Date.now() + 3_600_000, Date.now() + 1e9],
    );
    await run(
      "INSERT INTO projects (id, user_id, title, created_at, updated_at) VALUES (?1, ?2, 'Summer', 1, 1)",
      ...[projectId, userId],
    );
    const clipIds: string[] = [];
    for (let index = 0; index < clipCount; index += 1) {
      const [photoId, clipId] = [idOf('pho'), idOf('clp')];
      const key = `u/${userId}/p/${photoId}.jpg`;
      await db.batch([
        db
          .prepare(
            `INSERT INTO uploads (id, user_id, project_id, request_key, file_name, length_bytes, offset_bytes, state, created_at, expires_at)
             VALUES (?1, ?2, ?3, ?1, 'a.jpg', 1, 1, 'done', 1, 2)`,
          )
          .bind(photoId, userId, projectId),
        db
          .prepare(
            `INSERT INTO photos (id, user_id, project_id, media_key, size_bytes, width, height, created_at)
             VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, 1)`,
          )
          .bind(photoId, userId, projectId, key, photo.width, photo.height),
        db
          .prepare(
            'INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at) VALUES (?1, ?2, ?3, ?4, ?5, 1)',
          )
          .bind(clipId, userId, projectId, photoId, `a${index}`),
      ]);
      if (isReal) await media.put(key, jpeg);
      clipIds.push(clipId);
    }
    return { userId, cookie: `__Host-echoes=secret-of-${userId}`, projectId, clipIds };
  }

  const cleaned = () =>
    db.prepare('SELECT count(*) AS n FROM generations WHERE cleaned_at IS NOT NULL').first<number>('n');

  return {
    /** Makes `count` people with `photosEach` photos each. */
    async people(count: number, photosEach: number): Promise<ClipOwner[]> {
      const made: ClipOwner[] = [];
      while (made.length < count) made.push(await person(photosEach));
      return made;
    },

    /** Starts a generation for every photo of these people, waits until all are cleaned up, and returns how many. */
    async bringToLife(people: readonly ClipOwner[]): Promise<number> {
      const before = (await cleaned()) ?? 0;
      await Promise.all(
        people.map(async ({ cookie, projectId, clipIds }) => {
          const body = new URLSearchParams([
            ['requestKey', `bench-${projectId}`],
            ...clipIds.map((id) => ['clipIds', id] as [string, string]),
          ]);
          const answer = await worker.dispatchFetch(`${origin}/projects/${projectId}/generations`, {
            method: 'POST',
            headers: {
              Cookie: cookie,
              Origin: origin,
              'Sec-Fetch-Site': 'same-origin',
              'Content-Type': 'application/x-www-form-urlencoded',
              Accept: 'application/json',
            },
            body: body.toString(),
          });
          if (!answer.ok) throw new Error(`bringing to life answered ${answer.status}: ${await answer.text()}`);
          await answer.arrayBuffer();
        }),
      );
      const wanted = people.reduce((sum, { clipIds }) => sum + clipIds.length, 0);
      while (((await cleaned()) ?? 0) < before + wanted) await wait(50);
      const failed = await db
        .prepare("SELECT failure_reason AS why FROM generations WHERE state = 'failed'")
        .first('why');
      if (failed !== null) throw new Error(`a clip failed: ${failed}`);
      return wanted;
    },

    /** Adds `count` generations of other people, which stay at the provider for hours. */
    async crowd(count: number): Promise<void> {
      const now = Date.now();
      for (let made = 0; made < count; made += 50) {
        const { userId, clipIds } = await person(50, { isReal: false });
        for (const clipId of clipIds) {
          const id = idOf('gen');
          await run(
            `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state_at, created_at, deadline_at, provider, model,
               preset_id, words, prompt, duration_seconds, shape, frame_x, frame_y, frame_zoom)
             VALUES (?1, ?2, ?3, ?1, 1, ?4, ?4, ?5, 'runway', 'gen4_turbo', 'gentle', '', '', 5, '9:16', 0.5, 0.5, 1)`,
            ...[id, userId, clipId, now, now + 1e10],
          );
        }
      }
      await run(setting, 'maxAtProvider', '{"runway":1000}');
      await run("UPDATE generations SET state = 'submitting', state_at = state_at + 1 WHERE state = 'queued'");
      await run(
        "UPDATE generations SET state = 'generating', provider_task_id = 'task-' || id WHERE state = 'submitting'",
      );
    },

    origin,
    /** Sends a request to the Worker. */
    fetch: (path: string, init: { method?: string; headers?: Record<string, string>; body?: Uint8Array } = {}) =>
      worker.dispatchFetch(origin + path, { redirect: 'manual', ...init }),

    async sweep(): Promise<void> {
      await (await worker.getWorker()).scheduled({ cron: '* * * * *' });
    },

    /** The counts since the last call. */
    async counts(): Promise<Counts> {
      return (await (await worker.dispatchFetch(`${origin}/bench/counts`)).json()) as Counts;
    },

    async close(): Promise<void> {
      await worker.dispose();
      await rm(storage, { recursive: true, force: true });
    },
  };
}

/** The meters as modules: the new entry, which wraps the entry of the bundle, and its imports. */
async function aroundTheBundle() {
  const plain = async (path: string) =>
    (await transformWithEsbuild(await readFile(resolve(root, path), 'utf8'), path)).code;
  const counting = (await plain('bench/counting-worker.ts')).replace('~/testing/provider', './testing.js');
  const entry = `import { counted } from './counting.js';
import * as bundle from './app.js';
const { GenerationJob, LiveChannel, default: door } = counted(bundle);
export { GenerationJob, LiveChannel, door as default };`;
  return [
    { path: 'entry.js', contents: entry },
    { path: 'counting.js', contents: counting },
    { path: 'testing.js', contents: await plain('app/testing/provider.ts') },
  ];
}
