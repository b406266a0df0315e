import type { AppLoadContext } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { adminAction } from '~/admin/admin-action';
import { reasonText } from '~/admin/people/people';
import { flash, withQuery } from '~/flash';
import { type ClusterKey, readClusterId } from './sign-ups';

type Act = ClusterKey & { adminId: string; reason: string; requestId: string };

/** An admin's post about all people of a cluster; its outcome is the flash message of the cluster's page. */
export const clusterAction = (run: (services: AppLoadContext['services'], act: Act) => Promise<string>) =>
  adminAction(
    {
      needsFreshSignIn: true,
      schema: v.object({ cluster: v.string(), reason: reasonText }),
      whenInvalid: () => flash('/admin/sign-ups', 'reason-missing'),
    },
    async ({ adminId, requestId, body: { cluster, reason }, services }) => {
      const key = readClusterId(cluster);
      if (!key) return null;
      const outcome = await run(services, { ...key, adminId, reason, requestId });
      return flash(
        withQuery('/admin/sign-ups', (query) => query.set('cluster', cluster)),
        outcome,
      );
    },
  );
