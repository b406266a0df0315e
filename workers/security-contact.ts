import type { Context } from 'hono';
import { problem } from './problem';
import type { RequestContext } from './request-context';

const halfAYear = 182 * 86_400_000;

/** GET /.well-known/security.txt (RFC 9116): where to report a security problem; 404 while no contact is set. */
export function securityContact(c: Context<RequestContext>): Response | Promise<Response> {
  const { APP_ORIGIN: origin, SECURITY_CONTACT: contact } = c.var.config;
  if (!contact) return problem(c, 404);
  const lines = {
    Contact: contact,
    Expires: new Date(Date.now() + halfAYear).toISOString(),
    'Preferred-Languages': 'en, de',
    Canonical: `${origin}/.well-known/security.txt`,
  };
  const text = Object.entries(lines).map(([name, value]) => `${name}: ${value}\n`);
  return c.text(text.join(''), 200, { 'Cache-Control': 'public, max-age=86400' });
}
