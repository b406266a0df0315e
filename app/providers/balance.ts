// What our account at a provider holds, where its API tells it.
import type { VideoProvider } from './video-provider';

/** The longest wait for the answer. */
const mostMilliseconds = 4_000;

/** An account in US cents. `not-offered`: the provider's API does not tell it. `unreachable`: no answer that can be used in time. */
export type AccountBalance =
  | { outcome: 'told'; cents: number }
  | { outcome: 'not-offered' }
  | { outcome: 'unreachable' };

/** Asks once, waits four seconds at most, and never throws. */
export async function balanceAt(provider: Pick<VideoProvider, 'balance'> | null): Promise<AccountBalance> {
  if (!provider?.balance) return { outcome: 'not-offered' };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, mostMilliseconds, null);
  });
  try {
    const told = await Promise.race([provider.balance(), late]);
    return told?.outcome === 'told' ? { outcome: 'told', cents: told.cents } : { outcome: 'unreachable' };
  } catch {
    return { outcome: 'unreachable' };
  } finally {
    clearTimeout(timer);
  }
}

/** A balance in words; null where nothing can be said. */
export function balanceInWords(balance: AccountBalance): string | null {
  if (balance.outcome === 'told') return `The account holds $${(balance.cents / 100).toFixed(2)}.`;
  return balance.outcome === 'unreachable' ? 'What the account holds could not be read.' : null;
}
