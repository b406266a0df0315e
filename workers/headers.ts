/**
 * Where our pages may get things from. Forms lead to `issuer` to sign in, and to Stripe to pay: a browser asks of every
 * address a form is led on to whether it may go there.
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
    // Frames, positions and lengths are style attributes: numbers of ours, never text of a person.
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

/** Puts on what each answer carries, and on pages what keeps them to themselves. Headers a door has set stay. */
export function addHeaders(
  headers: Headers,
  request: {
    requestId: string;
    nonce: string;
    appOrigin: string;
    issuer: string;
    stripe: string;
    isSignedIn: boolean;
  },
): void {
  const put = (name: string, value: string) => headers.has(name) || headers.set(name, value);
  headers.set('X-Request-Id', request.requestId);
  put('X-Content-Type-Options', 'nosniff');
  put('Referrer-Policy', 'strict-origin-when-cross-origin');
  if (request.appOrigin.startsWith('https:')) put('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  // Answers are made for one person; only what says otherwise (media, a public page) may be kept.
  put('Cache-Control', request.isSignedIn ? 'private, no-store' : 'no-cache');
  if (!headers.get('Content-Type')?.startsWith('text/html')) return;
  put('Content-Security-Policy', contentSecurityPolicy(request));
  put('Cross-Origin-Opener-Policy', 'same-origin');
  put('X-Frame-Options', 'DENY');
  put('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
}
