// Features of scripts that an oldest browser lacks: in the product's sources by types, in built files by names.
import { type AnyNode, parse } from 'acorn';
import { ancestor } from 'acorn-walk';
import ts from 'typescript';
import { data, type Finding, featureAt, findingOf, lacking, pathsNamed } from './compat.ts';

const members = (() => {
  const found = new Map<string, string[]>();
  // Members of interfaces, such as `api.Element.checkVisibility` and `javascript.builtins.Array.at`.
  for (const part of ['api', 'javascript.builtins'])
    for (const [name, paths] of pathsNamed(part))
      found.set(name, [
        ...(found.get(name) ?? []),
        ...paths.filter((path) => path.split('.').length === part.split('.').length + 2),
      ]);
  return found;
})();

/** A built-in method called on an object of unknown type: a finding only if every method of this name is newer. */
function newerBuiltin(name: string, where: string): Finding[] {
  // Names such as `dispose` and `defer` are too common.
  const paths = (members.get(name) ?? []).filter((path) => !/Disposable|Symbol/.test(path));
  return paths.every((path) => path.startsWith('javascript.')) ? newerEverywhere(paths, where) : [];
}

/** A finding for the first of these features if an oldest browser lacks each of them. */
function newerEverywhere(paths: readonly string[] = [], where: string): Finding[] {
  const [first] = paths;
  return first && paths.every((path) => lacking(featureAt(path)).length > 0) ? findingOf(first, where) : [];
}

/** Global objects and their interfaces. */
const singletons: Readonly<Record<string, string>> = {
  navigator: 'Navigator',
  document: 'Document',
  performance: 'Performance',
  crypto: 'Crypto',
  history: 'History',
  location: 'Location',
  screen: 'Screen',
  caches: 'CacheStorage',
  indexedDB: 'IDBFactory',
};

/** The path of a global such as `createImageBitmap`, `URL` or `Map`. */
function globalPath(name: string): string | undefined {
  return [`api.${name}`, `javascript.builtins.${name}`, `api.Window.${name}`].find((path) => featureAt(path)?.__compat);
}

/** The path of a member of this interface or class; `api` names static members `x_static`. */
function memberPath(owner: string, name: string): string | undefined {
  return [
    `api.${owner}.${name}_static`,
    `api.${owner}.${name}`,
    `javascript.builtins.${owner}.${name}`,
    `javascript.builtins.Intl.${owner}.${name}`,
  ].find((path) => featureAt(path)?.__compat);
}

/** Newer options of a function; MDN's data names them like `options_resizeWidth_parameter`. */
function optionFindings(callee: string, names: readonly string[], where: string): Finding[] {
  const known = Object.keys(featureAt(callee) ?? {});
  return names.flatMap((name) =>
    known.filter((key) => key.endsWith(`_${name}_parameter`)).flatMap((key) => findingOf(`${callee}.${key}`, where)),
  );
}

/** The newest syntax that all of the oldest browsers parse. */
const ecmaVersion = 2022;

/** Newer features in a built script, libraries included. */
export function scriptFindings(code: string, file: string, sourceType: 'module' | 'script' = 'module'): Finding[] {
  const found: Finding[] = [];
  let tree: AnyNode;
  try {
    tree = parse(code, { ecmaVersion, sourceType, allowHashBang: true });
  } catch (error) {
    return [{ feature: `syntax after ES${ecmaVersion}`, where: `${file}: ${error}`, browsers: [] }];
  }
  const at = ({ start }: { start: number }) => `${file}: ${code.slice(Math.max(0, start - 20), start + 60)}`;
  const global = (name: string, node: AnyNode) => {
    const path = globalPath(name);
    if (path) found.push(...findingOf(path, at(node)));
  };
  ancestor(tree, {
    Identifier(node, _state, ancestors) {
      // Minified names have one or two letters; globals of the platform are longer.
      if (node.name.length > 2 && !isBound(node.name, ancestors as AnyNode[])) global(node.name, node);
    },
    MemberExpression(node, _state, ancestors) {
      const { object, property, computed } = node;
      if (computed || property.type !== 'Identifier') return;
      const name = property.name;
      if (object.type === 'Identifier' && ['window', 'globalThis', 'self'].includes(object.name))
        return global(name, node);
      const owner = object.type === 'Identifier' ? (singletons[object.name] ?? object.name) : '';
      const path = globalPath(owner) && memberPath(owner, name);
      const outer = (ancestors as AnyNode[]).at(-2);
      const isCalled = outer?.type === 'CallExpression' && outer.callee === node;
      if (path) found.push(...findingOf(path, at(node)));
      else if (isCalled) found.push(...newerBuiltin(name, at(node)));
    },
  });
  return found;
}

/** True if one of the enclosing scopes declares the name. */
function isBound(name: string, ancestors: readonly AnyNode[]): boolean {
  return ancestors.some((node) => declaredIn(node).has(name));
}

const declarations = new WeakMap<AnyNode, Set<string>>();

/** The names that a scope declares. */
function declaredIn(node: AnyNode): Set<string> {
  const known = declarations.get(node);
  if (known) return known;
  const names = new Set<string>();
  declarations.set(node, names);
  const pattern = (target: AnyNode | null | undefined): void => {
    if (!target) return;
    if (target.type === 'Identifier') names.add(target.name);
    else if (target.type === 'ObjectPattern')
      for (const each of target.properties) pattern(each.type === 'Property' ? each.value : each.argument);
    else if (target.type === 'ArrayPattern') for (const each of target.elements) pattern(each);
    else if (target.type === 'AssignmentPattern') pattern(target.left);
    else if (target.type === 'RestElement') pattern(target.argument);
  };
  const statements = (body: readonly AnyNode[]) => {
    for (const each of body) {
      const inner = (each.type === 'ExportNamedDeclaration' ? (each.declaration ?? each) : each) as AnyNode;
      if (inner.type === 'VariableDeclaration') for (const { id } of inner.declarations) pattern(id);
      else if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration') pattern(inner.id);
      else if (inner.type === 'ImportDeclaration') for (const { local } of inner.specifiers) pattern(local);
    }
  };
  if (node.type === 'Program' || node.type === 'BlockStatement') statements(node.body as AnyNode[]);
  else if (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  ) {
    for (const parameter of node.params) pattern(parameter);
    if (node.type === 'FunctionExpression') pattern(node.id);
  } else if (node.type === 'CatchClause') pattern(node.param);
  else if (node.type === 'ForStatement' && node.init) statements([node.init]);
  else if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') statements([node.left]);
  else if (node.type === 'SwitchStatement') for (const each of node.cases) statements(each.consequent);
  else if (node.type === 'ClassExpression') pattern(node.id);
  return names;
}

/** Newer features in typed sources; the compiler tells the interface of each member. `files` are absolute paths. */
export function sourceFindings(files: readonly string[], options: ts.CompilerOptions): Finding[] {
  const program = ts.createProgram([...files], options);
  const checker = program.getTypeChecker();
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    return source
      ? findingsIn(
          source,
          checker,
          (node) => `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`,
        )
      : [];
  });
}

const isPlatform = ({ fileName }: ts.SourceFile) => /\/typescript\/lib\/lib\.|\/workers-types\//.test(fileName);

/** The path of this symbol's feature, if the platform declares it. */
function platformPath(symbol: ts.Symbol | undefined): string | undefined {
  const declaration = symbol?.declarations?.find((each) => isPlatform(each.getSourceFile()));
  if (!symbol || !declaration) return undefined;
  const name = symbol.getName();
  const { parent } = declaration;
  if (ts.isSourceFile(parent) || ts.isVariableDeclarationList(parent) || ts.isModuleBlock(parent))
    return globalPath(name);
  if (ts.isInterfaceDeclaration(parent) || ts.isClassDeclaration(parent)) {
    const owner = (parent.name?.text ?? '').replace(/^Readonly(Array|Map|Set)$/, '$1').replace(/Constructor$/, '');
    const path = memberPath(owner, name);
    if (path || featureAt(`api.${owner}`) || featureAt(`javascript.builtins.${owner}`)) return path;
    // MDN's data lists the members of a mixin, such as ParentNode, at each interface that includes it.
    const paths = members.get(name) ?? [];
    return paths.every((each) => lacking(featureAt(each)).length > 0) ? paths[0] : undefined;
  }
  // `declare var URL: { prototype: URL; parse(…): … }`
  if (ts.isTypeLiteralNode(parent) && ts.isVariableDeclaration(parent.parent))
    return memberPath(parent.parent.name.getText(), name);
  return undefined;
}

const keysOf = (node: ts.Expression | undefined): string[] =>
  node && ts.isObjectLiteralExpression(node)
    ? node.properties.flatMap(({ name }) =>
        name && (ts.isIdentifier(name) || ts.isStringLiteral(name)) ? [name.text] : [],
      )
    : [];

/** The HTML name of an attribute that React spells differently. */
const attributeOf = (name: string) => ({ className: 'class', htmlFor: 'for' })[name] ?? name.toLowerCase();

function findingsIn(source: ts.SourceFile, checker: ts.TypeChecker, where: (node: ts.Node) => string): Finding[] {
  const found: Finding[] = [];
  const add = (path: string | undefined, node: ts.Node) => {
    if (path) found.push(...findingOf(path, where(node)));
  };
  const visit = (node: ts.Node): void => {
    // Loaders, actions and headers of routes run on the server.
    if (source.fileName.includes('/app/routes/') && isServerExport(node)) return;
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isIdentifier(node)) {
      const path = platformPath(checker.getSymbolAtLocation(node));
      add(path, node);
      const call = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node ? node.parent : node;
      if (
        path &&
        (ts.isCallExpression(call.parent) || ts.isNewExpression(call.parent)) &&
        call.parent.expression === call
      ) {
        const callee = ts.isNewExpression(call.parent) ? `${path}.${node.text}` : path;
        if (callee !== path) add(callee, node);
        for (const argument of call.parent.arguments ?? [])
          found.push(...optionFindings(callee, keysOf(argument), where(node)));
      }
      if (node.text === 'addEventListener') {
        const [event] = ts.isCallExpression(call.parent) ? call.parent.arguments : [];
        if (event && ts.isStringLiteral(event))
          found.push(...newerEverywhere(members.get(`${event.text}_event`), where(event)));
      }
    }
    if (ts.isObjectLiteralExpression(node)) {
      const type = checker.getContextualType(node);
      const name = type?.aliasSymbol?.getName() ?? type?.getSymbol()?.getName();
      if (name === 'RequestInit') found.push(...optionFindings('api.fetch', keysOf(node), where(node)));
    }
    if (ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node)) {
      const tag = node.tagName.getText();
      if (/^[a-z]+$/.test(tag)) {
        add(`html.elements.${tag}`, node);
        for (const attribute of node.attributes.properties) {
          if (!ts.isJsxAttribute(attribute)) continue;
          const name = attributeOf(attribute.name.getText());
          const own = `html.elements.${tag}.${name}`;
          add(featureAt(own) ? own : `html.global_attributes.${name}`, attribute);
        }
      }
    }
    if (ts.isRegularExpressionLiteral(node) && /\/[a-z]*v[a-z]*$/.test(node.text))
      add('javascript.builtins.RegExp.unicodeSets', node);
    // An inline script of a page, as a template literal.
    if (ts.isNoSubstitutionTemplateLiteral(node) && /\baddEventListener\(|\bdocument\.querySelector/.test(node.text))
      found.push(...scriptFindings(node.text, where(node), 'script'));
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

function isServerExport(node: ts.Node): boolean {
  const names = ['loader', 'action', 'headers'];
  if (ts.isFunctionDeclaration(node)) return names.includes(node.name?.text ?? '');
  return (
    ts.isVariableStatement(node) && node.declarationList.declarations.some(({ name }) => names.includes(name.getText()))
  );
}

/** False if the layout of MDN's data has changed, so that no search would find anything. */
export const knowsThePlatform = () =>
  members.size > 5000 && lacking(data.api.URL?.parse_static).length > 0 && lacking(data.api.URL).length === 0;
