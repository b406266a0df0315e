import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { mostNoteLetters } from '~/admin/prompt/prompt';
import { flash } from '~/flash';
import { numberField, personText } from '~/form-fields';

const schema = v.object({
  /** The version of the setting that the page was made from: a newer one is a conflict. */
  seenVersion: numberField(0, 999_999),
  reason: v.pipe(personText(mostNoteLetters), v.trim(), v.minLength(3)),
});

export const loader = adminPostOnly;

/** POST `seenVersion`, `reason`: makes this version of the system prompt live, unless another admin was quicker. */
export const action = adminAction(
  {
    needsFreshSignIn: true,
    schema,
    whenInvalid: ({ version }) => flash(`/admin/prompt/${version}`, 'invalid'),
  },
  async ({ version, adminId, requestId, body, services: { admin } }) => {
    const { outcome } = await admin.prompt.live.goLive({ version, adminId, requestId, ...body });
    if (outcome === 'not-found') return null;
    const isDone = outcome === 'changed' || outcome === 'unchanged';
    return flash(isDone ? '/admin/prompt' : `/admin/prompt/${version}`, outcome);
  },
);
