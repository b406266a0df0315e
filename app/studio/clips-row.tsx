import { Button } from '~/components/button';
import type { ClipView } from '~/projects/views';
import { type Attention, attentions, attentionWords, clipsByAttention } from './attention';
import type { PhotoMarks } from './photo-marks';

/** Opens all clips of a film, or those that wait for the person. */
export function ClipsRow({
  clips,
  warnings,
  onOpen,
}: {
  clips: readonly ClipView[];
  warnings: PhotoMarks['warnings'];
  onOpen: (attention: Attention) => void;
}) {
  const groups = clipsByAttention(clips, warnings);
  return (
    <div className="-mx-(--gutter) flex gap-1 overflow-x-auto px-(--gutter)">
      {attentions.map(
        (one) =>
          groups[one].length > 0 && (
            <Button
              key={one}
              kind="plain"
              size="small"
              icon={one === 'all' ? 'layout-grid' : undefined}
              className={`tabular shrink-0 ${one === 'all' ? '-ms-4' : ''}`}
              onClick={() => onOpen(one)}
            >
              {one === 'all' ? 'All clips' : attentionWords(one, groups[one].length)}
            </Button>
          ),
      )}
    </div>
  );
}
