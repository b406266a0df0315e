import { useEffect } from 'react';
import { useSheet } from '~/components/use-sheet';
import type { DeviceUploads } from '~/photos/device-uploads';
import type { ClipView, ProjectView } from '~/projects/views';
import { AlikeSheet } from './alike-sheet';
import type { useNote } from './note';
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
  project: { shape },
  here,
  isBusy,
  looks,
  device,
  actions,
  notes,
  onMarks,
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
  onMarks: (marks: PhotoMarks) => void;
}) {
  useProposals({ clips, shape, isBusy, looks, propose: actions.propose });
  const marks = usePhotoMarks({ clips, shape, isBusy, looks });
  useEffect(() => onMarks(marks), [marks, onMarks]);

  const acts = useManyActs({ actions, notes });
  const alike = useSheet('alike');
  const stack = marks.stacks.find(({ top }) => top === alike.value);
  return (
    <>
      {here.length > 1 && <PhotosHere ids={here} device={device} />}
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
