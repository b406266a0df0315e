import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askDatabase, quoted } from '../ops/database.ts';

const root = resolve(import.meta.dirname, '..');
let state = '';
const ask = <Row>(...statements: string[]) => askDatabase<Row>(statements, { persistTo: state });

/** Runs `npm run admin` with these words; returns its output and exit status. */
function admin(...words: string[]): { output: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [resolve(root, 'ops/admin.ts'), ...words, '--persist-to', state],
    { cwd: root, encoding: 'utf8' },
  );
  return { output: `${stdout}${stderr}`, status };
}

/** The admins, and the audit log's rows about them. */
function record() {
  const [admins, auditEntries] = ask<object>(
    'SELECT google_sub AS sub FROM admins',
    'SELECT what, admin_user_id AS adminId, user_id AS userId FROM admin_acts ORDER BY id',
  );
  return { admins, auditEntries };
}
const person = (id: string, email: string) => [
  `INSERT INTO users (id, created_at) VALUES (${quoted(id)}, 1)`,
  `INSERT INTO profiles (user_id, google_sub, email, name, updated_at) VALUES (${quoted(id)}, ${quoted(`sub-of-${id}`)}, ${quoted(email)}, 'N', 1)`,
];

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'echoes-admin-'));
  const wrangler = resolve(root, 'node_modules/wrangler/bin/wrangler.js');
  const { status, stderr } = spawnSync(
    process.execPath,
    [wrangler, 'd1', 'migrations', 'apply', 'DB', '--local', '--persist-to', state],
    { cwd: root, encoding: 'utf8', env: { ...process.env, CI: 'true', WRANGLER_SEND_METRICS: 'false' } },
  );
  if (status !== 0) throw new Error(stderr);
  ask(
    ...person('usr_owner', 'Owner@Echoes.test'),
    ...person('usr_one', 'twice@echoes.test'),
    ...person('usr_two', 'twice@echoes.test'),
    ...person('usr_quote', "o'brien@echoes.test"),
  );
}, 240_000);
afterAll(() => rm(state, { recursive: true, force: true }));

it('npm run admin grants the role once, lists the admins and revokes the role, and the audit log names the console', () => {
  expect(admin('grant', 'owner@echoes.test')).toMatchObject({
    status: 0,
    output: expect.stringContaining('admin since'),
  });
  expect(admin('grant', 'owner@echoes.test').output).toContain('Nothing was changed');
  expect(admin('list').output).toContain('sub-of-usr_owner');
  expect(admin('list').output).toContain('There is one admin');
  expect(admin('revoke', 'owner@echoes.test')).toMatchObject({
    status: 0,
    output: expect.stringContaining('no admin'),
  });
  const byConsole = { adminId: null, userId: 'usr_owner' };
  const auditEntries = [
    { what: 'admin-granted', ...byConsole },
    { what: 'admin-revoked', ...byConsole },
  ];
  expect(record()).toEqual({ admins: [], auditEntries });
});

it('npm run admin grants nothing to an unknown, an ambiguous or a malformed e-mail', () => {
  const hostile = "x' OR 1=1; INSERT INTO admins VALUES ('sub-of-usr_one', 1); --";
  expect(admin('grant', hostile)).toMatchObject({ status: 1, output: expect.stringContaining('sign in') });
  expect(admin('grant', 'twice@echoes.test')).toMatchObject({
    status: 1,
    output: expect.stringMatching(/usr_one.*usr_two.*nothing was changed/s),
  });
  expect(admin('give', 'owner@echoes.test')).toMatchObject({
    status: 1,
    output: expect.stringContaining('grant|revoke'),
  });
  expect(admin('grant', "O'Brien@echoes.test").status).toBe(0);
  expect(record()).toMatchObject({ admins: [{ sub: 'sub-of-usr_quote' }], auditEntries: { length: 3 } });
});
