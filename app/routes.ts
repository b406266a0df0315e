import { index, type RouteConfig, route } from '@remix-run/route-config';

/** The table of contents: every page and every form post, by URL. */
export default [
  index('routes/landing.tsx'),
  route('offline', 'routes/offline.tsx'),
  route('problem/:status', 'routes/problem.tsx'),
  route('r/:code', 'routes/referral.tsx'),
  route('s/:token', 'routes/share.tsx'),
  route('s/:token/media', 'routes/share-media.ts'),
  route('s/:token/visits', 'routes/share-visits.ts'),

  route('auth/google', 'routes/auth-google.ts'),
  route('auth/google/callback', 'routes/auth-google-callback.ts'),
  route('sign-out', 'routes/sign-out.ts'),
  route('sign-out/everywhere', 'routes/sign-out-everywhere.ts'),

  route('projects', 'routes/projects.tsx'),
  route('projects/:projectId', 'routes/studio.tsx'),
  route('projects/:projectId/details', 'routes/project-details.ts'),
  route('projects/:projectId/deletion', 'routes/project-deletion.ts'),
  route('projects/:projectId/play', 'routes/play.tsx'),
  route('projects/:projectId/completion', 'routes/project-completion.ts'),
  route('projects/:projectId/shares', 'routes/shares.ts'),
  route('shares/:shareId/revocation', 'routes/share-revocation.ts'),
  route('shares/:shareId/preview', 'routes/share-preview.ts'),
  route('projects/:projectId/generations', 'routes/project-generations.ts'),
  route('projects/:projectId/cancellation', 'routes/project-cancellation.ts'),
  route('clips/:clipId/details', 'routes/clip-details.ts'),
  route('clips/:clipId/position', 'routes/clip-position.ts'),
  route('clips/:clipId/approval', 'routes/clip-approval.ts'),
  route('clips/:clipId/deletion', 'routes/clip-deletion.ts'),
  route('clips/:clipId/tries', 'routes/clip-tries.ts'),
  route('clips/:clipId/privacy', 'routes/clip-privacy.ts'),
  route('clips/:clipId/generations', 'routes/clip-generations.ts'),
  route('generations/:generationId/cancellation', 'routes/generation-cancellation.ts'),
  route('generations/:generationId/feedback', 'routes/generation-feedback.ts'),
  route('generations/:generationId/timeline', 'routes/generation-timeline.ts'),

  route('credits', 'routes/credits.tsx'),
  route('credits.csv', 'routes/credits-csv.ts'),
  route('purchases', 'routes/purchases.ts'),
  route('purchases/:purchaseId', 'routes/purchase.tsx'),
  route('account', 'routes/account.tsx'),
  route('account/deletion', 'routes/account-deletion.ts'),
  route('referral', 'routes/referral-code.tsx'),

  // The owner's desk: a 404 for everybody who is no admin.
  route('admin', 'routes/admin-overview.tsx'),
  route('admin/health', 'routes/admin-health.tsx'),
  route('admin/health/alert-tests', 'routes/admin-alert-tests.ts'),
  route('admin/acts', 'routes/admin-acts.tsx'),
  route('admin/sign-in-again', 'routes/admin-sign-in-again.tsx'),
] satisfies RouteConfig;
