/** Somebody who is signed in, as pages and doors know them. */
export interface Person {
  id: string;
  name: string;
  email: string;
  role: 'person' | 'admin';
}

/** One device on which a person is signed in. Times in ms since 1970. */
export interface Device {
  /** The browser's own description of itself. */
  userAgent: string;
  signedInAt: number;
  /** The last visit, to the hour. */
  seenAt: number;
  /** The device that asks. */
  isThisOne: boolean;
}
