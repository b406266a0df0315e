/**
 * True if alerts may be sent to this URL: https to a public host, or plain http to this machine for local use. Names and
 * addresses of private networks are refused.
 */
export function isAlertAddress(address: string): boolean {
  const url = parsed(address);
  if (!url || url.username || url.password || url.hash) return false;
  if (url.protocol === 'http:') return isOwnMachine(url.hostname);
  return url.protocol === 'https:' && isPublicHost(url.hostname);
}

/** True if this installation may send alerts to the URL: one on this machine only where `appOrigin` is on it too. */
export function mayBeTold(address: string, appOrigin: string): boolean {
  if (!isAlertAddress(address)) return false;
  return !address.startsWith('http:') || isOwnMachine(parsed(appOrigin)?.hostname ?? '');
}

/** `URL.parse` is newer than the oldest browsers in which the settings page checks an address. */
function parsed(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

const isOwnMachine = (host: string) => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(host);

/** A public name with a dot, or a public IP address; `URL` has normalised every address. */
function isPublicHost(host: string): boolean {
  if (host.startsWith('[')) return isPublicV6(host.slice(1, -1));
  const numbers = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)?.slice(1).map(Number);
  if (numbers) return isPublicV4(numbers);
  return host.includes('.') && !/\.(local|localhost|internal|intranet|lan|home|corp|private|arpa|onion)\.?$/.test(host);
}

function isPublicV4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  if (a === 169 && b === 254) return false;
  if (a === 172 && b >= 16 && b < 32) return false;
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)))) return false;
  return !(a === 198 && (b === 18 || b === 19));
}

/** Only globally routed IPv6 addresses, without those that embed an IPv4 address. */
const isPublicV6 = (host: string) => /^[23][0-9a-f]{3}:/.test(host) && !/^(2001:0?:|2001:db8:|2002:)/.test(host);
