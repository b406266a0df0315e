// Lets plain Node run the product's own files: `~/` is app/, and imports there carry no ending.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const app = resolve(import.meta.dirname, '../app');

registerHooks({
  resolve(specifier, context, next) {
    const isOurs = specifier.startsWith('~/') || (specifier.startsWith('.') && context.parentURL?.includes('/app/'));
    if (!isOurs) return next(specifier, context);
    const folder = fileURLToPath(new URL('.', context.parentURL));
    const path = specifier.startsWith('~/') ? resolve(app, specifier.slice(2)) : resolve(folder, specifier);
    return next(pathToFileURL(existsSync(`${path}.ts`) ? `${path}.ts` : path).href, context);
  },
});
