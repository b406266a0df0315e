/** A browser inside another app, in which Google refuses to sign anybody in. */
export interface InAppBrowser {
  /** The app, as its people call it; null when it is one we do not know by name. */
  app: string | null;
  system: 'android' | 'ios';
}

// What each app adds to the description of the browser it carries.
const apps: [RegExp, string][] = [
  [/\bInstagram \d|\bBarcelona \d/, 'Instagram'],
  [/\bFBAN\/Messenger|\bFB_IAB\/(Orca|MESSENGER)/, 'Messenger'],
  [/\bFBAN\/|\bFB_IAB\/|\bFBAV\//, 'Facebook'],
  [/\b(musical_ly|trill|BytedanceWebview|ByteLocale)\b/i, 'TikTok'],
  [/\bLinkedInApp\b/, 'LinkedIn'],
  [/\bSnapchat\//, 'Snapchat'],
  [/\[?\bPinterest\/(iOS|Android)/, 'Pinterest'],
  [/\bTwitter for (iPhone|iPad)|\bTwitterAndroid\b/, 'X'],
  [/\bMicroMessenger\//, 'WeChat'],
  [/\bLine\/\d/, 'LINE'],
  [/\bTelegram-Android\//, 'Telegram'],
  [/\bKAKAOTALK\b/, 'KakaoTalk'],
  [/\bReddit\/Version\b/, 'Reddit'],
];

/**
 * The browser inside an app that this User-Agent describes, or null for a browser of its own. Android says so itself
 * (`; wv`). iPhones do not, and a page on the home screen describes itself like a browser inside an app, so there only
 * apps known by name count: who is missed sees Google's own refusal, who is wrongly caught could not sign in at all.
 */
export function inAppBrowser(userAgent: string | null): InAppBrowser | null {
  const text = userAgent ?? '';
  const system = /\b(iPhone|iPad|iPod)\b/.test(text) ? 'ios' : /\bAndroid\b/.test(text) ? 'android' : null;
  if (system === null) return null;
  const app = apps.find(([mark]) => mark.test(text))?.[1] ?? null;
  if (app === null && !(system === 'android' && /; wv\)/.test(text))) return null;
  return { app, system };
}

/** A link that opens `url` (https, absolute) in the phone's own browser, where the app around lets it. */
export function wayOut({ url, system }: { url: string; system: InAppBrowser['system'] }): {
  href: string;
  browser: 'Chrome' | 'Safari';
} {
  const { protocol, host, pathname, search } = new URL(url);
  const scheme = protocol.slice(0, -1);
  if (system === 'ios') return { href: `x-safari-${scheme}://${host}${pathname}${search}`, browser: 'Safari' };
  const fallback = encodeURIComponent(url);
  return {
    href: `intent://${host}${pathname}${search}#Intent;scheme=${scheme};package=com.android.chrome;S.browser_fallback_url=${fallback};end`,
    browser: 'Chrome',
  };
}

/** What a page shows in place of a sign-in that Google would refuse. */
export interface Outside {
  app: string | null;
  /** Opens the page in the phone's own browser, where the app around lets it. */
  href: string;
  browser: 'Chrome' | 'Safari';
  /** The address to copy, where it does not. */
  url: string;
}

/** The way out for who asks with this User-Agent; null in a browser of its own. `url` is where they should go on. */
export function outsideOf({ userAgent, url }: { userAgent: string | null; url: string }): Outside | null {
  const found = inAppBrowser(userAgent);
  return found && { app: found.app, url, ...wayOut({ url, system: found.system }) };
}
