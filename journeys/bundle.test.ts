import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const client = resolve(root, 'build/client');

interface BuiltRoute {
  id: string;
  module: string;
  imports?: string[];
  css?: string[];
}
interface Manifest {
  entry: { module: string; imports: string[] };
  routes: Record<string, BuiltRoute>;
}

const textOf = (name: string) => readFileSync(join(client, 'assets', name), 'utf8');

/** Texts of several words that only the code of the admin panel holds; a build keeps quoted texts as they are. */
function adminOnlyWords(): string[] {
  const words = new Set<string>();
  const folder = resolve(root, 'app/admin');
  const inBrowser = (path: string) => !/\.test\.|\.server\.|\/routes\.ts$/.test(path);
  const others = filesUnder(resolve(root, 'app'))
    .filter((path) => !path.includes('/admin/') && inBrowser(path))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  for (const path of filesUnder(folder).filter(inBrowser))
    for (const [, , text = ''] of readFileSync(path, 'utf8').matchAll(/(['"`])((?:(?!\1)[^\\$\n]){8,60})\1/g))
      if (text.trim().includes(' ') && !others.includes(text)) words.add(text);
  return [...words];
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

/** Scripts and every script that they load, at once or later. */
function loadedBy(files: readonly string[], seen = new Set<string>()): Set<string> {
  for (const file of files) {
    const name = file.split('/').pop() ?? '';
    if (seen.has(name)) continue;
    seen.add(name);
    const text = textOf(name);
    const next = [...text.matchAll(/["'](?:\.\/|assets\/|\/assets\/)([\w.-]+\.js)["']/g)].map(([, to = '']) => to);
    // The table of routes names every page's scripts, which only those pages load.
    if (!name.startsWith('manifest-')) loadedBy(next, seen);
  }
  return seen;
}

it('the scripts of the admin panel are loaded by its pages alone, and the charts by the overview alone', async () => {
  const [manifest = ''] = readdirSync(join(client, 'assets')).filter((name) => name.startsWith('manifest-'));
  const assets = JSON.parse(/\{.*\}/s.exec(textOf(manifest))?.[0] ?? '') as Manifest;
  const isAdmin = ({ id }: BuiltRoute) => id.startsWith('routes/admin/');
  const all = Object.values(assets.routes);
  const others = all.filter((route) => !isAdmin(route));
  expect(others.length).toBeGreaterThan(30);
  const words = adminOnlyWords();
  expect(words.length).toBeGreaterThan(40);

  const scriptsOf = ({ module, imports = [] }: BuiltRoute) => loadedBy([module, ...imports]);
  // The texts are found in the admin panel's scripts: otherwise their absence elsewhere proves nothing.
  const ofAdmin = new Set(all.filter(isAdmin).flatMap((route) => [...scriptsOf(route)]));
  const found = words.filter((word) => [...ofAdmin].some((name) => textOf(name).includes(word)));
  expect(found.length).toBeGreaterThan(40);

  const everybodys = new Set([...loadedBy([assets.entry.module, ...assets.entry.imports])]);
  for (const route of others) for (const name of scriptsOf(route)) everybodys.add(name);
  const leaks = [...everybodys].flatMap((name) =>
    found.filter((word) => textOf(name).includes(word)).map((word) => `${name}: ${word}`),
  );
  expect(leaks).toEqual([]);

  const withCharts = all.filter((route) => [...scriptsOf(route)].some((name) => textOf(name).includes('uplot')));
  expect(withCharts.map(({ id }) => id)).toEqual(['routes/admin/overview']);
});
