import { RemixBrowser } from '@remix-run/react';
import { StrictMode, startTransition } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { keepDeviceToPerson } from './auth/this-device.client';
import { keepStandingPage } from './components/page-data.client';
import { outliveTranslators } from './components/translated-page.client';
import { watchErrors } from './diagnostics/watch-errors.client';
import { minimumCss } from './minimum';

keepDeviceToPerson();
watchErrors();
keepStandingPage();
outliveTranslators();

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

// Pages without scripts, which are all that a visitor sees, register no service worker. An update is looked for at each
// load, past the HTTP cache; a registration that fails costs the offline page alone.
function registerServiceWorker() {
  navigator.serviceWorker?.register('/sw.js', { updateViaCache: 'none' }).catch(() => {});
}
// This script may run after the load event, whose listener would then never be called.
if (document.readyState === 'complete') registerServiceWorker();
else addEventListener('load', registerServiceWorker);
