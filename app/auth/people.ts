/** Somebody who is signed in, as pages and doors know them. */
export interface Person {
  id: string;
  name: string;
  email: string;
  /** May go behind the owner's desk. */
  isAdmin: boolean;
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

/** An admin at work. `isFresh`: they signed in within the last fifteen minutes, so they may move money and settings. */
export interface Admin {
  id: string;
  name: string;
  isFresh: boolean;
}
