import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { clips, projects as films, generations, uploads as photoUploads } from '~/db/schema.server';
import { isOpen } from '~/generations/pipeline/states';
import type { Uploads } from '~/photos/uploads.server';
import type { Projects } from '~/projects/projects.server';

/** Three of the project's own pictures (public/scenes): two people, one face, many things. */
export const scenes = [
  { id: 'bench-by-the-sea', name: 'A bench by the sea' },
  { id: 'grandmother-at-the-window', name: 'A grandmother at the window' },
  { id: 'birthday-table', name: 'A birthday table' },
] as const;
type SceneId = (typeof scenes)[number]['id'];

/** How the film of samples is called and found again. */
export const samplesTitle = 'Samples for the system prompt';

/** One sample photo as a clip of the film. `isOpen` while any try of it is under way. */
interface Sample {
  scene: SceneId;
  clipId: string;
  isOpen: boolean;
}

/** A film in the admin's own account, and those of its clips that are samples. Whole when it has them all. */
export interface SamplesFilm {
  projectId: string | null;
  samples: Sample[];
  isWhole: boolean;
}

/** The sample photos, brought into an admin's own film as every photo comes, so that every law holds for them. */
export function createPromptSamples({
  db,
  assets,
  projects,
  uploads,
  appOrigin,
}: {
  db: Database;
  assets: Pick<Fetcher, 'fetch'>;
  projects: Pick<Projects, 'create'>;
  uploads: Pick<Uploads, 'begin' | 'append'>;
  appOrigin: string;
}) {
  const keyOf = (projectId: string, scene: SceneId) => `${projectId}-${scene}`;

  async function find(userId: string): Promise<SamplesFilm> {
    const rows = await db
      .select({ projectId: films.id, clipId: clips.id, requestKey: photoUploads.requestKey, state: generations.state })
      .from(films)
      .leftJoin(clips, and(eq(clips.userId, films.userId), eq(clips.projectId, films.id), isNull(clips.deletedAt)))
      .leftJoin(photoUploads, and(eq(photoUploads.userId, clips.userId), eq(photoUploads.id, clips.photoId)))
      .leftJoin(generations, eq(generations.id, clips.latestGenerationId))
      .where(and(eq(films.userId, userId), eq(films.title, samplesTitle), isNull(films.deletedAt)))
      .orderBy(desc(films.id));
    const projectId = rows[0]?.projectId ?? null;
    const samples = scenes.flatMap(({ id: scene }): Sample[] => {
      const row = rows.find((one) => projectId !== null && one.requestKey === keyOf(projectId, scene));
      return row?.clipId ? [{ scene, clipId: row.clipId, isOpen: row.state !== null && isOpen(row.state) }] : [];
    });
    return { projectId, samples, isWhole: samples.length === scenes.length };
  }

  /** Brings one picture into this film, once. */
  async function bring({ userId, projectId, scene }: { userId: string; projectId: string; scene: SceneId }) {
    const picture = await assets.fetch(`${appOrigin}/scenes/${scene}.jpg`);
    if (!picture.ok) throw new Error(`the picture of ${scene} is not among the assets: ${picture.status}`);
    const bytes = new Uint8Array(await picture.arrayBuffer());
    const metadata = { projectId, requestKey: keyOf(projectId, scene), fileName: `${scene}.jpg`, takenAt: null };
    const begun = await uploads.begin({ userId, lengthBytes: bytes.length, metadata });
    if (begun.outcome !== 'at' || begun.clipId !== null) return;
    const { id: uploadId, offsetBytes: offset } = begun.upload;
    const body = new Response(bytes.subarray(offset)).body;
    await uploads.append({ userId, uploadId, offset, body, declared: bytes.length - offset, checksum: null });
  }

  return {
    /** The newest film of samples, as it is. */
    find,

    /** The film of samples: made where there is none, filled up, and made anew where a sample was taken out of it. */
    async make(userId: string): Promise<SamplesFilm> {
      let film = await find(userId);
      for (const isNew of [film.projectId === null, true]) {
        if (film.isWhole) break;
        const made = isNew ? await projects.create({ userId, title: samplesTitle }) : null;
        const projectId = made?.outcome === 'created' ? made.project.id : film.projectId;
        // No room for another film: then it stays as it is.
        if (projectId === null || made?.outcome === 'too-many') break;
        for (const { id: scene } of scenes) await bring({ userId, projectId, scene });
        film = await find(userId);
      }
      return film;
    },
  };
}

export type PromptSamples = ReturnType<typeof createPromptSamples>;
