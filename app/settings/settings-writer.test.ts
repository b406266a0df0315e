import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const isProduct = (path: string) => /\.tsx?$/.test(path) && !/\.test\.|^app\/testing\//.test(path);

const writes = (source: string) =>
  /\b(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+settings\b|\.(insert|update|delete)\(settings\)/.test(source);

it('the settings have one writer', () => {
  const files = ['app', 'workers', 'ops'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  const writers = files.filter(isProduct).filter((path) => writes(readFileSync(join(root, path), 'utf8')));
  expect(writers).toEqual(['app/admin/settings/settings-admin.server.ts']);
});

it.each([
  "INSERT INTO settings (key) VALUES ('a')",
  'UPDATE settings\n SET value = 1',
  'db.delete(settings).where(a)',
  'db.insert(settings).values(a)',
])('the search for writers of settings finds %s', (source) => {
  expect(writes(source)).toBe(true);
});
