/** A browser inside another app, in which Google refuses to sign people in. */
export interface InAppBrowser {
  /** The name of the app; null if it is not in the list below. */
  app: string | null;
  system: 'android' | 'ios';
}

// What each app adds to the user agent of its browser.
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
 * The in-app browser that a user agent names, or null for a browser of its own. Android marks every web view (`; wv`). iOS
 * does not, and a web app on the home screen has the same user agent as a web view, so on iOS only listed apps count: a
 * person in an unlisted app sees Google's refusal, while a false match would keep a person from signing in.
 */
export function inAppBrowser(userAgent: string | null): InAppBrowser | null {
  const text = userAgent ?? '';
  const system = /\b(iPhone|iPad|iPod)\b/.test(text) ? 'ios' : /\bAndroid\b/.test(text) ? 'android' : null;
  if (system === null) return null;
  const app = apps.find(([mark]) => mark.test(text))?.[1] ?? null;
  if (app === null && !(system === 'android' && /; wv\)/.test(text))) return null;
  return { app, system };
}

/** A link that opens `url` (https, absolute) in the phone's browser, if the app allows it. */
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

/** What a page shows in place of the sign-in button in an in-app browser. */
export interface Outside {
  app: string | null;
  /** Opens the page in the phone's browser, if the app allows it. */
  href: string;
  browser: 'Chrome' | 'Safari';
  /** The address to copy, if the app does not. */
  url: string;
}

/** The links out of an in-app browser; null for other browsers. `url`: the page to open in the phone's browser. */
export function outsideOf({ userAgent, url }: { userAgent: string | null; url: string }): Outside | null {
  const found = inAppBrowser(userAgent);
  return found && { app: found.app, url, ...wayOut({ url, system: found.system }) };
}
