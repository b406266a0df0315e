import type { Outside } from '~/auth/in-app-browser';
import { buttonClass } from '~/components/button';
import { Icon } from '~/components/icon';
import { useNonce } from '~/components/nonce';

// Without the script, or where an app forbids copying, the address can be selected by hand.
const copying = `for(const b of document.querySelectorAll('[data-copy]')){const i=b.form.elements[0];b.hidden=false;
b.onclick=async()=>{i.select();try{await navigator.clipboard.writeText(i.value);b.textContent='Copied'}
catch{b.textContent=document.execCommand('copy')?'Copied':'Hold the address to copy it'}}}`;

/** Opens this page in the device's own browser: Google refuses to sign in inside another app's browser. */
export function OpenOutside({ outside: { app, href, browser, url } }: { outside: Outside }) {
  const nonce = useNonce();
  return (
    <div className="grid w-full max-w-[26rem] gap-4">
      <p className="text-15 text-ink/85">
        {app ?? 'The app you are in'} has a browser of its own, and Google lets nobody sign in there. Open this page in{' '}
        {browser} and begin there.
      </p>
      <a href={href} className={buttonClass('primary', 'w-full', 'large')}>
        Open in {browser}
      </a>
      <form className="flex gap-2">
        <input
          readOnly
          aria-label="Address of this page"
          value={url}
          className="min-h-12 min-w-0 grow rounded-control border border-edge bg-ground px-4 text-15 text-ink"
        />
        <button type="button" data-copy hidden className={buttonClass('quiet', 'shrink-0 bg-ground')}>
          <Icon name="copy" />
          Copy
        </button>
      </form>
      <p className="text-13 text-ink/80">
        If nothing opens: copy the address and paste it in {browser}, or look for “Open in browser” in this app’s menu.
      </p>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file, under the page's nonce */}
      <script nonce={nonce} dangerouslySetInnerHTML={{ __html: copying }} />
    </div>
  );
}
