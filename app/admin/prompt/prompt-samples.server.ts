import { and, desc, eq, isNull } from 'drizzle-orm';
import type { AdminContext } from '~/admin/audit-log.server';
import { clips, generations, uploads as photoUploads, projects as projectRows } from '~/db/schema.server';
import { isOpen } from '~/generations/pipeline/states';
import type { Uploads } from '~/photos/uploads.server';
import type { Projects } from '~/projects/projects.server';

/** Three of the project's own pictures (public/scenes): two people, a face, many objects. */
export const scenes = [
  { id: 'bench-by-the-sea', name: 'A bench by the sea' },
  { id: 'grandmother-at-the-window', name: 'A grandmother at the window' },
  { id: 'birthday-table', name: 'A birthday table' },
] as const;
type SceneId = (typeof scenes)[number]['id'];

/** The title of the samples' project, by which it is found again. */
export const samplesTitle = 'Samples for the system prompt';

/** One sample photo as a clip. `isOpen` while a generation of it is open. */
interface Sample {
  scene: SceneId;
  clipId: string;
  isOpen: boolean;
}

/** The samples' project in the admin's own account. `isWhole` once it has all samples. */
export interface SamplesProject {
  projectId: string | null;
  samples: Sample[];
  isWhole: boolean;
}

/** Sample photos for an admin's trials. They are uploaded to the admin's own project like any photo, under all laws. */
export function createPromptSamples(
  { db }: Pick<AdminContext, 'db'>,
  {
    assets,
    projects,
    uploads,
    appOrigin,
  }: {
    assets: Pick<Fetcher, 'fetch'>;
    projects: Pick<Projects, 'create'>;
    uploads: Pick<Uploads, 'begin' | 'append'>;
    appOrigin: string;
  },
) {
  const keyOf = (projectId: string, scene: SceneId) => `${projectId}-${scene}`;

  async function find(userId: string): Promise<SamplesProject> {
    const rows = await db
      .select({
        projectId: projectRows.id,
        clipId: clips.id,
        requestKey: photoUploads.requestKey,
        state: generations.state,
      })
      .from(projectRows)
      .leftJoin(
        clips,
        and(eq(clips.userId, projectRows.userId), eq(clips.projectId, projectRows.id), isNull(clips.deletedAt)),
      )
      .leftJoin(photoUploads, and(eq(photoUploads.userId, clips.userId), eq(photoUploads.id, clips.photoId)))
      .leftJoin(generations, eq(generations.id, clips.latestGenerationId))
      .where(and(eq(projectRows.userId, userId), eq(projectRows.title, samplesTitle), isNull(projectRows.deletedAt)))
      .orderBy(desc(projectRows.id));
    const projectId = rows[0]?.projectId ?? null;
    const samples = scenes.flatMap(({ id: scene }): Sample[] => {
      const row = rows.find((one) => projectId !== null && one.requestKey === keyOf(projectId, scene));
      return row?.clipId ? [{ scene, clipId: row.clipId, isOpen: row.state !== null && isOpen(row.state) }] : [];
    });
    return { projectId, samples, isWhole: samples.length === scenes.length };
  }

  /** Uploads one sample photo to this project, once. */
  async function upload({ userId, projectId, scene }: { userId: string; projectId: string; scene: SceneId }) {
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
    /** The newest samples' project, as it is. */
    find,

    /** The samples' project: created, completed, or created again where a sample was deleted. */
    async make(userId: string): Promise<SamplesProject> {
      let found = await find(userId);
      for (const isNew of [found.projectId === null, true]) {
        if (found.isWhole) break;
        const made = isNew ? await projects.create({ userId, title: samplesTitle }) : null;
        const projectId = made?.outcome === 'created' ? made.project.id : found.projectId;
        // The account has no room for another project.
        if (projectId === null || made?.outcome === 'too-many') break;
        for (const { id: scene } of scenes) await upload({ userId, projectId, scene });
        found = await find(userId);
      }
      return found;
    },
  };
}

export type PromptSamples = ReturnType<typeof createPromptSamples>;
