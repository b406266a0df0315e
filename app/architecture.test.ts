import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rateClassesOfRoutes } from './rate-classes';

// The shape of the code (docs/architecture.md): which way the arrows point, what may be where, and how long.

const root = resolve(import.meta.dirname, '..');

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

const code = ['app', 'workers'].flatMap(filesUnder).filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'));
const isTest = (path: string) => /\.test\.tsx?$|^app\/testing\//.test(path);
const product = code.filter((path) => !isTest(path));
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const lines = (path: string) => text(path).split('\n').length - 1;

/** What a file imports from our own code: repository paths without endings, with whether only types are taken. */
function importsOf(path: string): { target: string; typeOnly: boolean }[] {
  const found = [
    ...text(path).matchAll(
      /(?:^|\n)\s*(import|export)\s+(type\s+)?([^;]*?)\s*from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
    ),
  ];
  return found.flatMap(([, , typeKeyword, names = '', from, dynamic]) => {
    const source = from ?? dynamic ?? '';
    if (!source.startsWith('.') && !source.startsWith('~/')) return [];
    const target = source.startsWith('~/')
      ? join('app', source.slice(2))
      : relative(root, resolve(root, dirname(path), source));
    const everyNameIsAType =
      /^\{[^}]*\}$/.test(names) &&
      names
        .slice(1, -1)
        .split(',')
        .every((name) => !name.trim() || name.trim().startsWith('type '));
    return [{ target: target.replace(/\.tsx?$/, ''), typeOnly: Boolean(typeKeyword) || everyNameIsAType }];
  });
}

const bare = (path: string) => path.replace(/\.tsx?$/, '');
const isServer = (path: string) => /\.server$/.test(bare(path)) || path.startsWith('workers/');
const isClient = (path: string) => /\.(client|worker)$/.test(bare(path));

/** The folder of a file, as the levels below name it: a folder of `app/`, `workers`, or a single file of `app/`. */
function folderOf(path: string): string {
  const [top = '', second = '', third] = bare(path).split('/');
  return top === 'workers' ? top : third === undefined ? `${top}/${second}` : second;
}

/** Every folder from the roof to the ground. An import goes down, or stays in its folder; types count like values. */
const levels = [
  ['workers'],
  ['routes'],
  ['app/root', 'app/entry.client', 'app/entry.server', 'app/routes', 'app/rate-classes'],
  ['testing'],
  ['app/load-context'],
  ['app/services.server'],
  ['studio', 'admin', 'landing', 'diagnostics'],
  ['player'],
  ['billing', 'projects'],
  ['generations'],
  ['auth'],
  ['credits'],
  ['live'],
  ['providers'],
  ['photos'],
  ['components', 'media'],
  ['settings'],
  ['db'],
  [
    'app/log',
    'app/config.server',
    'app/signature.server',
    'app/form-fields',
    'app/http',
    'app/lazy',
    'app/minimum',
    'app/network',
    'app/problem',
  ],
  ['app/outcome-messages', 'app/flash', 'app/characters', 'styles'],
];
const levelOf = (folder: string) => levels.findIndex((names) => names.includes(folder));

/** Imports that climb, and why. */
const climbs: Readonly<Record<string, string>> = {
  'app/live/frames → app/projects/views': 'the union of all frames names the views that frames carry; types alone',
  'app/live/frames → app/billing/purchases': 'likewise',
};

/** Offences as readable lines; an empty list is a pass. */
function offences(
  paths: string[],
  rule: (path: string, imported: { target: string; typeOnly: boolean }) => boolean,
): string[] {
  return paths.flatMap((path) =>
    importsOf(path)
      .filter((imported) => rule(path, imported))
      .map(({ target }) => `${path} → ${target}`),
  );
}

describe('the architecture', () => {
  it('names its folders after the product, never after a role', () => {
    const forbidden = new Set([
      'utils',
      'util',
      'lib',
      'helpers',
      'common',
      'misc',
      'shared',
      'core',
      'services',
      'types',
      'hooks',
    ]);
    const folders = new Set(
      ['app', 'workers', 'stand-ins', 'journeys', 'bench', 'ops']
        .flatMap(filesUnder)
        .flatMap((path) => dirname(path).split('/')),
    );
    expect([...folders].filter((name) => forbidden.has(name))).toEqual([]);
  });

  it('doors import the product, and the product imports no door', () => {
    const isOutside = (target: string) => /^(workers|stand-ins|journeys|bench|ops)\//.test(target);
    expect(
      offences(
        code.filter((path) => path.startsWith('app/') && !isTest(path)),
        (_path, { target }) => isOutside(target),
      ),
    ).toEqual([]);
  });

  it('no file that can reach the browser imports server code', () => {
    const pure = product.filter(
      (path) => path.startsWith('app/') && !isServer(path) && path !== 'app/entry.server.tsx',
    );
    expect(offences(pure, (_path, { target, typeOnly }) => isServer(target) && !typeOnly)).toEqual([]);
  });

  it('only server code imports the log', () => {
    const pure = product.filter((path) => path.startsWith('app/') && !isServer(path));
    expect(offences(pure, (_path, { target, typeOnly }) => target === 'app/log' && !typeOnly)).toEqual([]);
  });

  it('server code imports no browser code, and pure files only lazily or as types', () => {
    expect(offences(product.filter(isServer), (_path, { target, typeOnly }) => isClient(target) && !typeOnly)).toEqual(
      [],
    );
  });

  it('routes import types and pure files only, and take live objects from the context', () => {
    const routes = product.filter((path) => path.startsWith('app/routes/'));
    expect(offences(routes, (_path, { target, typeOnly }) => target.endsWith('.server') && !typeOnly)).toEqual([]);
  });

  it('every folder and every file has a level', () => {
    expect(
      code.filter((path) => !/^app\/[a-z-]+(\.server)?\.test\.ts$/.test(path) && levelOf(folderOf(path)) < 0),
    ).toEqual([]);
  });

  it('imports go down or stay in the folder, types included', () => {
    const paths = code.filter((path) => levelOf(folderOf(path)) >= 0);
    const climbing = paths.flatMap((path) =>
      importsOf(path)
        .filter(({ target }) => !target.startsWith('build/') && folderOf(target) !== folderOf(path))
        .filter(({ target }) => levelOf(folderOf(target)) <= levelOf(folderOf(path)) && !isTest(path))
        .map(({ target }) => `${bare(path)} → ${target}`),
    );
    expect(climbing.filter((climb) => !(climb in climbs))).toEqual([]);
    expect(Object.keys(climbs).filter((climb) => !climbing.includes(climb))).toEqual([]);
  });

  it('no product file imports the test harness', () => {
    expect(offences(product, (_path, { target }) => isTest(`${target}.ts`))).toEqual([]);
  });

  it('there is no import cycle, types included', () => {
    const graph = new Map(product.map((path) => [bare(path), importsOf(path).map(({ target }) => target)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (node: string, path: string[]) => {
      if (path.includes(node)) cycles.push([...path.slice(path.indexOf(node)), node].join(' → '));
      if (done.has(node) || path.includes(node)) return;
      for (const next of graph.get(node) ?? []) if (graph.has(next)) walk(next, [...path, node]);
      done.add(node);
    };
    for (const node of graph.keys()) walk(node, []);
    expect(cycles).toEqual([]);
  });

  it('every route of app/routes.ts has a rate class', () => {
    const routes = [...text('app/routes.ts').matchAll(/^ {2}route\('([^']+)'/gm)].map(([, path]) => `/${path}`);
    expect(routes.length).toBeGreaterThan(50);
    expect(routes.filter((path) => !(path in rateClassesOfRoutes))).toEqual([]);
  });

  it('files stay within their limits of length', () => {
    const limits: [RegExp, number][] = [
      [/^workers\/app\.ts$/, 40],
      // Several middlewares, not one door.
      [/^workers\/request-middleware\.ts$/, 120],
      [/^workers\/(generation-job|live-channel)\.ts$/, 150],
      [/^workers\//, 80],
      [/^app\/routes\//, 150],
      [/\.server\.ts$/, 200],
      [/./, 260],
    ];
    const tooLong = product
      .filter((path) => lines(path) > (limits.find(([pattern]) => pattern.test(path))?.[1] ?? 0))
      .map((path) => `${path}: ${lines(path)} lines`);
    expect(tooLong).toEqual([]);
  });

  it('a file of less than a dozen lines has a reason', () => {
    const short: Readonly<Record<string, string>> = {
      'app/admin/overview/chart-line.ts': 'what the chart tells its plot, which is loaded later',
      'app/billing/ended-note.tsx': 'shown by two pages',
      'app/components/nonce.tsx': 'the context that the root fills and pages read',
      'app/db/run-reports.ts': 'read in the browser too',
      'app/minimum.ts': 'read by the build and by pages',
      'app/photos/heic.worker.ts': 'the entry of a worker',
      'app/photos/look/look.worker.ts': 'the entry of a worker',
      'app/photos/prepare.worker.ts': 'the entry of a worker',
      'app/photos/uploads-provider.tsx': 'the context that the root fills and pages read',
      'workers/request-context.ts': 'a type that every door reads',
    };
    const found = product.filter((path) => !path.startsWith('app/routes/') && lines(path) < 12);
    expect(found.filter((path) => !(path in short))).toEqual([]);
    expect(Object.keys(short).filter((path) => !found.includes(path))).toEqual([]);
  });

  it('modules have no mutable state', () => {
    expect(product.filter((path) => !isClient(path) && /^(export )?(let|var) /m.test(text(path)))).toEqual([]);
  });

  it('bindings and variables are read in one place', () => {
    const readers = product.filter(
      (path) => path.startsWith('app/') && /(?<!import\.meta\.)\benv\.[A-Z]/.test(text(path)),
    );
    expect(readers).toEqual(['app/services.server.ts']);
  });

  it('product code has no test branch and names no stand-in', () => {
    expect(product.filter((path) => /\b(mock|fake|stand-?in)s?\b/i.test(text(path)))).toEqual([]);
  });

  it('tables of money are written without OR IGNORE, OR REPLACE and ON CONFLICT, and no SQL is built from strings', () => {
    const forbidden =
      /INSERT OR (IGNORE|REPLACE)|REPLACE INTO|onConflictDo|meta\.changes|(prepare|exec)\(\s*`[^`]*\$\{/;
    expect(product.filter((path) => forbidden.test(text(path)))).toEqual([]);
  });

  it('only app/credits and app/db write the ledger', () => {
    const writes =
      /(INSERT INTO|UPDATE|DELETE FROM)\s+credit_(entries|accounts)|\b(insert|update|delete)\(credit(Entries|Accounts)\)/;
    const writers = product.filter((path) => writes.test(text(path)));
    expect(writers).toEqual(['app/credits/ledger.server.ts']);
  });

  it('random values come from the cryptographic generator', () => {
    expect(
      product.filter((path) => path.startsWith('app/') && isServer(path) && /Math\.random\(/.test(text(path))),
    ).toEqual([]);
  });
});

describe('the tests', () => {
  it('tests read files by paths that exist', () => {
    const missing = [...code, ...['bench', 'journeys', 'ops', 'stand-ins'].flatMap(filesUnder)]
      .filter((path) => /\.tsx?$/.test(path))
      .flatMap((path) =>
        [...text(path).matchAll(/import\.meta\.dirname, '([^']+)'/g)]
          .map(([, target = '']) => join(dirname(path), target))
          // The build may be under way.
          .filter((target) => !target.startsWith('build/') && !existsSync(join(root, target)))
          .map((target) => `${path}: ${target}`),
      );
    expect(missing).toEqual([]);
  });

  it('fake no database, bucket, queue or object', () => {
    const tests = ['app', 'workers', 'journeys', 'stand-ins']
      .flatMap(filesUnder)
      .filter((path) => /\.test\.tsx?$/.test(path) && !path.includes('architecture'));
    expect(tests.filter((path) => /vi\.mock\(|toHaveBeenCalled/.test(text(path)))).toEqual([]);
  });
});
