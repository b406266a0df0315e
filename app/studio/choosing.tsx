import { useNavigate } from '@remix-run/react';
import { useEffect } from 'react';
import { useSheet } from '~/components/use-sheet';
import type { DeviceUploads } from '~/photos/device-uploads';
import type { ClipView, ProjectView } from '~/projects/views';
import type { PresetView } from '~/settings/preset-choice';
import { AlikeSheet } from './alike-sheet';
import { attentions } from './attention';
import { ClipsRow } from './clips-row';
import { ClipsSheet } from './clips-sheet';
import type { useNote } from './note';
import type { Neighbours } from './order';
import type { PhotoMarks } from './photo-marks';
import { PhotosHere } from './photos-here';
import type { LooksOfPage } from './use-looks';
import { useManyActs } from './use-many-acts';
import { usePhotoMarks } from './use-photo-marks';
import { useProposals } from './use-proposals';
import type { Studio } from './use-studio';

/** What helps a person to choose among the photos of a film. It is loaded once the page runs. */
export default function Choosing({
  clips,
  project,
  here,
  isBusy,
  looks,
  device,
  actions,
  notes,
  presets,
  balance,
  offer,
  onMarks,
  onBring,
  onMove,
}: {
  clips: readonly ClipView[];
  project: ProjectView;
  /** Uploads whose photo is in the film already. */
  here: readonly string[];
  /** True while photos are on their way: nothing here may slow them. */
  isBusy: boolean;
  looks: LooksOfPage;
  device: Pick<DeviceUploads, 'retry' | 'cancel'>;
  actions: Studio['actions'];
  notes: ReturnType<typeof useNote>;
  presets: readonly PresetView[];
  balance: number;
  offer: Parameters<typeof ClipsSheet>[0]['offer'];
  onMarks: (marks: PhotoMarks) => void;
  onBring: (clipIds: string[]) => void;
  onMove: (clip: ClipView, neighbours: Neighbours) => void;
}) {
  const { shape } = project;
  useProposals({ clips, shape, isBusy, looks, propose: actions.propose });
  const marks = usePhotoMarks({ clips, shape, isBusy, looks });
  useEffect(() => onMarks(marks), [marks, onMarks]);

  const acts = useManyActs({ actions, notes });
  const alike = useSheet('alike');
  const stack = marks.stacks.find(({ top }) => top === alike.value);
  const all = useSheet('clips');
  const navigate = useNavigate();
  // The clip takes the place of the grid: Back leads to the studio.
  const onOpen = (clipId: string) =>
    navigate(`?clip=${clipId}`, {
      replace: true,
      preventScrollReset: true,
      state: { opened: all.hasEntry ? ['clip'] : [] },
    });
  const attention = attentions.find((one) => one === all.value);
  return (
    <>
      {here.length > 1 && <PhotosHere ids={here} device={device} />}
      {clips.length > 1 && <ClipsRow {...{ clips, warnings: marks.warnings, onOpen: all.show }} />}
      {attention && (
        <ClipsSheet
          {...{ clips, project, marks, attention, presets, balance, offer, notes, acts, onMove, onOpen }}
          onAttention={all.show}
          onBring={(clipIds) => {
            all.close();
            onBring(clipIds);
          }}
          onClose={all.close}
        />
      )}
      {stack && (
        <AlikeSheet
          {...{ stack, clips, shape }}
          onClose={alike.close}
          onKeep={(kept) => {
            alike.close();
            void acts.keep(stack.ids, kept);
          }}
        />
      )}
    </>
  );
}
