import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

// README, CONTRIBUTING and docs/ say what is so, and nothing in the repository needs what is outside of it.

const root = resolve(import.meta.dirname, '..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const exists = (path: string) => statSync(join(root, path), { throwIfNoEntry: false }) !== undefined;

const notOurs = new Set(['.git', '.wrangler', '.cache', 'node_modules', 'build', 'package-lock.json']);

/** Every file of the repository. */
function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !notOurs.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    });
}
const files = filesUnder('');
const documents = files.filter((path) => path.endsWith('.md'));
const written = files.filter(
  (path) =>
    /\.(tsx?|mjs|js|css|sql|toml|md|json)$/.test(path) && !/^(package-lock\.json|migrations\/meta\/)/.test(path),
);
const itself = 'app/documents.test.ts';

/** What a pattern finds in files, as readable lines. */
function findings(paths: readonly string[], pattern: RegExp): string[] {
  return paths
    .filter((path) => path !== itself)
    .flatMap((path) =>
      text(path)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim().slice(0, 120)}`] : [])),
    );
}

describe('the documents', () => {
  it('every document exists', () => {
    expect(documents).toEqual(
      expect.arrayContaining([
        'README.md',
        'CONTRIBUTING.md',
        ...['architecture', 'deploying', 'glossary', 'operating'].map((name) => `docs/${name}.md`),
      ]),
    );
    expect(['LICENSE', '.editorconfig', '.nvmrc'].filter((path) => !exists(path))).toEqual([]);
  });

  it.each(documents)('a document names only paths that exist: %s', (path) => {
    const named = [
      ...text(path).matchAll(
        /`((?:app|workers|stand-ins|journeys|bench|ops|docs|migrations|public|\.ci)\/[\w./$-]*)`|`([A-Z]+\.md|[\w.-]+\.toml)`|\]\((?!https?:|#)([^)#]+)\)/g,
      ),
    ].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
    // The glossary also names folders by their old names.
    const kept = path === 'docs/glossary.md' ? text(path).split('## Old names that stay')[1] : '';
    expect(named.filter((name) => !exists(name) && !kept?.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(documents)('a document names only commands that exist: %s', (path) => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const named = [...text(path).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] as string);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('the documents name paths and commands at all', () => {
    const all = documents.map(text).join('\n');
    expect(all.match(/`(app|workers)\//g)?.length).toBeGreaterThan(50);
    expect(all.match(/npm run /g)?.length).toBeGreaterThan(20);
  });

  it('the README has about one screen', () => {
    expect(text('README.md').split('\n').length).toBeLessThan(70);
  });
});

describe('the decision records', () => {
  const records = readdirSync(join(root, 'docs/decisions')).toSorted();

  it('decision records are numbered without a gap', () => {
    expect(records.map((name) => name.slice(0, 5))).toEqual(
      records.map((_name, index) => `${String(index + 1).padStart(4, '0')}-`),
    );
  });

  it.each(records)('a decision record has context, decision, alternatives and consequences: %s', (name) => {
    const record = text(`docs/decisions/${name}`);
    expect(record).toMatch(new RegExp(`^# ${name.slice(0, 4)} · \\S`));
    expect(record.split('\n')[1]).toMatch(/^\d{4}-\d\d-\d\d · (accepted|superseded by \d{4})$/);
    expect([...record.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual([
      'Context',
      'Decision',
      'Alternatives',
      'Consequences',
    ]);
  });

  it('cited decision records exist', () => {
    const numbers = records.map((name) => name.slice(0, 4));
    const cited = written.flatMap((path) =>
      [...text(path).matchAll(/\bdecisions? (\d{4})\b/gi)].map((match) => match[1]),
    );
    expect(cited.length).toBeGreaterThan(3);
    expect(cited.filter((number) => !numbers.includes(number ?? ''))).toEqual([]);
  });
});

describe('the repository', () => {
  it('the repository cites no document outside of itself', () => {
    const outside = /\b(RE)?DESIGN\b(?!-)|\bLOOK\.md|\bSTYLE\.md|\bfacts\/\w+\.md|\.\.\/shared\b|(?<!RFC \d+ )§/;
    expect(findings(written, outside)).toEqual([]);
  });

  it('no test is skipped', () => {
    const tests = files.filter((path) => /\.test\.tsx?$/.test(path));
    expect(tests.length).toBeGreaterThan(100);
    expect(findings(tests, /\.(skip|todo|skipIf|runIf)\(/)).toEqual([]);
  });

  it('the title of a test has a subject of its own, so that it can be read without its describe', () => {
    const verbs =
      'is|are|was|has|have|does|do|can|cannot|may|must|would|says?|tells?|keeps?|gives?|takes?|makes?|finds?|stays?|goes|lets?|moves?|leaves|pauses|loops|stores?|loads?|fetches|removes?|refuses?|adds?|ends|asks?|begins|counts?|exists?|fits?';
    const tests = files.filter((path) => /\.test\.tsx?$/.test(path));
    expect(findings(tests, new RegExp(`(\\b(it|test)|\\.each\\(.*\\)|^\\s*\\].*\\))\\(['"\`](${verbs}) .*`))).toEqual(
      [],
    );
  });
});
