import { Link } from '@remix-run/react';
import { Icon } from '~/components/icon';
import { sheetLink } from '~/components/use-sheet';
import { Written } from '~/components/written';
import { aspectOf } from '~/photos/frame';
import { MovingCover } from './moving-cover';
import { projectInWords } from './projects-page';
import type { ProjectCard } from './views';

/** A project on the projects page: its first clip as a link to the studio, its title and its length. */
export function ProjectTile({
  project,
  detailsPath,
  large = false,
}: {
  project: ProjectCard;
  /** The address of the sheet in which the project is renamed or deleted. */
  detailsPath: string;
  large?: boolean;
}) {
  const isWide = project.shape === '16:9';
  return (
    <article
      className={`relative grid grid-rows-[1fr_auto] gap-2 ${large ? 'col-span-2' : ''} ${large && !isWide ? 'md:row-span-2' : ''}`}
    >
      <Cover project={project} large={large} />
      <div className="flex items-start gap-1">
        <div className="min-w-0 grow pt-1">
          <h2 dir="auto" className={`${large ? 'text-25 md:text-32' : 'text-17'} line-clamp-2 wrap-anywhere`}>
            {/* The link covers the whole tile. */}
            <Link
              to={`/projects/${project.id}`}
              prefetch="intent"
              className="after:absolute after:inset-0 hover:underline"
            >
              {project.title}
            </Link>
          </h2>
          <p className="tabular mt-1 text-15 text-quiet">{projectInWords(project)}</p>
        </div>
        <Link
          {...sheetLink('film', detailsPath)}
          title="Rename or delete"
          className="relative -me-2 inline-grid size-11 shrink-0 place-items-center rounded-full transition hover:bg-line"
        >
          <Icon name="ellipsis" />
          <span className="sr-only">
            Rename or delete <Written>{project.title}</Written>
          </span>
        </Link>
      </div>
    </article>
  );
}

/** The cover in a tile of one shape for all projects; the framed photo fills it in the project's own shape. */
function Cover({ project: { cover, shape }, large }: { project: ProjectCard; large: boolean }) {
  const tile = large && shape === '16:9' ? 16 / 9 : 3 / 4;
  const fills = aspectOf(shape) < tile ? 'inset-x-0 top-1/2 -translate-y-1/2' : 'inset-y-0 left-1/2 -translate-x-1/2';
  return (
    <div className="relative min-h-full w-full overflow-hidden rounded-photo bg-line" style={{ aspectRatio: tile }}>
      {cover ? (
        <div className={`absolute ${fills}`} style={{ aspectRatio: aspectOf(shape) }}>
          <MovingCover
            url={cover.photoUrl}
            videoUrl={cover.videoUrl}
            size={cover}
            frame={cover.frame}
            shape={shape}
            width={large ? 'min(66vw, 30rem)' : 'min(33vw, 12rem)'}
            lazy={!large}
          />
        </div>
      ) : (
        <div className="absolute inset-0 grid place-items-center text-quiet">
          <Icon name="image-plus" size={32} />
        </div>
      )}
    </div>
  );
}
