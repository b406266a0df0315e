/** Forced behaviour of a film service, set by words of a prompt or by the board. */
export type Forced = {
  /** The answer to the create request. */
  create?: 'refuse' | 'no-credits' | 'daily-quota' | 'overloaded' | 'lose-answer';
  /** How the task runs. */
  run?: 'hang' | 'throttle';
  /** The task ends in failure with this code. */
  failureCode?: string;
  /** A fault of the output; with `once`, of its first download alone. */
  output?: { fault: 'cut' | 'html' | 'expired'; once: boolean };
};

/** Force words with a meaning of their own; every other word is a failure code. */
export const forceWords: Record<string, Forced> = {
  REFUSE: { create: 'refuse' },
  NO_CREDITS: { create: 'no-credits' },
  DAILY_QUOTA: { create: 'daily-quota' },
  OVERLOADED: { create: 'overloaded' },
  LOSE_ANSWER: { create: 'lose-answer' },
  HANG: { run: 'hang' },
  THROTTLE: { run: 'throttle' },
  CUT_OUTPUT: { output: { fault: 'cut', once: false } },
  HTML_OUTPUT: { output: { fault: 'html', once: false } },
  EXPIRE_OUTPUT: { output: { fault: 'expired', once: true } },
};

/** The failure codes Runway documents, for the board's list. */
export const failureCodes = [
  'SAFETY.INPUT.IMAGE',
  'SAFETY.INPUT.TEXT',
  'SAFETY.OUTPUT.VIDEO',
  'INPUT_PREPROCESSING.SAFETY.TEXT',
  'INPUT_PREPROCESSING.INTERNAL',
  'INTERNAL.BAD_OUTPUT.CODE01',
  'ASSET.INVALID',
  'THIRD_PARTY.UNAVAILABLE',
  'INTERNAL',
] as const;

/**
 * Reads `[[WORD]]` in prompts. `[[WORD_ONCE]]` applies once: to the first request with that prompt, or, as a fault of the
 * output, to its first download. Any other word in capitals is a failure code.
 */
export function createForce(): {
  forcedBy(prompt: string): Forced;
  next(word: string, times?: number): void;
  waiting(): readonly string[];
} {
  const spent = new Set<string>();
  const queue: string[] = [];

  function meaning(word: string, prompt: string): Forced {
    const plain = word.replace(/_ONCE$/, '');
    const forced = forceWords[plain] ?? { failureCode: plain };
    if (plain === word) return forced;
    if (forced.output) return { output: { ...forced.output, once: true } };
    const seen = `${word} ${prompt}`;
    if (spent.has(seen)) return {};
    spent.add(seen);
    return forced;
  }

  return {
    forcedBy(prompt) {
      const words = [...prompt.matchAll(/\[\[([A-Z][A-Z0-9_.]*)\]\]/g)].map(([, word = '']) => word);
      const first = queue.shift();
      return Object.assign({}, ...[...words, ...(first ? [first] : [])].map((word) => meaning(word, prompt)));
    },
    next(word, times = 1) {
      for (let count = 0; count < times; count += 1) queue.push(word);
    },
    waiting: () => queue,
  };
}

/** The forced behaviour as text for the board. */
export function namesOf({ create, run, failureCode, output }: Forced): string {
  return [create, run, failureCode, output?.fault].filter(Boolean).join(', ');
}

/** Runway charges for moderated tasks as for successful ones, and not for its own errors. */
export function isCharged(failureCode: string): boolean {
  return failureCode.startsWith('SAFETY.') || failureCode.startsWith('INPUT_PREPROCESSING.SAFETY');
}

/** The sentence that comes with a failure code. */
export function failureText(failureCode: string): string {
  if (/(^|\.)SAFETY(\.|$)/.test(failureCode)) return 'The task was blocked by our content moderation.';
  if (failureCode.startsWith('ASSET')) return 'An asset could not be used.';
  return 'An unexpected error occurred.';
}
