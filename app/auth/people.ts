/** A signed-in person. */
export interface Person {
  id: string;
  name: string;
  email: string;
  /** May open `/admin`. */
  isAdmin: boolean;
}

/** One device on which a person is signed in. Times in ms since 1970. */
export interface Device {
  /** The key of its session, by which the person can end it; nobody can sign in with it. */
  id: string;
  /** The `User-Agent` header of its sign-in. */
  userAgent: string;
  signedInAt: number;
  /** The last request, to the hour. */
  seenAt: number;
  /** The device of this request. */
  isThisOne: boolean;
}

/** A signed-in admin. `isFresh`: Google has asked who they are within the last fifteen minutes, so they may move money and settings. */
export interface Admin {
  id: string;
  name: string;
  isFresh: boolean;
}
