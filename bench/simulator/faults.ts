/** The probability of each fault, 0..1 at each occasion. */
export interface Faults {
  /** The process dies before an effect, or after it and before its answer. */
  crashBefore: number;
  crashAfter: number;
  /** The database answers with an error: nothing was written, or everything was. */
  databaseRefuses: number;
  databaseAnswerLost: number;
  /** An alarm is set, and never rings; rings twice; rings late. */
  alarmLost: number;
  alarmDoubled: number;
  alarmLate: number;
  /** A call to a generation's object gets lost. */
  objectUnreachable: number;
  queueLost: number;
  queueDoubled: number;
  /** Telling the open pages fails. */
  publishFails: number;
  /** A request to the provider never arrives; is taken and its answer is lost; answers 5xx, taken or not; 429. */
  requestLost: number;
  answerLost: number;
  serverError: number;
  tooMany: number;
  /** R2 keeps nothing of a cut stream, refuses, or stores and its answer is lost. */
  streamCut: number;
  bucketRefuses: number;
  bucketAnswerLost: number;
  /** In each minute: the breaker opens, and the provider gets no new tasks for a while. */
  breakerOpens: number;
  /** In each minute: the account at a provider is empty for a while. */
  outOfFunds: number;
  /** In each minute: the owner lets a provider rest by hand; closes for maintenance. */
  restByHand: number;
  maintenance: number;
  /** In each episode: the day has a budget that is smaller than its submits. */
  budget: number;
  cronSkipped: number;
  cronDoubled: number;
  /** At any step: an admin ends the generation, an alarm or a message comes again. */
  interference: number;
  /** At any step a webhook comes: early, late, again, or about nothing. */
  webhook: number;
  /** An admin ends the generation at the worst moment: the video is stored and not committed. */
  failBeforeCommit: number;
  /** In each episode: the owner restores the database to an hour before. */
  setBack: number;
}

/** No faults: the healing phase, and the figures. */
export const noFaults: Faults = {
  crashBefore: 0,
  crashAfter: 0,
  databaseRefuses: 0,
  databaseAnswerLost: 0,
  alarmLost: 0,
  alarmDoubled: 0,
  alarmLate: 0,
  objectUnreachable: 0,
  queueLost: 0,
  queueDoubled: 0,
  publishFails: 0,
  requestLost: 0,
  answerLost: 0,
  serverError: 0,
  tooMany: 0,
  streamCut: 0,
  bucketRefuses: 0,
  bucketAnswerLost: 0,
  breakerOpens: 0,
  outOfFunds: 0,
  restByHand: 0,
  maintenance: 0,
  budget: 0,
  cronSkipped: 0,
  cronDoubled: 0,
  interference: 0,
  webhook: 0,
  failBeforeCommit: 0,
  setBack: 0,
};

/** Far more faults than in any real incident. */
export const heavyFaults: Faults = {
  crashBefore: 0.02,
  crashAfter: 0.02,
  databaseRefuses: 0.04,
  databaseAnswerLost: 0.03,
  alarmLost: 0.01,
  alarmDoubled: 0.03,
  alarmLate: 0.1,
  objectUnreachable: 0.05,
  queueLost: 0.08,
  queueDoubled: 0.05,
  publishFails: 0.02,
  requestLost: 0.03,
  answerLost: 0.04,
  serverError: 0.03,
  tooMany: 0.03,
  streamCut: 0.02,
  bucketRefuses: 0.01,
  bucketAnswerLost: 0.02,
  breakerOpens: 0.02,
  outOfFunds: 0.03,
  restByHand: 0.02,
  maintenance: 0.01,
  budget: 0.1,
  cronSkipped: 0.05,
  cronDoubled: 0.05,
  interference: 0.001,
  webhook: 0.02,
  failBeforeCommit: 0.05,
  setBack: 0.1,
};
