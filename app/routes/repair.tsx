import type { MetaFunction } from '@remix-run/cloudflare';
import { buttonClass } from '~/components/button';
import { useNonce } from '~/components/nonce';
import { PlainPage } from '~/components/problem-page';
import type { RouteHandle } from '~/root';

// No script of the build: this page repairs browsers whose cached scripts are broken.
export const handle: RouteHandle = { static: true };

export const meta: MetaFunction = () => [{ title: 'Repair · Echoes' }, { name: 'robots', content: 'noindex' }];

/** Removes the origin's service workers and their caches; the session and photos not yet uploaded stay. */
const repair = `(function(){var button=document.querySelector('[data-repair]'),words=document.querySelector('[data-repair-words]');
function removeWorkers(){return navigator.serviceWorker?navigator.serviceWorker.getRegistrations().then(function(all){
return Promise.all(all.map(function(each){return each.unregister()}))}):null}
function removeCaches(){return window.caches?caches.keys().then(function(names){
return Promise.all(names.filter(function(name){return name.indexOf('echoes-')===0}).map(function(name){
return caches.delete(name)}))}):null}
button.hidden=false;
button.onclick=function(){button.disabled=true;words.textContent='';
Promise.resolve().then(removeWorkers).then(removeCaches).then(function(){
button.hidden=true;document.querySelector('[data-repair-next]').hidden=false;
words.textContent='Done. Echoes loads everything anew.'},function(error){
button.disabled=false;words.textContent='That did not work out ('+error.message+'). Delete the data of this site in the settings of your browser, after your photos are sent.'})}
})()`;

/** Loads without the service worker (public/sw.js), so that a broken one can be removed here. */
export default function Repair() {
  const nonce = useNonce();
  return (
    <PlainPage title="Repair Echoes here">
      <p className="text-20 text-quiet">
        For when pages stay old, do not open, or speak of no connection while other sites open. What this browser has
        stored to open Echoes faster is removed. Your films, photos that are not sent yet, and your sign-in stay.
      </p>
      <button type="button" hidden data-repair className={buttonClass('primary')}>
        Repair
      </button>
      <a href="/projects" hidden data-repair-next className={buttonClass('primary')}>
        Open my films
      </a>
      <p role="status" data-repair-words className="text-17" />
      <noscript>
        <p>This needs scripts, and they are turned off in this browser.</p>
      </noscript>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file, under the page's nonce */}
      <script nonce={nonce} dangerouslySetInnerHTML={{ __html: repair }} />
    </PlainPage>
  );
}
