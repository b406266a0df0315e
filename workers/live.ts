import type { Context } from 'hono';
import type { Session } from '~/auth/sessions.server';
import { problem } from './problem';
import type { RequestContext } from './request-context';

/** The door for live connections. It checks origin and session before it calls the channel's object. */
export async function live(c: Context<RequestContext>): Promise<Response> {
  const { services, config } = c.var;
  if (c.req.header('Upgrade')?.toLowerCase() !== 'websocket') return problem(c, 400, 'not-a-socket');
  // Browsers open sockets for pages of any origin and send cookies along, so the origin is checked here.
  if (c.req.header('Origin') !== config.APP_ORIGIN) return problem(c, 403, 'cross-site');
  const session = await services.auth.findSession(c.req.raw);
  if (!session) return problem(c, 401);
  if (c.req.query('tail') !== undefined) return tail(c, session);
  const response = await services.live.connect({
    userId: session.user.id,
    session: session.idHash,
    endsAt: session.endsAt,
  });
  return response.status === 429 ? problem(c, 429, 'too-many-pages') : response;
}

/** The log tail, for admins; others get 404. Opening it is written to the audit log. */
async function tail(c: Context<RequestContext>, session: Session): Promise<Response> {
  const { logbook, admin } = c.var.services;
  if (!session.user.isAdmin) return problem(c, 404);
  const { id: adminId } = session.user;
  await admin.auditLog.record({ what: 'tail-opened', adminId, subject: 'log', requestId: c.var.requestId });
  const response = await logbook.connect(session.idHash);
  return response.status === 429 ? problem(c, 429, 'too-many-pages') : response;
}
