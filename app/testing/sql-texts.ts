// Reads the SQL that product files write by hand out of their source, so that a test can explain each statement.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');

/** A statement as text, with the file and line that it was found at. */
export interface SqlText {
  at: string;
  sql: string;
}

type Known = ReadonlyMap<string, readonly string[]>;
interface Found {
  file: string;
  node: ts.Node;
}

const isSql = (text: string) => /^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s/.test(text);
/** The most texts that are made from one template. */
const mostTexts = 60;

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

function plain(node: ts.Node): ts.Node {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node)
    ? plain(node.expression)
    : node;
}

/** All SQL texts of `app/` and `workers/`; `unread` names the templates whose parts cannot be followed to constants. */
export function readSqlTexts(): { texts: SqlText[]; unread: string[] } {
  const paths = ['app', 'workers'].flatMap(filesUnder).filter((path) => /\.tsx?$/.test(path));
  const sources = new Map(
    paths
      .filter((path) => !/\.test\.tsx?$|\.d\.ts$|^app\/testing\//.test(path))
      .map((path) => [
        path,
        ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true),
      ]),
  );
  const named = new Map([...sources].map(([file, source]) => [file, namesIn(source)]));
  const calls = [...sources].flatMap(([file, source]) => callsIn(source).map((call) => ({ file, call })));

  /** What a name stands for in a file: its initializer or function, followed through imports. */
  function lookUp(file: string, name: string): Found | null {
    const node = named.get(file)?.get(name);
    if (!node || !ts.isImportSpecifier(node)) return node ? { file, node } : null;
    const from = (node.parent.parent.parent.moduleSpecifier as ts.StringLiteral).text;
    const base = from.startsWith('~/') ? join('app', from.slice(2)) : join(dirname(file), from);
    const target = [`${base}.ts`, `${base}.tsx`].find((path) => sources.has(path));
    return target ? lookUp(target, (node.propertyName ?? node.name).text) : null;
  }

  /** The texts that an expression can be, or null where it does not lead to constants. */
  function values(file: string, raw: ts.Node, known: Known, depth = 0): readonly string[] | null {
    const node = plain(raw);
    if (depth > 12) return null;
    const at = (child: ts.Node) => values(file, child, known, depth + 1);
    if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return [node.text];
    if (ts.isTemplateExpression(node)) return filledIn(file, node, known, depth);
    // Sums are numbers here: limits and times.
    if (ts.isBinaryExpression(node)) return ['1'];
    if (ts.isConditionalExpression(node)) {
      const [yes, no] = [at(node.whenTrue), at(node.whenFalse)];
      return yes && no && [...yes, ...no];
    }
    if (ts.isIdentifier(node)) {
      const found = lookUp(file, node.text);
      if (known.has(node.text)) return known.get(node.text) ?? null;
      return found && !ts.isFunctionLike(plain(found.node)) ? values(found.file, found.node, known, depth + 1) : null;
    }
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      const object = ts.isIdentifier(node.expression) ? lookUp(file, node.expression.text) : null;
      const literal = object && plain(object.node);
      if (!object || !literal || !ts.isObjectLiteralExpression(literal)) return null;
      const wanted = ts.isPropertyAccessExpression(node) ? node.name.text : null;
      const all = literal.properties
        .filter(ts.isPropertyAssignment)
        .filter(({ name }) => wanted === null || name.getText().replaceAll("'", '') === wanted)
        .map(({ initializer }) => values(object.file, initializer, known, depth + 1));
      return all.length > 0 && all.every((one) => one !== null) ? all.flat() : null;
    }
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const called = lookUp(file, node.expression.text);
      const body = called && bodyOf(plain(called.node));
      if (!called || !body) return null;
      return values(called.file, body, argumentsOf({ file, call: node, of: called, known, depth }), depth + 1);
    }
    return null;
  }

  function argumentsOf({
    file,
    call,
    of,
    known,
    depth,
  }: {
    file: string;
    call: ts.CallExpression;
    of: Found;
    known: Known;
    depth: number;
  }) {
    const given = new Map<string, readonly string[]>();
    for (const [index, { name, initializer }] of (plain(of.node) as ts.SignatureDeclaration).parameters.entries()) {
      const argument = call.arguments[index];
      const value = argument
        ? values(file, argument, known, depth + 1)
        : initializer && values(of.file, initializer, new Map(), depth + 1);
      if (ts.isIdentifier(name) && value) given.set(name.text, value);
    }
    return given;
  }

  function filledIn(file: string, node: ts.TemplateExpression, known: Known, depth: number): readonly string[] | null {
    let texts: readonly string[] = [node.head.text];
    for (const { expression, literal } of node.templateSpans) {
      const isQuoted = texts[0]?.endsWith("'") && literal.text.startsWith("'");
      const parts = values(file, expression, known, depth + 1) ?? (isQuoted ? ['value'] : null);
      if (!parts) return null;
      texts = texts.flatMap((text) => parts.map((part) => text + part + literal.text)).slice(0, mostTexts);
    }
    return texts;
  }

  /** A template inside a function, filled in with the arguments of each call of that function. */
  function byCalls(file: string, node: ts.TemplateExpression): readonly string[] | null {
    for (let around: ts.Node = node; around.parent; around = around.parent) {
      const name = ts.isFunctionDeclaration(around)
        ? around.name
        : ts.isArrowFunction(around) && ts.isVariableDeclaration(around.parent)
          ? around.parent.name
          : undefined;
      if (!name || !ts.isIdentifier(name)) continue;
      const own = { file, node: around };
      const texts = calls
        .filter(({ call }) => ts.isIdentifier(call.expression) && call.expression.text === name.text)
        .filter((one) => plain(lookUp(one.file, name.text)?.node ?? one.call) === around)
        .map((one) => filledIn(file, node, argumentsOf({ ...one, of: own, known: new Map(), depth: 0 }), 0));
      const read = texts.filter((text) => text !== null).flat();
      if (read.length > 0) return read;
    }
    return null;
  }

  const texts: SqlText[] = [];
  const unread: string[] = [];
  for (const [file, source] of sources) {
    const fragments = fragmentsIn(source);
    const visit = (node: ts.Node): void => {
      const isTagged = ts.isTaggedTemplateExpression(node.parent ?? node);
      const head = ts.isTemplateExpression(node) ? node.head.text : ts.isStringLiteralLike(node) ? node.text : null;
      const holder = node.parent && ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : '';
      if (head !== null && isSql(head) && !isTagged && !fragments.has(holder)) {
        const at = `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
        const read = values(file, node, new Map()) ?? (ts.isTemplateExpression(node) ? byCalls(file, node) : null);
        if (read) texts.push(...read.map((sql) => ({ at, sql })));
        else unread.push(at);
      }
      ts.forEachChild(node, visit);
    };
    ts.forEachChild(source, visit);
  }
  return { texts, unread };
}

/** Constants, functions and imports of a file, by name. */
function namesIn(source: ts.SourceFile): Map<string, ts.Node> {
  const names = new Map<string, ts.Node>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer && !names.has(node.name.text))
      names.set(node.name.text, node.initializer);
    if (ts.isFunctionDeclaration(node) && node.name) names.set(node.name.text, node);
    if (ts.isImportSpecifier(node)) names.set(node.name.text, node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

function callsIn(source: ts.SourceFile): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) calls.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

/** Names that other templates of the file fill in: parts of statements, no statements. */
function fragmentsIn(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateSpan(node) && ts.isIdentifier(node.expression)) names.add(node.expression.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** What a function returns: its expression, or that of its return statement. */
function bodyOf(node: ts.Node): ts.Node | null {
  if (!ts.isArrowFunction(node) && !ts.isFunctionDeclaration(node)) return null;
  if (!node.body || !ts.isBlock(node.body)) return node.body ?? null;
  return node.body.statements.find(ts.isReturnStatement)?.expression ?? null;
}
