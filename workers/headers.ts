/**
 * The content security policy of every page. `form-action` also names `issuer` and Stripe: a browser checks each address
 * to which a form's answer redirects.
 */
function contentSecurityPolicy({
  nonce,
  appOrigin,
  issuer,
  stripe,
}: {
  nonce: string;
  appOrigin: string;
  issuer: string;
  stripe: string;
}): string {
  const sockets = appOrigin.replace(/^http/, 'ws');
  return Object.entries({
    'default-src': "'self'",
    // The HEIC decoder is WebAssembly.
    'script-src': `'self' 'nonce-${nonce}' 'wasm-unsafe-eval'`,
    'style-src': `'self' 'nonce-${nonce}'`,
    // Style attributes hold frames, positions and lengths: numbers, never a person's text.
    'style-src-attr': "'unsafe-inline'",
    'img-src': "'self' blob: data:",
    'media-src': "'self' blob: data:",
    'font-src': "'self'",
    'connect-src': `'self' blob: ${sockets}`,
    'worker-src': "'self' blob:",
    'manifest-src': "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'frame-src': "'none'",
    'frame-ancestors': "'none'",
    'form-action': `'self' ${new URL(issuer).origin} https://checkout.stripe.com ${new URL(stripe).origin}`,
  })
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** The nonce of one answer's inline scripts and styles. */
export const newNonce = () => crypto.randomUUID().replaceAll('-', '');

/** Adds the headers of every answer, and the security headers of pages. Headers that a door has set stay. */
export function addHeaders(
  headers: Headers,
  request: {
    requestId: string;
    nonce: string;
    appOrigin: string;
    issuer: string;
    stripe: string;
    personId: string | null;
  },
): void {
  const put = (name: string, value: string) => headers.has(name) || headers.set(name, value);
  headers.set('X-Request-Id', request.requestId);
  put('X-Content-Type-Options', 'nosniff');
  put('Referrer-Policy', 'strict-origin-when-cross-origin');
  if (request.appOrigin.startsWith('https:')) put('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  // Answers are made for one person; media and public pages set their own header and may be cached.
  put('Cache-Control', request.personId === null ? 'no-cache' : 'private, no-store');
  if (!headers.get('Content-Type')?.startsWith('text/html')) return;
  // The service worker removes what it has stored of anybody else.
  if (request.personId !== null) headers.set('Echoes-Person', request.personId);
  put('Content-Security-Policy', contentSecurityPolicy(request));
  put('Cross-Origin-Opener-Policy', 'same-origin');
  put('X-Frame-Options', 'DENY');
  put('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
}
