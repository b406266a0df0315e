import type { Config } from './config.server';
import type { Services } from './services.server';

/** What Remix's loaders and actions get: live objects come from here and from nowhere else. */
export interface LoadContext {
  services: Services;
  config: Config;
  requestId: string;
  /** The content security policy's nonce, for the page's own inline scripts. */
  nonce: string;
  /** Logs an unexpected error. Remix's bundle has no log thread of its own. */
  logError(error: unknown, where: string): void;
}

declare module '@remix-run/cloudflare' {
  interface AppLoadContext extends LoadContext {}
}
