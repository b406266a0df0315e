import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { trialCode } from '~/admin/prompt/prompt-words';
import { flash } from '~/flash';
import { requestKeySchema } from '~/generations/start';

// The key of each of the three generations is this one with a number appended.
const schema = v.object({ requestKey: v.pipe(requestKeySchema, v.maxLength(60)) });

export const loader = adminPostOnly;

/** POST `requestKey`: a generation of each sample photo with this version, paid by the admin; the same key starts none. */
export const action = adminAction(
  { schema },
  async ({ version, adminId: userId, requestId, body: { requestKey }, services: { admin } }) => {
    const system = await admin.prompt.versions.find(version);
    if (!system) return null;
    const { started, stopped } = await admin.prompt.trials.start({ userId, system, requestKey, requestId });
    return flash(`/admin/prompt/${version}`, trialCode({ started, stopped: stopped?.outcome ?? null }));
  },
);
