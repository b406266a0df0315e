import type { Credits } from '~/credits/credits.server';
import type { Base } from '~/db/base';
import { lazy, lazyMembers } from '~/lazy';
import type { Live } from '~/live/channel.server';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Photos } from '~/photos/photos.server';
import type { SettingsReader } from '~/settings/settings.server';
import { createClips } from './clips.server';
import { createCompletion } from './completion.server';
import { createProjectStore } from './project-store.server';
import { createShareTokens } from './share-token.server';
import { createShareVisits } from './share-visits.server';
import { createShares } from './shares.server';

/** Projects: their clips, their share links with the visits of those, and what happens when one is finished. */
export function createProjects({
  base,
  live,
  links,
  photos,
  credits,
  settings,
}: {
  base: Base;
  live: Live;
  links: MediaLinks;
  photos: Pick<Photos, 'framedJpeg'>;
  credits: Pick<Credits, 'rewards'>;
  settings: SettingsReader;
}) {
  const { db, clock, newId, config } = base;
  const store = createProjectStore({ db, live, links, clock, newId });
  const tokens = lazy(() =>
    createShareTokens({ secrets: config.MEDIA_SIGNING_SECRET, identitySecret: config.IDENTITY_SECRET }),
  );
  const visits = lazy(() => createShareVisits({ db, tokens: tokens(), rewards: credits.rewards, clock }));
  return lazyMembers(
    {
      clips: () => createClips({ db, live, links, clock }),
      completion: () => createCompletion({ db, projects: store, rewards: credits.rewards }),
      visits,
      shares: () =>
        createShares({ base, photos, links, tokens: tokens(), visits: visits(), rewards: credits.rewards, settings }),
    },
    store,
  );
}

export type Projects = ReturnType<typeof createProjects>;
