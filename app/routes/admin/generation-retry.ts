import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { flash } from '~/flash';
import { requestKeySchema } from '~/generations/start';

const schema = v.object({
  requestKey: requestKeySchema,
  maker: v.pipe(
    v.string(),
    v.maxLength(200),
    v.regex(/^\S+ \S+$/),
    v.transform((maker) => maker.split(' ') as [provider: string, model: string]),
  ),
});

export const loader = adminPostOnly;

/**
 * POST `requestKey`, `maker` (`provider model`): makes the same clip again at this provider, at no cost to the person;
 * leads to the new generation.
 */
export const action = adminAction(
  { id: ['gen', 'generationId'], needsFreshSignIn: true, schema },
  async ({ id: generationId, adminId, requestId, body: { requestKey, maker }, services: { admin } }) => {
    const [provider, model] = maker;
    const wanted = { adminId, generationId, requestId, requestKey, provider, model };
    const { outcome, generationId: made = generationId } = await admin.generationActions.retry(wanted);
    return flash(`/admin/generations/${made}`, outcome);
  },
);
