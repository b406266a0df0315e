const day = 24 * 3_600_000;

/** How long deleted data stays, in ms. */
export const retention = {
  /** How long a deleted project or clip can be restored. */
  restorable: 30 * day,
  /** When it is erased: a day later, so that a restore never meets the erasure. */
  deleted: 31 * day,
  /** When a deleted account is erased. It cannot be restored, and its open generations have ended by then. */
  account: day,
} as const;
