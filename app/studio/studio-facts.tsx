import type { UploadGlance } from '~/photos/upload-list';
import { secondsOfClips } from '~/projects/film-length';
import { projectInWords } from '~/projects/projects-page';
import type { ClipView } from '~/projects/views';
import { TitleProposal } from './title-proposal';

/** The lines under the film's title: what it consists of, a title for it, and photos that this page must wait for. */
export function StudioFacts({
  title,
  clips,
  coming,
  onTitle,
}: {
  title: string;
  clips: readonly ClipView[];
  /** Uploads that are no clips yet. */
  coming: readonly UploadGlance[];
  onTitle: (title: string) => void;
}) {
  const isUploading = coming.some(({ reason }) => reason === null);
  return (
    <>
      <p className="tabular -mt-4 text-15 text-quiet">
        {clips.length > 0
          ? projectInWords({ clipCount: clips.length, seconds: secondsOfClips(clips) })
          : 'You can go on adding photos.'}
      </p>
      {!isUploading && <TitleProposal title={title} clips={clips} onChange={onTitle} />}
      {coming.some(({ isKept, isDone }) => !isKept && !isDone) && (
        <p role="status" className="text-15">
          Keep this page open until your photos have arrived: this browser cannot keep them meanwhile.
        </p>
      )}
    </>
  );
}
