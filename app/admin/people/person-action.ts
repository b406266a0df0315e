import type { AppLoadContext } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { adminAction } from '~/admin/admin-action';
import { flash } from '~/flash';
import { reasonText } from './people';

type Services = AppLoadContext['services'];

/** An admin's order about a person. */
interface Order {
  adminId: string;
  userId: string;
  requestId: string;
}

const pathOf = (userId: string) => `/admin/people/${userId}`;

/** An admin's post about a person; its outcome is the flash message of their page, and `not-found` a 404. */
export const personAction = (run: (services: Services, order: Order) => Promise<string>) =>
  adminAction({ id: ['usr', 'userId'] }, async ({ id: userId, adminId, requestId, services }) => {
    const outcome = await run(services, { adminId, userId, requestId });
    return outcome === 'not-found' ? null : flash(pathOf(userId), outcome);
  });

/** The same with a `reason`, without which nothing is done. */
export const personActionWithReason = (
  run: (services: Services, order: Order & { reason: string }) => Promise<string>,
) =>
  adminAction(
    {
      id: ['usr', 'userId'],
      schema: v.object({ reason: reasonText }),
      whenInvalid: ({ id }) => flash(pathOf(id), 'reason-missing'),
    },
    async ({ id: userId, adminId, requestId, body: { reason }, services }) => {
      const outcome = await run(services, { adminId, userId, requestId, reason });
      return outcome === 'not-found' ? null : flash(pathOf(userId), outcome);
    },
  );
