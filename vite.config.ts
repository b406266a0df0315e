import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { vitePlugin as remix } from '@remix-run/dev';
import tailwindcss from '@tailwindcss/vite';
import browserslist from 'browserslist';
import { type CSSOptions, defineConfig, type Plugin } from 'vite';
import { minimumCss } from './app/minimum';

declare module '@remix-run/cloudflare' {
  interface Future {
    v3_singleFetch: true;
  }
}

const app = resolve(import.meta.dirname, 'app');

/**
 * Which scripts a page loads: React, the house that every page stands in, the film where it has one, and the page itself. What is imported
 * dynamically stays on its own. Left to itself the build makes a dozen files of under 1 kB for each page.
 */
function chunkOf(id: string): string | undefined {
  if (/node_modules\/(react|react-dom|scheduler|react-router|react-router-dom|@remix-run)\//.test(id)) return 'react';
  const path = id.startsWith(app) ? id.slice(app.length + 1) : id;
  return Object.entries({ house, uploads, sheets, film }).find(([, parts]) =>
    parts.some((part) => part.test(path)),
  )?.[0];
}

/** What every page stands in at first. */
const house = [
  /^components\/(?!copy-link|day|field|sheet|use-swipe-down)/,
  /^live\/(use-live|socket)\./,
  /^problem\.ts/,
  /^media\/keys\.ts/,
  /^photos\/(frame|framed-photo|photo-sizes|uploads-provider|kept-photo)\.tsx?/,
  /^lazy\.ts/,
  /vite\/preload-helper/,
];

/** What the pages with photos on their way share. */
const uploads = [
  /^photos\/(use-uploads|device-uploads|upload-list|early-photos|upload-reasons|upload-store\.client)\.tsx?/,
];

/** What the pages with sheets and fields share. */
const sheets = [/^components\/(copy-link|day|field|sheet|use-swipe-down)\.tsx?/];

/** What the studio, its lazy parts and the player share. */
const film = [
  /^player\/(?!shared-)[a-z-]+\.tsx?$/,
  /^studio\/(choices|merge-view|clip-card|next-action|note|post|words)\.tsx?/,
];

/** The oldest browsers the pages run in (`browserslist` in package.json), in esbuild's names: `safari16.4`. */
function buildTargets(): string[] {
  const names: Readonly<Record<string, string>> = {
    safari: 'safari',
    ios_saf: 'ios',
    firefox: 'firefox',
    chrome: 'chrome',
    edge: 'edge',
  };
  const oldest = new Map<string, number>();
  for (const entry of browserslist(null, { path: import.meta.dirname })) {
    const [browser = '', versions = ''] = entry.split(' ');
    const version = Number.parseFloat(versions);
    const name = names[browser];
    // Samsung Internet is Chrome's engine; esbuild has no name for it.
    if (name && version < (oldest.get(name) ?? Number.POSITIVE_INFINITY)) oldest.set(name, version);
  }
  return [...oldest].map(([name, version]) => name + version);
}

type PostcssPlugin = Extract<NonNullable<CSSOptions['postcss']>, { plugins?: unknown }>['plugins'] & object;

/** Puts every style inside `@supports` of what the minimum has, but for those that are meant for older browsers. */
const forTheMinimum: PostcssPlugin[number] = {
  postcssPlugin: 'for-the-minimum',
  OnceExit(root, { atRule }) {
    const modern = root.nodes.filter(
      (node) => !(node.type === 'atrule' && node.name === 'supports' && node.params.startsWith('not (color')),
    );
    if (modern.length > 0) root.append(atRule({ name: 'supports', params: minimumCss }).append(...modern));
  },
};

/** Lists the modules whose code is in the browser's scripts, for the check of the minimum (journeys/browser-support.test.ts). */
const listModules: Plugin = {
  name: 'list-modules',
  writeBundle(_options, bundle) {
    if (this.environment.name !== 'client') return;
    const modules = Object.values(bundle).flatMap((file) =>
      file.type === 'chunk' ? Object.entries(file.modules) : [],
    );
    const own = modules.filter(([id, { renderedLength }]) => id.startsWith(app) && renderedLength > 0);
    const paths = new Set(own.map(([id]) => relative(import.meta.dirname, id).split('?')[0]));
    writeFileSync(
      resolve(import.meta.dirname, 'build/client-modules.json'),
      JSON.stringify([...paths].sort(), null, 1),
    );
  },
};

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [
    tailwindcss(),
    listModules,
    remix({
      // Remix's v3 flags: the later move to React Router 7 is then a rename.
      future: {
        v3_fetcherPersist: true,
        // The whole table of routes is 1 kB, cached for good; asking for parts of it costs a request on every page.
        v3_lazyRouteDiscovery: false,
        v3_relativeSplatPath: true,
        v3_routeConfig: true,
        v3_singleFetch: true,
        v3_throwAbortReason: true,
      },
    }),
  ],
  resolve: { alias: { '~': app } },
  ssr: {
    // The server build runs in workerd: everything is bundled, with the exports meant for workers.
    noExternal: true,
    resolve: { conditions: ['workerd', 'worker', 'browser'], externalConditions: ['workerd', 'worker'] },
  },
  worker: { format: 'es' },
  css: { postcss: { plugins: [forTheMinimum] } },
  build: {
    // The server build runs in workerd, which is newer than any browser.
    target: isSsrBuild ? 'es2022' : buildTargets(),
    sourcemap: false,
    rollupOptions: isSsrBuild ? {} : { output: { manualChunks: chunkOf } },
  },
}));
