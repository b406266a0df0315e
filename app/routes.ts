import { index, type RouteConfig } from '@remix-run/route-config';

/** The table of contents: every page and every form post, by URL. */
export default [index('routes/landing.tsx')] satisfies RouteConfig;
