// Holds the sources and the build against the minimum of browsers (`browserslist` in package.json): every feature that an
// oldest browser lacks has a listed fallback, which a test runs without the feature. Needs `npm run build`.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { minimumCss } from '../app/minimum.ts';
import { type Finding, featureAt, findingOf, lacking, oldest } from './support/compat.ts';
import { cssFindings, withoutNewerFeatures } from './support/css.ts';
import { fallbacks } from './support/fallbacks.ts';
import { knowsThePlatform, scriptFindings, sourceFindings } from './support/script.ts';

const root = resolve(import.meta.dirname, '..');
const assets = join(root, 'build/client/assets');
const built = (suffix: string) =>
  readdirSync(assets)
    .filter((name) => name.endsWith(suffix))
    .map((name) => ({ name, text: readFileSync(join(assets, name), 'utf8') }));

/** The sources that run in a browser: those in the built scripts, and the workers, which are built apart. */
const sources = [
  ...(JSON.parse(readFileSync(join(root, 'build/client-modules.json'), 'utf8')) as string[]),
  ...readdirSync(join(root, 'app'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(client|worker)\.tsx?$/.test(path))
    .map((path) => `app/${path}`),
]
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => join(root, path));

const isListed = (feature: string) =>
  feature in fallbacks ||
  feature.split('.').some((_, index, parts) => `${parts.slice(0, index).join('.')}.*` in fallbacks);

/** Newer features that are not listed, each with its first use. */
const unlisted = (findings: readonly Finding[]) => {
  const first = new Map<string, string>();
  for (const { feature, where, browsers } of findings)
    if (!isListed(feature) && !first.has(feature)) first.set(feature, `${feature} (${browsers.join(', ')}): ${where}`);
  return [...first.values()];
};

const compilerOptions = () =>
  ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root)
    .options;

const findings = {
  css: built('.css').flatMap(({ name, text }) => cssFindings(text, name)),
  scripts: [
    ...built('.js').flatMap(({ name, text }) => scriptFindings(text, name)),
    ...scriptFindings(readFileSync(join(root, 'public/sw.js'), 'utf8'), 'sw.js', 'script'),
  ],
  sources: sourceFindings(sources, compilerOptions()),
};

describe('the minimum of browsers', () => {
  it('the README names the minimum of browsers', () => {
    expect(Object.fromEntries(oldest)).toEqual({
      chrome: 111,
      edge: 111,
      firefox: 115,
      safari: 16.4,
      safari_ios: 16.4,
      samsunginternet_android: 22,
    });
  });

  it('the oldest browsers pass the condition of the built styles, and much older ones do not', () => {
    expect(minimumCss).toContain('color-mix(');
    expect(lacking(featureAt('css.types.color.color-mix'))).toEqual([]);
    for (const { name, text } of built('.css'))
      expect(text, name).toMatch(/@supports \(color: ?color-mix\(in oklab, ?red, ?red\)\)/);
  });

  it('the oldest browsers have all features of the built styles but the listed ones', () => {
    expect(unlisted(findings.css)).toEqual([]);
  });

  it('the oldest browsers have all features of the built scripts but the listed ones', () => {
    expect(unlisted(findings.scripts)).toEqual([]);
  });

  it('the oldest browsers have all features of the sources but the listed ones', () => {
    expect(sources.length).toBeGreaterThan(120);
    expect(unlisted(findings.sources)).toEqual([]);
  });

  it('a rule sets the first value of every registered property, for Firefox before 128', () => {
    for (const { name, text } of built('.css').filter((each) => each.text.includes('@property'))) {
      const registered = [...text.matchAll(/@property (--[\w-]+)\s*\{([^}]*)\}/g)];
      const forFirefox = /@layer properties\s*\{@supports[^{]*-moz-orient[^{]*\{[^{]*\{([^}]*)\}/.exec(text)?.[1] ?? '';
      const set = new Map(forFirefox.split(';').map((line) => line.split(/:(.*)/s).slice(0, 2) as [string, string]));
      expect(registered.length, name).toBeGreaterThan(30);
      for (const [, property = '', descriptors = ''] of registered) {
        const first = /initial-value:([^;]*)/.exec(descriptors)?.[1]?.trim() ?? 'initial';
        expect(set.get(property)?.trim().replace(/^0px$/, '0'), property).toBe(first);
      }
    }
  });

  it('every listed fallback is for a feature in use', () => {
    const used = Object.values(findings).flatMap((some) => some.map(({ feature }) => feature));
    const isUsed = (entry: string) =>
      used.some((feature) => feature === entry || (entry.endsWith('.*') && feature.startsWith(entry.slice(0, -1))));
    expect(Object.keys(fallbacks).filter((entry) => !isUsed(entry))).toEqual([]);
  });
});

describe('the check of the minimum', () => {
  const inCss = (css: string) => cssFindings(css, 'x.css').map(({ feature }) => feature);
  const inScript = (code: string) => scriptFindings(code, 'x.js').map(({ feature }) => feature);

  it('the check of the minimum reads the data of the platform', () => {
    expect(knowsThePlatform()).toBe(true);
    expect(findingOf('api.URL.parse_static', 'x')).toHaveLength(1);
    expect(findingOf('api.AbortSignal.timeout_static', 'x')).toEqual([]);
  });

  it.each([
    ['a { color: light-dark(red, blue) }', 'css.types.color.light-dark'],
    ['a { --x: light-dark(red, blue) }', 'css.types.color.light-dark'],
    ['a { field-sizing: content }', 'css.properties.field-sizing'],
    ['a { transition: opacity 1s allow-discrete }', 'css.properties.transition-behavior'],
    ['a:has(b) { color: red }', 'css.selectors.has'],
    ['a, ::view-transition-group(*) { color: red }', 'a newer selector in a list with others'],
    ['a, ::-moz-range-thumb { color: red }', 'a newer selector in a list with others'],
    ['@starting-style { a { opacity: 0 } }', 'css.at-rules.starting-style'],
    [
      '@media (prefers-reduced-transparency: reduce) { a { opacity: 1 } }',
      'css.at-rules.media.prefers-reduced-transparency',
    ],
    [
      '@supports not (color: light-dark(red, blue)) { a { color: light-dark(red, blue) } }',
      'css.types.color.light-dark',
    ],
  ])('the check of the minimum finds the newer feature in %s', (css, feature) => {
    expect(inCss(css)).toContain(feature);
  });

  it.each([
    'a { width: 50cqw; height: 10dvh; color: oklch(0.5 0.1 60) }',
    '@supports (color: light-dark(red, blue)) { a { color: light-dark(red, blue) } }',
    'a:is(:popover-open, [open]) { color: red }',
    '::-webkit-scrollbar { display: none }',
  ])('the check of the minimum finds nothing newer in %s', (css) => {
    expect(inCss(css)).toEqual([]);
  });

  it('the check of the minimum leaves the rules that the oldest browsers read', () => {
    const css = 'a,b:has(c){color:red}d{color:light-dark(red,blue);top:0}@starting-style{e{top:0}}f:is(:open,g){top:0}';
    expect(withoutNewerFeatures(css)).toBe('d{top:0}f:is(:open,g){top:0}');
  });

  it.each([
    ['URL.parse("/")', 'api.URL.parse_static'],
    ['Promise.try(f)', 'javascript.builtins.Promise.try'],
    ['list.toSorted()', undefined],
    ['map.getOrInsertComputed(1, f)', 'javascript.builtins.Map.getOrInsertComputed'],
    ['new CookieStore()', 'api.CookieStore'],
    ['/[a--b]/v.test(x)', 'syntax after ES2022'],
    ['import x from "y" with { type: "json" }', 'syntax after ES2022'],
    ['using x = y()', 'syntax after ES2022'],
    ['function f(CookieStore) { return CookieStore }', undefined],
  ])('the check of the minimum finds the newer feature in the script %s', (code, feature) => {
    expect(inScript(code)).toEqual(feature ? expect.arrayContaining([feature]) : []);
  });
});
