/**
 * How many requests a minute a binding lets through for one key; wrangler.toml has the numbers of each. Money has exact
 * limits of its own, in the schema.
 */
export type RateTier = 'few' | 'some' | 'many' | 'lots';

/** What kind of request it is. Each has limits of its own, so that a busy one leaves the others free. */
export type RateClass =
  | 'page'
  | 'write'
  | 'paid'
  | 'sign-in'
  | 'visit'
  | 'upload'
  | 'media'
  | 'live'
  | 'webhook'
  | 'admin'
  | 'static'
  | 'health'
  | 'unknown';

/**
 * The limits of each class: of one person with a session, and of all strangers in one network. Twice what a busy person
 * needs is the least: fifty photos are 105 requests in half a minute, a studio of 100 clips 300 media requests.
 */
export const rateLimits: Readonly<Record<RateClass, { person: RateTier; stranger: RateTier }>> = {
  page: { person: 'many', stranger: 'many' },
  write: { person: 'some', stranger: 'some' },
  paid: { person: 'some', stranger: 'few' },
  // Begun and finished, each sign-in is two requests.
  'sign-in': { person: 'few', stranger: 'few' },
  visit: { person: 'few', stranger: 'few' },
  upload: { person: 'many', stranger: 'few' },
  // Links are signed, and providers fetch pictures without a session.
  media: { person: 'lots', stranger: 'lots' },
  live: { person: 'few', stranger: 'few' },
  webhook: { person: 'many', stranger: 'many' },
  admin: { person: 'many', stranger: 'few' },
  static: { person: 'lots', stranger: 'lots' },
  health: { person: 'some', stranger: 'some' },
  unknown: { person: 'some', stranger: 'some' },
};

/** The class of a route that is read, and of one that is written to. */
type ReadAndWrite = readonly [read: RateClass, write: RateClass];
const page: ReadAndWrite = ['page', 'write'];
const paid: ReadAndWrite = ['page', 'paid'];
const signIn: ReadAndWrite = ['sign-in', 'sign-in'];
const visit: ReadAndWrite = ['page', 'visit'];
const admin: ReadAndWrite = ['admin', 'admin'];

/** The classes of every page and form post (app/routes.ts). A route that is missing here fails workers/rate-limit.test.ts. */
export const rateClassesOfRoutes: Readonly<Record<string, ReadAndWrite>> = {
  '/': page,
  '/offline': page,
  '/repair': page,
  '/problem/:status': page,
  '/r/:code': page,
  '/s/:token': page,
  '/s/:token/media': page,
  '/s/:token/visits': visit,
  '/auth/google': signIn,
  '/auth/google/callback': signIn,
  '/sign-out': page,
  '/sign-out/everywhere': page,
  '/projects': page,
  '/projects/:projectId': page,
  '/projects/:projectId/details': page,
  '/projects/:projectId/deletion': page,
  '/projects/:projectId/play': page,
  '/projects/:projectId/completion': page,
  '/projects/:projectId/shares': page,
  '/shares/:shareId/revocation': page,
  '/shares/:shareId/preview': page,
  '/projects/:projectId/generations': paid,
  '/projects/:projectId/clips': page,
  '/projects/:projectId/cancellation': page,
  '/clips/:clipId/details': page,
  '/clips/:clipId/position': page,
  '/clips/:clipId/approval': page,
  '/clips/:clipId/deletion': page,
  '/clips/:clipId/privacy': page,
  '/clips/:clipId/generations': paid,
  '/generations/:generationId/cancellation': page,
  '/generations/:generationId/feedback': paid,
  '/generations/:generationId/timeline': page,
  '/credits': page,
  '/credits.csv': page,
  '/purchases': paid,
  '/purchases/:purchaseId': page,
  '/account': page,
  '/account/sessions/sign-out': page,
  '/account/sessions/:sessionId/sign-out': page,
  '/account/deletion': page,
  '/account/deletion/withdrawal': page,
  '/account/deletion/completion': page,
  '/account/erasure': page,
  '/diagnostics': page,
  '/referral': page,
  '/admin': admin,
  '/admin/health': admin,
  '/admin/health/alert-tests': admin,
  '/admin/providers': admin,
  '/admin/providers/rest': admin,
  '/admin/providers/waking': admin,
  '/admin/people': admin,
  '/admin/people/:userId': admin,
  '/admin/people/:userId/adjustments': admin,
  '/admin/people/:userId/suspension': admin,
  '/admin/people/:userId/suspension/lifting': admin,
  '/admin/people/:userId/sign-out': admin,
  '/admin/adjustments/:adjustmentId/decision': admin,
  '/admin/media-access/:clipId': admin,
  '/admin/money': admin,
  '/admin/money/reconciliations': admin,
  '/admin/sign-ups': admin,
  '/admin/sign-ups/suspension': admin,
  '/admin/sign-ups/lifting': admin,
  '/admin/purchases/:purchaseId': admin,
  '/admin/purchases/:purchaseId/question': admin,
  '/admin/purchases/:purchaseId/refunds': admin,
  '/admin/refunds/:refundRequestId/decision': admin,
  '/admin/settings': admin,
  '/admin/settings/changes/:changeId/decision': admin,
  '/admin/presets': admin,
  '/admin/audit-log': admin,
  '/admin/prompt': admin,
  '/admin/prompt/:version': admin,
  '/admin/prompt/:version/live': admin,
  '/admin/prompt/:version/trials': admin,
  '/admin/generations': admin,
  '/admin/generations/:generationId': admin,
  '/admin/generations/:generationId/poll': admin,
  '/admin/generations/:generationId/cancellation': admin,
  '/admin/generations/:generationId/failure': admin,
  '/admin/generations/:generationId/retry': admin,
  '/admin/log': admin,
  '/admin/log/heartbeat': admin,
  '/admin/sign-in-again': admin,
};

/** The classes of the doors beside Remix (workers/app.ts), by the first segment of their addresses. */
export const rateClassesOfDoors: Readonly<Record<string, ReadAndWrite>> = {
  '/healthz': ['health', 'unknown'],
  '/film': ['static', 'unknown'],
  '/music': ['static', 'unknown'],
  '/.well-known': ['page', 'unknown'],
  '/live': ['live', 'unknown'],
  '/media': ['media', 'unknown'],
  '/uploads': ['upload', 'upload'],
  '/webhooks': ['unknown', 'webhook'],
};
