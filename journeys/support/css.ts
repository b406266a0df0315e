// Features of a stylesheet that an oldest browser lacks.
import { type Atrule, type CssNode, generate, type List, parse, type Rule, type StyleSheet, walk } from 'css-tree';
import { type Finding, featureAt, findingOf, lacking, pathsNamed } from './compat.ts';

const functions = pathsNamed('css.types');
const units: readonly [RegExp, string][] = [
  [/^dv(h|w|i|b|min|max)$/, 'viewport_percentage_units_dynamic'],
  [/^sv(h|w|i|b|min|max)$/, 'viewport_percentage_units_small'],
  [/^lv(h|w|i|b|min|max)$/, 'viewport_percentage_units_large'],
  [/^cq(h|w|i|b|min|max)$/, 'container_query_length_units'],
];

/** The features that one CSS node uses; `property` is that of its declaration, `atRule` the name of its at-rule. */
function featuresOf(node: CssNode, { property, atRule }: { property: string; atRule: string }): string[] {
  switch (node.type) {
    case 'Atrule':
      return node.name.startsWith('-') ? [] : [`css.at-rules.${node.name}`];
    case 'Feature':
      return [`css.at-rules.media.${node.name.replace(/^(min|max)-/, '')}`];
    case 'Declaration': {
      const name = node.property.toLowerCase();
      if (name.startsWith('-')) return [];
      const descriptor = `css.at-rules.${atRule}.${name}`;
      return [featureAt(descriptor) ? descriptor : `css.properties.${name}`];
    }
    case 'Identifier':
      // MDN's data lists the keyword here for every browser; in fact it came with `transition-behavior`.
      if (property === 'transition' && node.name === 'allow-discrete') return ['css.properties.transition-behavior'];
      return property ? [`css.properties.${property}.${node.name.toLowerCase()}`] : [];
    case 'Function': {
      const name = node.name.toLowerCase();
      const own = `css.properties.${property}.${name}`;
      if (featureAt(own)) return [own];
      const gradient =
        name.endsWith('gradient') && /^\w*-?gradient\(\s*(to [\w ]+|[\d.]+deg)? ?in /.test(generate(node));
      return [
        ...bestSupported(functions.get(name)),
        ...(gradient ? ['css.types.gradient.linear-gradient.interpolation_color_space'] : []),
      ];
    }
    case 'Dimension': {
      const unit = node.unit.toLowerCase();
      const [, group = unit] = units.find(([pattern]) => pattern.test(unit)) ?? [];
      return [`css.types.length.${group}`];
    }
    case 'PseudoClassSelector':
    case 'PseudoElementSelector':
      return node.name.startsWith('-') ? [] : [`css.selectors.${node.name}`];
    case 'NestingSelector':
      return ['css.selectors.nesting'];
    default:
      return [];
  }
}

/** Of several features with one name, the one that most browsers have. */
function bestSupported(paths: readonly string[] = []): string[] {
  const [first] = [...paths].sort((a, b) => lacking(featureAt(a)).length - lacking(featureAt(b)).length);
  return first ? [first] : [];
}

/** The features that `@supports` proves for its block: those of its declarations, if all of them must hold. */
function provenBy(rule: Atrule): string[] {
  if (rule.name !== 'supports' || !rule.prelude || /\b(not|or)\b/.test(generate(rule.prelude))) return [];
  const proven: string[] = [];
  let property = '';
  walk(rule.prelude, (node: CssNode) => {
    if (node.type === 'Declaration') property = node.property.toLowerCase();
    proven.push(...featuresOf(node, { property, atRule: '' }));
  });
  return proven;
}

/** Newer features in a selector, a value or a prelude. */
function newerIn(
  node: CssNode,
  context: { property: string; atRule: string; proven: readonly string[]; where: string },
): Finding[] {
  const found: Finding[] = [];
  walk(node, (inner: CssNode) => {
    // `:is()` and `:where()` take forgiving lists: a browser ignores the selectors that it cannot parse.
    const isForgiving = inner.type === 'PseudoClassSelector' && ['is', 'where'].includes(inner.name);
    if (isForgiving && generate(inner).includes(',')) return walk.skip;
    for (const feature of featuresOf(inner, context))
      if (!context.proven.includes(feature)) found.push(...findingOf(feature, context.where));
  });
  return found;
}

const short = (node: CssNode) => generate(node).slice(0, 120);

/**
 * All features of this stylesheet that an oldest browser lacks. `remove` also takes out what such a browser drops: a
 * declaration that it cannot parse, a rule with a selector that it cannot parse, an unknown at-rule with its content.
 */
function visit(sheet: StyleSheet, file: string, remove: boolean): Finding[] {
  const found: Finding[] = [];
  const block = (children: List<CssNode>, atRule: string, proven: readonly string[]) => {
    children.forEach((node, item, list) => {
      let here: Finding[] = [];
      if (node.type === 'Atrule') {
        const own = [...featuresOf(node, { property: '', atRule })].flatMap((feature) =>
          findingOf(feature, `${file}: ${short(node)}`),
        );
        const prelude =
          node.prelude && node.name !== 'supports'
            ? newerIn(node.prelude, {
                property: '',
                atRule: node.name,
                proven,
                where: `${file}: @${node.name} ${short(node.prelude)}`,
              })
            : [];
        here = [...own, ...prelude];
        if (remove && node.name === 'property') return;
        if (node.block) block(node.block.children, node.name, [...proven, ...provenBy(node)]);
        // An unknown media feature makes its query false.
        if (remove && own.length > 0 && node.name !== 'property') list.remove(item);
      } else if (node.type === 'Rule') {
        here = selectors(node, file, proven);
        if (remove && here.length > 0) list.remove(item);
        block(node.block.children, atRule, proven);
      } else if (node.type === 'Declaration') {
        const context = { property: node.property.toLowerCase(), atRule, proven, where: `${file}: ${short(node)}` };
        here = [
          ...featuresOf(node, context).flatMap((feature) => findingOf(feature, context.where)),
          ...newerIn(node.value, context),
        ];
        if (remove && here.length > 0) list.remove(item);
      }
      found.push(...here);
    });
  };
  block(sheet.children, '', []);
  return found;
}

/** A selector that a browser cannot parse invalidates its whole list, so a newer selector needs a rule of its own. */
function selectors({ prelude }: Rule, file: string, proven: readonly string[]): Finding[] {
  if (prelude.type !== 'SelectorList') return [];
  const each = prelude.children.toArray().map((selector) => ({
    newer: newerIn(selector, { property: '', atRule: '', proven, where: `${file}: ${short(prelude)}` }),
    isForOneEngine: /:-(moz|ms|o)-/.test(generate(selector)),
  }));
  const found = each.flatMap(({ newer }) => newer);
  const isMixed =
    each.some(({ newer, isForOneEngine }) => newer.length > 0 || isForOneEngine) &&
    each.some(({ newer, isForOneEngine }) => newer.length === 0 && !isForOneEngine);
  if (isMixed)
    found.push({
      feature: 'a newer selector in a list with others',
      where: `${file}: ${short(prelude)}`,
      browsers: [],
    });
  return found;
}

const read = (css: string) => parse(css, { parseCustomProperty: true }) as StyleSheet;

/** The features of this stylesheet that an oldest browser lacks, except those inside a matching `@supports`. */
export function cssFindings(css: string, file: string): Finding[] {
  return visit(read(css), file, false);
}

/**
 * The stylesheet without the features that any of the oldest browsers lacks. `@property` stays: its replacement by
 * Tailwind is inside an `@supports` that only Firefox passes.
 */
export function withoutNewerFeatures(css: string): string {
  const sheet = read(css);
  visit(sheet, '', true);
  return generate(sheet);
}
