import { adminAction, adminPostOnly } from '~/admin/admin-action';

export const loader = adminPostOnly;

/** POST: an open page still shows the log tail. The role is read each time, so a former admin's tail ends within minutes. */
export const action = adminAction({}, async ({ request, services: { auth, logbook } }) => {
  const session = await auth.findSession(request);
  if (session) await logbook.heartbeat(session.idHash);
  return Response.json({ outcome: 'listening' });
});
