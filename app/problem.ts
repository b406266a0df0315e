/** The HTTP statuses that have a problem page of their own. */
const problemStatuses = [400, 401, 402, 403, 404, 405, 409, 413, 415, 416, 429, 500, 503] as const;
type ProblemStatus = (typeof problemStatuses)[number];

/** A problem as a page shows it: what happened, and the next step. */
export interface Problem {
  status: ProblemStatus;
  title: string;
  sentence: string;
  nextStep: { label: string; to: string } | 'reload';
}

/** A problem as JSON. `reason` is a stable word for programs, `message` a sentence for people. */
export interface ProblemJson {
  error: { status: number; reason: string; message: string; requestId: string };
}

const toFilms = { label: 'Go to my films', to: '/projects' };

const problems: Record<ProblemStatus, Omit<Problem, 'status'> & { reason: string }> = {
  400: {
    reason: 'bad-request',
    title: 'This could not be read',
    sentence: 'Something in the request was missing or not as it should be. Nothing has changed.',
    nextStep: toFilms,
  },
  401: {
    reason: 'signed-out',
    title: 'You are signed out',
    sentence: 'Sign in again and you are back where you were.',
    nextStep: { label: 'Sign in', to: '/' },
  },
  402: {
    reason: 'no-credit',
    title: 'Not enough credits',
    sentence: 'You do not have enough credits for this. Nothing was started.',
    nextStep: { label: 'See my credits', to: '/credits' },
  },
  403: {
    reason: 'forbidden',
    title: 'This is not open to you',
    sentence: 'It belongs to somebody else, or the request came from another site. Nothing has changed.',
    nextStep: toFilms,
  },
  404: {
    reason: 'not-found',
    title: 'There is nothing here',
    sentence: 'The film may have been deleted, or the address is not quite right.',
    nextStep: toFilms,
  },
  405: {
    reason: 'method-not-allowed',
    title: 'This address cannot do that',
    sentence: 'Nothing has changed.',
    nextStep: toFilms,
  },
  409: {
    reason: 'conflict',
    title: 'This has changed meanwhile',
    sentence: 'Another device or tab was quicker. Load the page again to see how it is now.',
    nextStep: 'reload',
  },
  413: {
    reason: 'too-large',
    title: 'That was too large',
    sentence: 'Photos may have up to 25 MB each. Nothing has been stored.',
    nextStep: toFilms,
  },
  415: {
    reason: 'unknown-format',
    title: 'This kind of file is not known here',
    sentence: 'Photos may be JPEG, PNG, WebP or HEIC. Nothing has been stored.',
    nextStep: toFilms,
  },
  416: {
    reason: 'no-such-part',
    title: 'This part does not exist',
    sentence: 'The file is shorter than what was asked for.',
    nextStep: toFilms,
  },
  429: {
    reason: 'too-many-requests',
    title: 'A little too fast',
    sentence: 'Many requests came from here at once. Wait a minute, then load the page again.',
    nextStep: 'reload',
  },
  500: {
    reason: 'unexpected',
    title: 'This page did not work out',
    sentence: 'The fault is on our side, and it has been noted down. Your films and your credits are as they were.',
    nextStep: 'reload',
  },
  503: {
    reason: 'unavailable',
    title: 'Echoes is resting for a moment',
    sentence: 'Your films and your credits are as they were. Wait a minute, then load the page again.',
    nextStep: 'reload',
  },
};

/** The problem of a person at the limit of projects; it has the status of other rate limits. */
export const tooManyProjects: Problem = {
  status: 429,
  title: 'That is a lot of films',
  sentence: 'You can have 1,000 films, and begin 200 in one day. Delete one you no longer need, or go on tomorrow.',
  nextStep: toFilms,
};

/** True for a problem that a route threw with its own texts. */
export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'sentence' in value && 'nextStep' in value;
}

/** The problem of a status; an unlisted status gets the problem of 400 or 500. */
export function problemFor(status: number): Problem {
  const known = nearest(status);
  const { title, sentence, nextStep } = problems[known];
  return { status: known, title, sentence, nextStep };
}

/** The problem of a status as JSON; `reason` and `message` default to those of the status. */
export function problemJson({
  status,
  reason,
  message,
  requestId,
}: {
  status: number;
  reason?: string | undefined;
  message?: string | undefined;
  requestId: string;
}): ProblemJson {
  const { reason: general, sentence } = problems[nearest(status)];
  return { error: { status, reason: reason ?? general, message: message ?? sentence, requestId } };
}

/** True for a client that reads JSON and no pages. */
export function wantsJson(headers: Headers): boolean {
  const accept = headers.get('Accept') ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
}

/** True for a browser that asks for a page. */
export function wantsPage(headers: Headers): boolean {
  return (headers.get('Accept') ?? '').includes('text/html');
}

function nearest(status: number): ProblemStatus {
  return problemStatuses.find((known) => known === status) ?? (status >= 500 ? 500 : 400);
}

/**
 * A refusal as the answer to a request for the data of a page, in the form in which Remix reads an error of its root route:
 * the page then shows the words of the status. A program's JSON there would show as an unknown error.
 */
export function problemData({ status, isReading }: { status: number; isReading: boolean }): Response {
  const { reason } = problems[problemFor(status).status];
  const error = (first: number) => ['ErrorResponse', first, first + 1, first + 2];
  const flat = isReading
    ? [{ _1: 2 }, 'root', { _3: 4 }, 'error', error(5), reason, status, '']
    : [{ _1: 2 }, 'error', error(3), reason, status, ''];
  const headers = { 'Content-Type': 'text/x-script; charset=utf-8', 'X-Remix-Response': 'yes' };
  return new Response(`${JSON.stringify(flat)}\n`, { status, headers });
}
