import { useCallback, useContext, useEffect, useSyncExternalStore } from 'react';
import { createDeviceUploads, type DeviceUploads } from './device-uploads';
import type { UploadGlance, UploadItem } from './upload-list';
import { UploadsContext } from './uploads-provider';

function useDeviceUploads(): DeviceUploads {
  const uploads = useContext(UploadsContext);
  if (!uploads) throw new Error('no UploadsProvider');
  uploads.current ??= createDeviceUploads();
  return uploads.current;
}

const nothing = () => null;
const nobody: readonly UploadGlance[] = [];
const none = () => nobody;

/** The uploads of a film while its page is shown. The list changes when one comes, goes, fails or arrives. */
export function useUploads(projectId: string): {
  uploads: readonly UploadGlance[];
  add: (files: readonly File[]) => void;
  device: Pick<DeviceUploads, 'warm' | 'retry' | 'cancel'>;
} {
  const device = useDeviceUploads();
  const { list } = device;
  useEffect(() => device.open(projectId), [device, projectId]);
  const subscribe = useCallback((tell: () => void) => list.subscribe(projectId, tell), [list, projectId]);
  const uploads = useSyncExternalStore(subscribe, () => list.ofProject(projectId), none);
  const add = useCallback((files: readonly File[]) => device.add({ projectId, files }), [device, projectId]);
  return { uploads, add, device };
}

/** The photos of this device that have not arrived, and the way to send them from a page that shows no film. */
export function useUnsent(): { find: DeviceUploads['unsent']; send: DeviceUploads['sendAll'] } {
  const device = useDeviceUploads();
  return { find: device.unsent, send: device.sendAll };
}

/** One upload with its changes and the actions of its card; null once it is removed. */
export function useUpload(id: string): {
  item: UploadItem | null;
  device: Pick<DeviceUploads, 'cancel' | 'retry' | 'see'>;
} {
  const device = useDeviceUploads();
  const { list } = device;
  const subscribe = useCallback((tell: () => void) => list.subscribe(id, tell), [list, id]);
  return { item: useSyncExternalStore(subscribe, () => list.find(id), nothing), device };
}

/** The thumbnail of the upload that became this clip, for the moment before the stored photo has loaded. */
export function usePreviewOfClip(clipId: string): string | null {
  const { list } = useDeviceUploads();
  const subscribe = useCallback((tell: () => void) => list.subscribe(clipId, tell), [list, clipId]);
  return useSyncExternalStore(subscribe, () => list.previewOfClip(clipId), nothing);
}
