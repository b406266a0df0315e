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

/** Texts of several words that stand in the code behind the desk and nowhere else; a build keeps what is in quotes. */
function wordsOfTheDesk(): string[] {
  const words = new Set<string>();
  const folder = resolve(root, 'app/admin');
  const others = filesUnder(resolve(root, 'app'))
    .filter((path) => !/\/admin[/-]/.test(path) && !/\.test\.|\.server\.|\/routes\.ts$/.test(path))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  for (const name of readdirSync(folder).filter((file) => /\.tsx?$/.test(file) && !/\.test\.|\.server\./.test(file)))
    for (const [, , text = ''] of readFileSync(join(folder, name), 'utf8').matchAll(
      /(['"`])((?:(?!\1)[^\\$\n]){8,60})\1/g,
    ))
      if (text.trim().includes(' ') && !others.includes(text)) words.add(text);
  return [...words];
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

/** A script and every script that it can come to load, at once or later. */
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

it('the code behind the desk is in nobody else’s bundle, and the charts are in the overview’s alone', async () => {
  const [manifest = ''] = readdirSync(join(client, 'assets')).filter((name) => name.startsWith('manifest-'));
  const assets = JSON.parse(/\{.*\}/s.exec(textOf(manifest))?.[0] ?? '') as Manifest;
  const isAdmin = ({ id }: BuiltRoute) => id.startsWith('routes/admin-');
  const all = Object.values(assets.routes);
  const others = all.filter((route) => !isAdmin(route));
  expect(others.length).toBeGreaterThan(30);
  const words = wordsOfTheDesk();
  expect(words.length).toBeGreaterThan(40);

  const scriptsOf = ({ module, imports = [] }: BuiltRoute) => loadedBy([module, ...imports]);
  // The words are really found where they belong: else their absence would say nothing.
  const ofTheDesk = new Set(all.filter(isAdmin).flatMap((route) => [...scriptsOf(route)]));
  const found = words.filter((word) => [...ofTheDesk].some((name) => textOf(name).includes(word)));
  expect(found.length).toBeGreaterThan(40);

  const everybodys = new Set([...loadedBy([assets.entry.module, ...assets.entry.imports])]);
  for (const route of others) for (const name of scriptsOf(route)) everybodys.add(name);
  const leaks = [...everybodys].flatMap((name) =>
    found.filter((word) => textOf(name).includes(word)).map((word) => `${name}: ${word}`),
  );
  expect(leaks).toEqual([]);

  const withCharts = all.filter((route) => [...scriptsOf(route)].some((name) => textOf(name).includes('uplot')));
  expect(withCharts.map(({ id }) => id)).toEqual(['routes/admin-overview']);
});
