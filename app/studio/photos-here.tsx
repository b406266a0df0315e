import { Button } from '~/components/button';
import { usePressGuard } from '~/components/use-press-guard';
import type { DeviceUploads } from '~/photos/device-uploads';

/** Photos that were picked though they are in the film, when there are several: one press decides about all of them. */
export function PhotosHere({
  ids,
  device,
}: {
  /** Their uploads. */
  ids: readonly string[];
  device: Pick<DeviceUploads, 'retry' | 'cancel'>;
}) {
  const guard = usePressGuard(ids.join(), { fromStart: true });
  const decide = (act: (id: string) => void) => {
    for (const id of ids) act(id);
  };
  return (
    <div {...guard} data-photos-here={ids.length} className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <p role="status" className="text-15">
        {ids.length} of these photos are already in this film.
      </p>
      <div className="flex gap-2">
        <Button kind="quiet" size="small" onClick={() => decide(device.cancel)}>
          Leave them out
        </Button>
        <Button kind="quiet" size="small" onClick={() => decide(device.retry)}>
          Keep both
        </Button>
      </div>
    </div>
  );
}
