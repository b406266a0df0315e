// The JavaScript that each page loads before anything lazy, in kB after gzip, and how much it may be. The build fails
// beyond it: weight comes back in steps that nobody notices.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** By route, in kB. Pages without scripts of their own have none (`handle.static` in app/root.tsx). */
const budgets = { 'routes/studio': 132, 'routes/projects': 104 };
const otherPages = 132;

/** The pages of a finished build that are heavier than they may be, as sentences; and the weight of each page in kB. */
export function weigh(client) {
  const assets = join(client, 'assets');
  const [manifest] = readdirSync(assets).filter((name) => name.startsWith('manifest-'));
  const { entry, routes } = JSON.parse(/\{.*\}/s.exec(readFileSync(join(assets, manifest), 'utf8'))[0]);
  const sizes = new Map();
  const sizeOf = (path) => {
    if (!sizes.has(path)) sizes.set(path, gzipSync(readFileSync(join(client, path)), { level: 6 }).length / 1000);
    return sizes.get(path);
  };
  const weights = {};
  for (const route of Object.values(routes)) {
    const parts = [entry, routes.root];
    for (let each = route; each; each = routes[each.parentId]) parts.push(each);
    const files = new Set(parts.flatMap(({ module, imports = [] }) => [module, ...imports]));
    weights[route.id] = [...files].reduce((sum, path) => sum + sizeOf(path), 0);
  }
  const over = Object.entries(weights)
    .filter(([id, kB]) => kB > (budgets[id] ?? otherPages))
    .map(([id, kB]) => `${id} loads ${kB.toFixed(1)} kB of JavaScript; its budget is ${budgets[id] ?? otherPages} kB`);
  return { weights, over };
}
