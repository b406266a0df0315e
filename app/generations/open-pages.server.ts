import type { Ledger } from '~/credits/ledger.server';
import type { Live } from '~/live/channel.server';

/** What is needed to show a change on a person's open pages. */
export interface OpenPages {
  clips: { publish(userId: string, clipId: string): Promise<unknown> };
  live: Pick<Live, 'publish'>;
  ledger: Pick<Ledger, 'balance'>;
}

/** Sends the person's balance, as it is now, to their open pages. */
export async function publishBalance({ live, ledger }: OpenPages, userId: string): Promise<void> {
  await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
}

/** Sends the clip and then the balance: what a start or a stop of a generation changes. */
export async function publishClipAndBalance(pages: OpenPages, userId: string, clipId: string): Promise<void> {
  await pages.clips.publish(userId, clipId);
  await publishBalance(pages, userId);
}
