import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

// Reads docs/glossary.md and holds every name in the code against its columns "do not say" and "Old names that stay".

const root = resolve(import.meta.dirname, '..');
const searched = ['app', 'workers', 'bench', 'stand-ins', 'journeys', 'ops'];
const itself = 'app/glossary.test.ts';

/** A word that no name may say. */
interface Forbidden {
  written: string;
  /** The word to say instead. */
  instead: string;
  match: 'phrase' | 'whole' | 'file' | 'query';
  words: readonly string[];
}

/** A name that stays although it says a forbidden word, in one place. */
interface Kept {
  written: string;
  words: readonly string[];
  /** A path prefix; empty: everywhere. */
  where: string;
}

interface Glossary {
  rows: { heading: string; cells: string[] }[];
  forbidden: Forbidden[];
  kept: Kept[];
}

/** `readWayBack`, `read-way-back` and `READ_WAY_BACK` come to the same lower-case words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);
}

/** Where `phrase` begins in `words`; its last word matches a plural too. */
function beginningsOf(phrase: readonly string[], words: readonly string[]): number[] {
  const last = phrase.length - 1;
  return words.flatMap((_word, start) => {
    const isHere = phrase.every((word, index) => {
      const found = words[start + index];
      return found === word || (index === last && found === `${word}s`);
    });
    return isHere ? [start] : [];
  });
}

const keptHeading = 'Old names that stay';

/** What every `code` in a table's cell says, with what follows it up to the next one. */
const codesIn = (cell: string) =>
  [...cell.matchAll(/`([^`]+)`([^`]*)/g)].map(([, written = '', after = '']) => ({ written, after }));

function readGlossary(markdown: string): Glossary {
  let heading = '';
  const rows = markdown.split('\n').flatMap((line) => {
    if (line.startsWith('## ')) heading = line.slice(3);
    if (!line.startsWith('| ') || /^\| (word|name) \|/.test(line)) return [];
    return [
      {
        heading,
        cells: line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      },
    ];
  });
  const forbidden = rows
    .filter((row) => row.heading !== keptHeading)
    .flatMap(({ cells: [word = '', , , doNotSay = ''] }) =>
      codesIn(doNotSay).map(({ written, after }): Forbidden => {
        const isFile = written.endsWith('.ts');
        return {
          written,
          instead: word.replaceAll('*', ''),
          match: isFile ? 'file' : written.startsWith('?') ? 'query' : after.startsWith(' alone') ? 'whole' : 'phrase',
          words: wordsOf(isFile ? written.slice(0, -3) : written),
        };
      }),
    );
  const kept = rows
    .filter((row) => row.heading === keptHeading)
    .flatMap(({ cells: [names = '', where = ''] }) =>
      codesIn(names).flatMap(({ written }) => {
        const prefixes = where === 'everywhere' ? [''] : codesIn(where).map((code) => code.written);
        return prefixes.map((prefix): Kept => ({ written, words: wordsOf(written), where: prefix }));
      }),
    );
  return { rows, forbidden, kept };
}

/** Every forbidden word in a name, with where it begins among the words of the name. */
function matchesIn(name: string, { forbidden }: Glossary): { one: Forbidden; starts: number[] }[] {
  const words = wordsOf(name);
  return forbidden.flatMap((one) => {
    if (one.match === 'whole') return name === one.written ? [{ one, starts: [0] }] : [];
    if (one.match === 'query') return new RegExp(`[?&]${one.words[0]}(=|$)`).test(name) ? [{ one, starts: [0] }] : [];
    const starts = one.match === 'phrase' ? beginningsOf(one.words, words) : [];
    return starts.length > 0 ? [{ one, starts }] : [];
  });
}

/** A search through many files, which also counts the exceptions it meets; a name is looked up once, however often it is used. */
function createSearch(glossary: Glossary) {
  const known = new Map<string, ReturnType<typeof matchesIn>>();
  const needed = new Set<Kept>();

  /** The forbidden word that `name` says at `path` without being part of a name that stays, or undefined. */
  function relapseIn(name: string, path: string): Forbidden | undefined {
    const matches = known.get(name) ?? matchesIn(name, glossary);
    known.set(name, matches);
    if (matches.length === 0) return undefined;
    const words = wordsOf(name);
    const stays = glossary.kept
      .filter(({ where }) => path.startsWith(where))
      .flatMap((kept) => beginningsOf(kept.words, words).map((from) => ({ kept, from, to: from + kept.words.length })));
    const isKept = (start: number, end: number) => {
      const cover = stays.find(({ from, to }) => from <= start && end <= to);
      if (cover) needed.add(cover.kept);
      return cover !== undefined;
    };
    return matches.find(({ one, starts }) => starts.some((start) => !isKept(start, start + one.words.length)))?.one;
  }

  /** Every relapse of one file as a readable line; `source` is null where a file is no code. */
  function relapsesIn(path: string, source: string | null): string[] {
    const parts = path.split('/').map((part) => part.split('.')[0] ?? '');
    const inPath = parts.flatMap((part) => relapseIn(part, path) ?? []);
    const stem = basename(path).split('.')[0];
    const asFile = glossary.forbidden.filter(({ match, words }) => match === 'file' && words.join('-') === stem);
    const ofPath = [...inPath, ...asFile].map(({ written, instead }) => `${path}: ${written} → ${instead}`);
    const ofNames = (source === null ? [] : namesIn(path, source)).flatMap(({ name, line }) => {
      const relapse = relapseIn(name, path);
      return relapse ? [`${path}:${line} ${name}: ${relapse.written} → ${relapse.instead}`] : [];
    });
    return [...new Set([...ofPath, ...ofNames])];
  }

  /** The exceptions that no file searched so far needs. */
  const staleExceptions = () =>
    glossary.kept
      .filter((kept) => !needed.has(kept))
      .map(({ written, where }) => `${written} in ${where || 'any file'}`);

  return { relapsesIn, staleExceptions };
}

/**
 * Every name in a file: identifiers, private ones too, and strings without spaces, which are log events, codes and
 * addresses; a query key that is read is given as `?key`. Names of imported modules are left to the search of file names.
 */
function namesIn(path: string, source: string): { name: string; line: number }[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const names: { name: string; line: number }[] = [];
  const add = (node: ts.Node, name: string) => {
    names.push({ name, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && node.importClause) visit(node.importClause);
    else if (ts.isExportDeclaration(node) && node.exportClause) visit(node.exportClause);
    else if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) add(node, node.text);
    else if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) {
      if (!/\s/.test(node.text)) add(node, isQueryKey(node, file) ? `?${node.text}` : node.text);
    } else if (!isModuleName(node)) ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

const isModuleName = (node: ts.Node) =>
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword);

/** True for the name in `searchParams.get('name')`. */
function isQueryKey({ parent }: ts.Node, file: ts.SourceFile): boolean {
  return ts.isCallExpression(parent) && /\bsearchParams\.\w+$/.test(parent.expression.getText(file));
}

const glossary = readGlossary(readFileSync(join(root, 'docs/glossary.md'), 'utf8'));

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

describe('the glossary', () => {
  const search = createSearch(glossary);
  const relapses = searched
    .flatMap(filesUnder)
    .filter((path) => path !== itself)
    .flatMap((path) => search.relapsesIn(path, /\.tsx?$/.test(path) ? readFileSync(join(root, path), 'utf8') : null));

  it('each word of the glossary has one sentence and a place, and each old name a reason', () => {
    const words = glossary.rows.filter(({ heading }) => heading !== keptHeading);
    expect(words.length).toBeGreaterThan(60);
    expect(words.filter(({ cells }) => cells.length !== 4 || !cells[1]?.endsWith('.') || !cells[2])).toEqual([]);
    const names = words.map(({ cells }) => cells[0]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const kept = glossary.rows.filter(({ heading }) => heading === keptHeading);
    expect(kept.filter(({ cells }) => cells.length !== 3 || !cells[2]?.endsWith('.'))).toEqual([]);
  });

  it('identifiers, file names, log events, query keys and addresses keep to the glossary', () => {
    expect(relapses).toEqual([]);
  });

  it('every exception of the glossary is needed by a name', () => {
    expect(search.staleExceptions()).toEqual([]);
  });
});

describe('the search for words that the glossary forbids', () => {
  const search = () =>
    createSearch(
      readGlossary(`
| word | meaning | where | do not say |
|---|---|---|---|
| **return URL** | A page. | \`app/\` | \`wayBack\`, \`line.ts\`, \`Visit\` alone, \`?came\`, \`job\` |
## ${keptHeading}
| name | where | why |
|---|---|---|
| \`generationJob\` | everywhere | A class. |
| \`job\` | \`stand-ins/\` | The wire. |`),
    );
  const found = (source: string, path = 'app/x.ts') =>
    search()
      .relapsesIn(path, source)
      .map((line) => line.split(' → ')[0]);

  it.each([
    ['const readWayBacks = 1;', 'readWayBacks: wayBack'],
    ['const WAY_BACK = 1;', 'WAY_BACK: wayBack'],
    ['class A { #wayBack = 1 }', '#wayBack: wayBack'],
    ['log({ event: "way-back" });', 'way-back: wayBack'],
    ['const to = "/way-back?a=b";', '/way-back?a=b: wayBack'],
    [`const to = \`/a?came=\${from}\`;`, '/a?came=: ?came'],
    ['url.searchParams.get("came");', '?came: ?came'],
    ['type Visit = string;', 'Visit: Visit'],
    ['type JobId = string;', 'JobId: job'],
    ['const generationJobJob = 1;', 'generationJobJob: job'],
    ['import { wayBack } from "./y";', 'wayBack: wayBack'],
    ['export { a as wayBack } from "./y";', 'wayBack: wayBack'],
  ])('a forbidden word is found in %s', (source, relapse) => {
    expect(found(source)).toEqual([`app/x.ts:1 ${relapse}`]);
  });

  it.each([
    'const awayBacklog = 1;',
    'const came = "came";',
    'const shareVisit = visit;',
    'const GENERATION_JOB = 1;',
    'const text = "there is a way back";',
    '// wayBack',
    'import { a } from "./way-back";',
    'export * from "./way-back";',
    'const a = () => import("./way-back");',
  ])('no forbidden word is found in %s', (source) => {
    expect(found(source)).toEqual([]);
  });

  it('a forbidden word is found in names of folders and files with any ending', () => {
    expect(found('', 'app/way-back/x.ts')).toEqual(['app/way-back/x.ts: wayBack']);
    expect(found('', 'app/line.server.test.ts')).toEqual(['app/line.server.test.ts: line.ts']);
    expect(found('', 'app/log-line.ts')).toEqual([]);
  });

  it('an exception holds only in its place', () => {
    expect(found('const job = 1;', 'stand-ins/luma.ts')).toEqual([]);
    expect(found('const job = 1;')).toEqual(['app/x.ts:1 job: job']);
  });

  it('an exception that no name needs is reported', () => {
    const { relapsesIn, staleExceptions } = search();
    relapsesIn('app/x.ts', 'const job = 1;');
    relapsesIn('app/x.ts', 'const generationJob = 1;');
    expect(staleExceptions()).toEqual(['job in stand-ins/']);
    relapsesIn('stand-ins/luma.ts', 'const job = 1;');
    expect(staleExceptions()).toEqual([]);
  });
});
