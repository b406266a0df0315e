import { Button } from '~/components/button';
import { Icon } from '~/components/icon';
import type { Frame, Shape, Size } from '~/photos/frame';
import { pixelsShown } from '~/photos/frame-pixels';
import type { Look } from '~/photos/look/look';
import { type Warning, warningsFor } from '~/photos/look/warnings';
import { ReplacePhoto } from './replace-photo';
import { photoWarningText, remedyText } from './words-of-photos';

/** More would be read by nobody. */
const mostNotes = 3;

/** What a person may want to know of a photo before it is brought to life, each with the one thing to do about it. */
export function PhotoNotes({
  look,
  size,
  shape,
  frame,
  onFrame,
  onShape,
  onReplace,
}: {
  look: Look;
  size: Size;
  shape: Shape;
  frame: Frame;
  onFrame: (frame: Frame) => void;
  onShape: (shape: Shape) => void;
  onReplace: (files: readonly File[]) => void;
}) {
  const warnings = warningsFor({ look, size, shape, frame }).slice(0, mostNotes);
  if (warnings.length === 0) return null;
  // One button to replace the photo is enough for all that it would mend.
  const replacing = warnings.find(({ remedy }) => remedy.kind === 'replace');
  const shown = pixelsShown({ size, shape, frame });
  return (
    <ul aria-label="About this photo" className="grid gap-2" data-photo-notes>
      {warnings.map((warning) => (
        <li
          key={warning.kind}
          data-photo-note={warning.kind}
          className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-control border border-line px-4 py-2"
        >
          <Icon name="circle-help" className="text-quiet" />
          <p className="min-w-0 grow basis-48 text-15">{photoWarningText(warning, shown)}</p>
          <RemedyButton {...{ warning, onFrame, onShape }} />
          {warning === replacing && <ReplacePhoto onReplace={onReplace} />}
        </li>
      ))}
    </ul>
  );
}

function RemedyButton({
  warning,
  onFrame,
  onShape,
}: {
  warning: Warning;
  onFrame: (frame: Frame) => void;
  onShape: (shape: Shape) => void;
}) {
  const { remedy } = warning;
  if (remedy.kind !== 'frame' && remedy.kind !== 'shape') return null;
  return (
    <Button
      kind="quiet"
      size="small"
      onClick={() => (remedy.kind === 'frame' ? onFrame(remedy.frame) : onShape(remedy.shape))}
    >
      {remedyText(warning)}
    </Button>
  );
}
