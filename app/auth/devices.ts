// The order matters: the user agents of Edge and Samsung Internet also say Chrome, and all of them say Safari.
const browsers: [RegExp, string][] = [
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/EdgA?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const systems: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'Chromebook'],
  [/Macintosh/, 'Mac'],
  [/Windows/, 'Windows'],
  [/Linux/, 'Linux'],
];

const nameIn = (names: [RegExp, string][], userAgent: string) => names.find(([mark]) => mark.test(userAgent))?.[1];

/** A device in words, from its user agent: "Safari on iPhone". */
export function deviceInWords(userAgent: string): string {
  const browser = nameIn(browsers, userAgent);
  const system = nameIn(systems, userAgent);
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? 'A browser';
}

const hour = 3_600_000;
const day = 24 * hour;

/** How long ago something was, in words; sessions know their last request to the hour. `milliseconds` from then to now. */
export function agoInWords(milliseconds: number): string {
  const hours = Math.floor(milliseconds / hour);
  const days = Math.floor(milliseconds / day);
  if (hours < 1) return 'within the last hour';
  if (days < 1) return hours === 1 ? 'an hour ago' : `${hours} hours ago`;
  return days === 1 ? 'yesterday' : `${days} days ago`;
}
