import { describe, expect, it } from 'vitest';
import { inAppBrowser, wayOut } from './in-app-browser';

const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const android =
  'Mozilla/5.0 (Linux; Android 15; SM-S921B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0';

const inside: [string, string | null, 'ios' | 'android'][] = [
  [
    `${iphone} Mobile/15E148 Instagram 390.0.0.28.85 (iPhone15,4; iOS 18_6; en_US; en; scale=3.00; 1179x2556; 750150590; IABMV/1)`,
    'Instagram',
    'ios',
  ],
  [
    `${android} Chrome/139.0.7258.94 Mobile Safari/537.36 Instagram 392.0.0.39.79 Android (35/15; 480dpi; 1080x2340; samsung; SM-S921B; e1s; s5e9945; de_DE; 772133219)`,
    'Instagram',
    'android',
  ],
  [
    `${iphone} Mobile/22G86 Barcelona 391.0.0.29.76 (iPhone15,4; iOS 18_6; en_US; en; scale=3.00; 1179x2556; 753230020)`,
    'Instagram',
    'ios',
  ],
  [
    `${iphone} Mobile/22G86 [FBAN/FBIOS;FBAV/523.0.0.50.96;FBBV/763312333;FBDV/iPhone15,4;FBMD/iPhone;FBSN/iOS;FBSV/18.6;FBSS/3;FBID/phone;FBLC/en_US;FBOP/5;FBRV/0]`,
    'Facebook',
    'ios',
  ],
  [
    `${android} Chrome/139.0.7258.94 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/523.0.0.45.93;IABMV/1;]`,
    'Facebook',
    'android',
  ],
  [
    `${iphone} Mobile/22G86 [FBAN/MessengerForiOS;FBAV/520.0.0.40.106;FBBV/760000000;FBDV/iPhone15,4;FBMD/iPhone;FBSN/iOS;FBSV/18.6;FBSS/3;FBCR/;FBID/phone;FBLC/en_GB;FBOP/5]`,
    'Messenger',
    'ios',
  ],
  [
    `${android} Chrome/138.0.7204.179 Mobile Safari/537.36 [FB_IAB/Orca-Android;FBAV/519.0.0.38.109;]`,
    'Messenger',
    'android',
  ],
  [
    `${iphone} Mobile/15E148 musical_ly_40.7.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/US FalconTag/E0B4C0A0 BytedanceWebview/d8a21c6`,
    'TikTok',
    'ios',
  ],
  [
    `${android} Chrome/138.0.7204.179 Mobile Safari/537.36 trill_400702 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/trill app_version/40.7.2 ByteLocale/de-DE ByteFullLocale/de-DE Region/DE BytedanceWebview/d8a21c6`,
    'TikTok',
    'android',
  ],
  [`${iphone} Mobile/22G86 [LinkedInApp]/9.31.2134`, 'LinkedIn', 'ios'],
  [`${android} Chrome/138.0.7204.179 Mobile Safari/537.36 [LinkedInApp]/4.1.1112`, 'LinkedIn', 'android'],
  [`${iphone} Mobile/22G86 Snapchat/13.53.0.44 (like Safari/8621.3.11.10.3, panda)`, 'Snapchat', 'ios'],
  [`${iphone} Mobile/15E148 [Pinterest/iOS]`, 'Pinterest', 'ios'],
  [`${android} Chrome/138.0.7204.179 Mobile Safari/537.36 [Pinterest/Android]`, 'Pinterest', 'android'],
  [`${iphone} Version/18.6 Mobile/15E148 Safari/604.1 Twitter for iPhone/11.12`, 'X', 'ios'],
  [`${iphone} Mobile/22G86 MicroMessenger/8.0.62(0x18003e2f) NetType/WIFI Language/en`, 'WeChat', 'ios'],
  [`${iphone} Mobile/15E148 Safari Line/15.13.0`, 'LINE', 'ios'],
  [`${android} Chrome/138.0.7204.179 Mobile Safari/537.36 Line/15.12.1/IAB`, 'LINE', 'android'],
  [
    `${android} Chrome/138.0.7204.179 Mobile Safari/537.36 Telegram-Android/11.14.1 (Samsung SM-S921B; Android 15; SDK 35; HIGH)`,
    'Telegram',
    'android',
  ],
  [`${android} Chrome/138.0.7204.179 Mobile Safari/537.36`, null, 'android'],
];

const own: [string, string][] = [
  ['Safari on iPhone', `${iphone} Version/18.6 Mobile/15E148 Safari/604.1`],
  ['Chrome on iPhone', `${iphone} CriOS/139.0.7258.76 Mobile/15E148 Safari/604.1`],
  ['Firefox on iPhone', `${iphone} FxiOS/142.0 Mobile/15E148 Safari/605.1.15`],
  ['Edge on iPhone', `${iphone} Version/18.0 EdgiOS/139.0.3405.86 Mobile/15E148 Safari/604.1`],
  ['Google’s own app on iPhone', `${iphone} GSA/381.1.797413227 Mobile/15E148 Safari/604.1`],
  ['DuckDuckGo on iPhone', `${iphone} Version/18.6 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15`],
  ['Echoes on the home screen of an iPhone', `${iphone} Mobile/15E148`],
  [
    'Safari on iPad, as a desktop',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  ],
  [
    'Chrome on Android',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36',
  ],
  [
    'Samsung Internet',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
  ],
  ['Firefox on Android', 'Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0'],
  [
    'Edge on Android',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36 EdgA/139.0.0.0',
  ],
  [
    'Chrome on a computer',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
  ],
  [
    'Facebook on a computer',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 [FB_IAB/FB4W]',
  ],
  ['a crawler of Facebook', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'],
  ['nobody', ''],
];

describe('a browser inside another app', () => {
  it.each(inside)('an in-app browser is recognized: %s', (userAgent, app, system) => {
    expect(inAppBrowser(userAgent)).toEqual({ app, system });
  });

  it.each(own)('no in-app browser: %s', (_name, userAgent) => {
    expect(inAppBrowser(userAgent)).toBeNull();
  });

  it('no in-app browser: a request without a user agent', () => {
    expect(inAppBrowser(null)).toBeNull();
  });
});

describe('the way out of it', () => {
  it('the link out of an in-app browser has the whole address, and falls back to it without Chrome', () => {
    const url = 'https://echoes.example/r/abcdefgh?x=1';
    expect(wayOut({ url, system: 'android' })).toEqual({
      href: `intent://echoes.example/r/abcdefgh?x=1#Intent;scheme=https;package=com.android.chrome;S.browser_fallback_url=${encodeURIComponent(url)};end`,
      browser: 'Chrome',
    });
    expect(wayOut({ url, system: 'ios' })).toEqual({
      href: 'x-safari-https://echoes.example/r/abcdefgh?x=1',
      browser: 'Safari',
    });
  });
});
