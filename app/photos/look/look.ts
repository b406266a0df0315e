import type { Face } from './faces';
import type { Fingerprint } from './fingerprint';
import type { Paper } from './paper';
import type { Quality } from './quality';

/** What Echoes sees in a photo, on the person's own device. Nothing of it leaves the device. */
export interface Look {
  faces: readonly Face[];
  /** The print in the picture, where the photo shows a print on a table or with a white border; else null. */
  paper: Paper | null;
  quality: Quality;
}

/** `not-loaded`: the detector's file did not come. `unreadable`: the browser does not open the photo. */
export type LookResult =
  | { outcome: 'seen'; look: Look }
  | { outcome: 'known'; fingerprint: Fingerprint | null }
  | { outcome: 'not-loaded' }
  | { outcome: 'unreadable' };
