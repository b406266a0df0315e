const day = 24 * 3_600_000;

/** How long what was deleted stays, in ms. */
export const retention = {
  /** A film or a clip can be brought back for this long. */
  restorable: 30 * day,
  /** It is erased a day later, so that no restoring can meet the erasing. */
  deleted: 31 * day,
  /** Nobody can bring an account back: what still runs for it has ended by then. */
  account: day,
} as const;
