import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type Atrule, type CssNode, generate, parse, type Rule, walk } from 'css-tree';
import { compile } from 'tailwindcss';
import ts from 'typescript';
import { beforeAll, expect, it } from 'vitest';
import { type ButtonKind, type ButtonSize, buttonClass, iconButtonClass } from '~/components/button';

const app = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const filesOf = (ending: RegExp) =>
  readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path) && !path.includes('.test.'))
    .map((path) => join(app, path));

/** The rules of a stylesheet, with the names of the at-rules around each. */
function rulesOf(css: string): { rule: Rule; around: Atrule[] }[] {
  const found: { rule: Rule; around: Atrule[] }[] = [];
  const around: Atrule[] = [];
  walk(parse(css, { parseCustomProperty: false }), {
    enter(node: CssNode) {
      if (node.type === 'Atrule') around.push(node);
      if (node.type === 'Rule') found.push({ rule: node, around: [...around] });
    },
    leave(node: CssNode) {
      if (node.type === 'Atrule') around.pop();
    },
  });
  return found;
}

it('every rule of a state stands outside the layers, where no utility on the same element beats it', () => {
  // What an attribute, `:has()` or a state of the browser selects. Focus is drawn by the outline alone.
  const state = /\[(?!type=)|:(has|not|is|where|modal|open|checked|disabled|enabled|fullscreen|hover|active|empty)\b/;
  const counts = new Map<string, number>();
  for (const file of filesOf(/\.css$/)) {
    for (const { rule, around } of rulesOf(readFileSync(file, 'utf8'))) {
      const selector = generate(rule.prelude);
      if (!state.test(selector)) continue;
      const layer = around.find(({ name }) => name === 'layer');
      const name = `${relative(app, file)} ${layer ? `@layer ${generate(layer.prelude as CssNode)}: ${selector}` : ''}`;
      counts.set(name.trim(), (counts.get(name.trim()) ?? 0) + 1);
    }
  }
  expect(counts.get('player/player.css')).toBeGreaterThan(5);
  expect([...counts.keys()].filter((name) => name.includes('@layer'))).toEqual([
    // Cursors of elements, which a utility may change.
    'styles/app.css @layer base: :disabled',
  ]);
});

/** A class of an element. `when`: which branch of which condition it stands in. */
interface Token {
  name: string;
  when: ReadonlyMap<ts.Node, number>;
}

/** Every class that an expression can yield, with its branches. */
function tokensOf(node: ts.Node, when: Token['when'] = new Map()): Token[] {
  const words = (text: string) =>
    text
      .split(/\s+/)
      .filter(Boolean)
      .map((name) => ({ name, when }));
  const branches = (parts: readonly ts.Node[]) =>
    parts.flatMap((part, at) => tokensOf(part, new Map(when).set(node, at)));
  if (ts.isStringLiteralLike(node)) return words(node.text);
  if (ts.isTemplateExpression(node))
    return [
      ...words(node.head.text),
      ...node.templateSpans.flatMap((span) => [...tokensOf(span.expression, when), ...words(span.literal.text)]),
    ];
  if (ts.isConditionalExpression(node)) return branches([node.whenTrue, node.whenFalse]);
  if (ts.isElementAccessExpression(node)) return tokensOf(node.expression, when);
  if (ts.isArrayLiteralExpression(node)) return branches([...node.elements]);
  if (ts.isObjectLiteralExpression(node))
    return branches(node.properties.flatMap((one) => (ts.isPropertyAssignment(one) ? one.initializer : [])));
  if (ts.isParenthesizedExpression(node) || ts.isJsxExpression(node))
    return node.expression ? tokensOf(node.expression, when) : [];
  if (ts.isBinaryExpression(node)) return [...tokensOf(node.left, when), ...tokensOf(node.right, when)];
  if (ts.isCallExpression(node) && node.expression.getText() === 'buttonClass') {
    const [kind, more, size] = node.arguments.map((one) => one);
    const text = (argument?: ts.Node) => (argument && ts.isStringLiteralLike(argument) ? argument.text : undefined);
    const own = buttonClass(text(kind) as ButtonKind | undefined, '', text(size) as ButtonSize | undefined);
    return [...words(own), ...(more ? tokensOf(more, when) : [])];
  }
  return [];
}

/** The classes that a component of the house gives its element by itself. */
function ownTokens(element: ts.JsxOpeningLikeElement): Token[] {
  const name = element.tagName.getText();
  const classes = (text: string) => text.split(/\s+/).map((one) => ({ name: one, when: new Map() }));
  if (name === 'IconButton') return classes(iconButtonClass);
  if (name !== 'Button' && name !== 'ButtonLink') return [];
  const text = (attribute: string) =>
    element.attributes.properties
      .flatMap((one) => (ts.isJsxAttribute(one) && one.name.getText() === attribute ? one.initializer : []))
      .flatMap((value) => (value && ts.isStringLiteral(value) ? value.text : []))[0];
  return classes(buttonClass(text('kind') as ButtonKind | undefined, '', text('size') as ButtonSize | undefined));
}

/** What each utility sets: `<conditions> <property>` to its value. */
const sets = new Map<string, Map<string, string>>();
const elements: { where: string; tokens: Token[] }[] = [];

beforeAll(async () => {
  for (const file of filesOf(/\.tsx$/)) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isJsxAttribute(node) && node.name.getText() === 'className' && node.initializer) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        const tokens = [...ownTokens(node.parent.parent as ts.JsxOpeningLikeElement), ...tokensOf(node.initializer)];
        elements.push({ where: `${relative(app, file)}:${line + 1}`, tokens });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  const { build } = await compile(readFileSync(join(app, 'styles/app.css'), 'utf8'), {
    base: join(app, 'styles'),
    loadStylesheet: async (id, base) => {
      const path = id === 'tailwindcss' ? require.resolve('tailwindcss/index.css') : join(base, id);
      return { path, base: dirname(path), content: readFileSync(path, 'utf8') };
    },
  });
  const css = build([...new Set(elements.flatMap(({ tokens }) => tokens.map(({ name }) => name)))]);
  for (const { rule, around } of rulesOf(css)) {
    if (!around.some((one) => one.name === 'layer' && one.prelude && generate(one.prelude) === 'utilities')) continue;
    const [, escaped, rest] = /^\.((?:\\.|[\w-])+)(.*)$/.exec(generate(rule.prelude)) ?? [];
    if (!escaped) continue;
    const condition = [...around.slice(1).map((one) => `@${one.name} ${one.prelude && generate(one.prelude)}`), rest];
    const own = sets.get(escaped.replaceAll('\\', '')) ?? new Map<string, string>();
    sets.set(escaped.replaceAll('\\', ''), own);
    walkDeclarations(rule, condition.join(' '), own);
  }
});

function walkDeclarations(node: Rule | Atrule, condition: string, into: Map<string, string>): void {
  node.block?.children.forEach((child) => {
    if (child.type === 'Declaration' && !child.property.startsWith('--'))
      into.set(`${condition} ${child.property}`, `${generate(child.value)}${child.important ? '!' : ''}`);
    if (child.type === 'Atrule')
      walkDeclarations(child, `${condition} @${child.name} ${child.prelude && generate(child.prelude)}`, into);
    if (child.type === 'Rule') walkDeclarations(child, `${condition} ${generate(child.prelude)}`, into);
  });
}

it('no element has two utilities for one property, of which one would silently lose', () => {
  expect(sets.get('min-h-12')?.size).toBe(1);
  const found = elements.flatMap(({ where, tokens }) =>
    tokens.flatMap((one, at) =>
      tokens.slice(at + 1).flatMap((other) => {
        if (
          one.name === other.name ||
          [...one.when].some(([node, branch]) => (other.when.get(node) ?? branch) !== branch)
        )
          return [];
        const lost = [...(sets.get(one.name) ?? [])].filter(([property, value]) => {
          // `duration-…`, `ease-…` and `border-dashed` are made to stand beside `transition` and `border`.
          if (/ (transition-(duration|timing-function)|border-style)$/.test(property)) return false;
          const against = sets.get(other.name)?.get(property);
          return against !== undefined && against !== value && against.endsWith('!') === value.endsWith('!');
        });
        return lost.length > 0 ? [`${where}: ${one.name} and ${other.name}`] : [];
      }),
    ),
  );
  expect(found).toEqual([]);
});

it('every width at which a class changes is a breakpoint of the stylesheet', () => {
  const css = readFileSync(join(app, 'styles/app.css'), 'utf8');
  const known = new Set([...css.matchAll(/--breakpoint-(\w+):/g)].map(([, name]) => name));
  const unknown = filesOf(/\.tsx?$/).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/["'`\s:](?:max-)?(sm|md|lg|xl|2xl|3xl):[a-z[-]/g)].flatMap(([, name]) =>
      known.has(name) ? [] : [`${relative(app, file)}: ${name}`],
    ),
  );
  expect(known.has('md')).toBe(true);
  expect(unknown).toEqual([]);
});
