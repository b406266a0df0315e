import { createContext, type MutableRefObject, type ReactNode, useRef } from 'react';
import type { DeviceUploads } from './device-uploads';

/** Holds the photos on their way from this page: null until a page first shows or sends some, whose scripts make it. */
export const UploadsContext = createContext<MutableRefObject<DeviceUploads | null> | null>(null);

/** Above all pages, so that photos go on when a person goes to another page of Echoes. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const uploads = useRef<DeviceUploads | null>(null);
  return <UploadsContext.Provider value={uploads}>{children}</UploadsContext.Provider>;
}
