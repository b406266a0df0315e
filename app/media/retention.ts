const hour = 3_600_000;
const day = 24 * hour;

/** How long deleted data stays, in ms. */
export const retention = {
  /** How long a deleted project or clip can be restored. */
  restorable: 30 * day,
  /** When it is erased: a day later, so that a restore never meets the erasure. */
  deleted: 31 * day,
  /** How long the deletion of an account can be taken back; then the account is closed. */
  takeBack: 7 * day,
  /** When a closed account is erased: requests that were under way when it was closed have ended by then. */
  closed: hour,
} as const;
