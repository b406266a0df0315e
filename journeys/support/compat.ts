// Features that the oldest browsers of package.json's `browserslist` lack, by MDN's data.
import { resolve } from 'node:path';
import browserCompatData from '@mdn/browser-compat-data' with { type: 'json' };
import browserslist from 'browserslist';

interface Statement {
  version_added?: string | boolean | null;
  version_removed?: string | boolean | null;
  flags?: unknown[];
  prefix?: string;
  alternative_name?: string;
}
/** A feature in MDN's data, or a group of features. */
export type Feature = { __compat?: { support: Record<string, Statement | Statement[]> } } & {
  [name: string]: Feature | undefined;
};

/** The whole of MDN's data. */
export const data = browserCompatData as unknown as Record<'api' | 'css' | 'html' | 'javascript', Feature>;

const idOf: Readonly<Record<string, string>> = {
  safari: 'safari',
  ios_saf: 'safari_ios',
  firefox: 'firefox',
  chrome: 'chrome',
  edge: 'edge',
  samsung: 'samsunginternet_android',
};

/** The oldest version of each browser that the pages run in, by MDN's name for the browser. */
export const oldest: ReadonlyMap<string, number> = (() => {
  const found = new Map<string, number>();
  for (const entry of browserslist(null, { path: resolve(import.meta.dirname, '../..') })) {
    const [browser = '', versions = ''] = entry.split(' ');
    const id = idOf[browser];
    if (!id) throw new Error(`browserslist names ${browser}, which has no name in MDN's data here`);
    found.set(id, Math.min(found.get(id) ?? Number.POSITIVE_INFINITY, Number.parseFloat(versions)));
  }
  return found;
})();

/**
 * The browsers whose oldest supported version lacks this feature, each with the version that added it (`safari 17.5`);
 * empty if all have it or the data does not know.
 */
export function lacking(feature: Feature | undefined): string[] {
  const support = feature?.__compat?.support;
  if (!support) return [];
  return [...oldest].flatMap(([browser, version]) => {
    const given = support[browser];
    if (given === undefined) return [];
    const statements = Array.isArray(given) ? given : [given];
    if (statements.some((statement) => isIn(statement, version))) return [];
    const added = statements.find(({ flags }) => !flags)?.version_added;
    return [`${browser} ${typeof added === 'string' ? added : 'none'}`];
  });
}

function isIn({ version_added: added, version_removed: removed, flags }: Statement, version: number): boolean {
  if (flags) return false;
  // `null` and "preview": no released version is known to have the feature.
  const from = added === true ? 0 : typeof added === 'string' ? Number.parseFloat(added.replace('≤', '')) : Number.NaN;
  const until = typeof removed === 'string' ? Number.parseFloat(removed) : Number.POSITIVE_INFINITY;
  return from <= version && version < until;
}

/** The feature at a path such as `css.properties.text-wrap`, or undefined. */
export function featureAt(path: string): Feature | undefined {
  let at: Feature | undefined = data as unknown as Feature;
  for (const name of path.split('.')) at = at && Object.hasOwn(at, name) ? at[name] : undefined;
  return at;
}

/** A use of a feature that an oldest browser lacks. */
export interface Finding {
  /** Its path in MDN's data. */
  feature: string;
  where: string;
  browsers: string[];
}

/** The finding for the feature at this path; none if every browser has it. */
export function findingOf(feature: string, where: string): Finding[] {
  const browsers = lacking(featureAt(feature));
  return browsers.length > 0 ? [{ feature, where, browsers }] : [];
}

/** The paths of all features in a part of the data, by name, at any depth. */
export function pathsNamed(part: string): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  const walk = (feature: Feature, path: string) => {
    for (const name of Object.keys(feature)) {
      const inner = name === '__compat' ? undefined : feature[name];
      if (!inner) continue;
      if (inner.__compat) found.set(name, [...(found.get(name) ?? []), `${path}.${name}`]);
      walk(inner, `${path}.${name}`);
    }
  };
  const start = featureAt(part);
  if (start) walk(start, part);
  return found;
}
