import { RemixBrowser } from '@remix-run/react';
import { StrictMode, startTransition } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { watchErrors } from './diagnostics/watch-errors.client';
import { minimumCss } from './minimum';

watchErrors();

// Below the minimum the page stays as it came: words, pictures and the note that says what to do.
if (CSS.supports(minimumCss)) {
  startTransition(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <RemixBrowser />
      </StrictMode>,
    );
  });
}

// Only pages with scripts come here, and those belong to people who are signed in: a visitor gets no service worker.
function registerServiceWorker() {
  navigator.serviceWorker?.register('/sw.js').catch(() => {
    // Without it everything works but the offline page.
  });
}
// This script may well come after the page has loaded: then nothing would call a listener any more.
if (document.readyState === 'complete') registerServiceWorker();
else addEventListener('load', registerServiceWorker);
