// `npm run admin -- grant|revoke|list <email>`: manages admins in the local database or, with `--remote`, in the deployed
// one. The role belongs to the Google account, which the e-mail finds.
import { parseArgs } from 'node:util';
import { askDatabase, quoted } from './database.ts';

interface Account {
  userId: string;
  sub: string;
  email: string;
  name: string;
  since: number | null;
}

const usage =
  'npm run admin -- grant|revoke <email>, or: npm run admin -- list [<email>]. Add --remote for the deployed one.';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { remote: { type: 'boolean', default: false }, 'persist-to': { type: 'string' } },
});
const [order = '', email, ...more] = positionals;
const place = { remote: values.remote, persistTo: values['persist-to'] };
const isChange = order === 'grant' || order === 'revoke';
if (more.length > 0 || !(isChange ? email : order === 'list')) end(usage);

const found = accounts(email);
if (!isChange) {
  const shown = found.filter(({ since }) => since !== null || email !== undefined);
  for (const account of shown) console.log(lineOf(account));
  if (shown.length === 0) console.log(email === undefined ? 'Nobody is an admin.' : notThere());
} else {
  const [account] = found;
  if (!account) end(notThere());
  else if (found.length > 1) {
    for (const one of found) console.log(lineOf(one));
    end(`${found.length} accounts have this address, so nothing was changed.`);
  } else if ((order === 'grant') === (account.since !== null)) {
    console.log(`${lineOf(account)}\nNothing was changed: so it was already.`);
  } else {
    const now = changed(account);
    if (!now || (now.since !== null) !== (order === 'grant')) end('It was not changed. Try again.');
    else console.log(lineOf(now));
  }
}

if (admins() === 1)
  console.log(
    'There is one admin: changes of settings that guard money, and larger gifts of credits, wait until a second one says yes.',
  );

function accountsStatement(where: string): string {
  return `SELECT p.user_id AS userId, p.google_sub AS sub, p.email, p.name, a.granted_at AS since FROM profiles p
    JOIN users u ON u.id = p.user_id AND u.deleted_at IS NULL
    LEFT JOIN admins a ON a.google_sub = p.google_sub WHERE ${where} ORDER BY p.user_id LIMIT 100`;
}

function admins(): number {
  return askDatabase<{ n: number }>(['SELECT count(*) AS n FROM admins'], place)[0]?.[0]?.n ?? 0;
}

/** The people with this e-mail; without one, all admins. */
function accounts(address: string | undefined): Account[] {
  const where =
    address === undefined ? 'a.google_sub IS NOT NULL' : `p.email = ${quoted(address.trim())} COLLATE NOCASE`;
  return askDatabase<Account>([accountsStatement(where)], place)[0] ?? [];
}

/**
 * Changes the role and writes its audit entry in one command; a second run changes nothing. Returns the account as it is
 * afterwards.
 */
function changed({ sub, userId }: Account): Account | undefined {
  const [account, person, now] = [quoted(sub), quoted(userId), Date.now()];
  const isAdmin = `EXISTS (SELECT 1 FROM admins WHERE google_sub = ${account})`;
  const act = (what: string, when: string) =>
    `INSERT INTO admin_acts (at, admin_user_id, what, user_id, subject) SELECT ${now}, NULL, ${quoted(what)}, ${person}, ${person} WHERE ${when}`;
  const grant = `INSERT INTO admins (google_sub, granted_at) SELECT ${account}, ${now} WHERE NOT ${isAdmin}`;
  const statements =
    order === 'grant'
      ? [act('admin-granted', `NOT ${isAdmin}`), grant]
      : [act('admin-revoked', isAdmin), `DELETE FROM admins WHERE google_sub = ${account}`];
  const answers = askDatabase<Account>([...statements, accountsStatement(`p.google_sub = ${account}`)], place);
  return answers.at(-1)?.[0];
}

function lineOf({ userId, sub, email: address, name, since }: Account): string {
  const role = since === null ? 'no admin' : `admin since ${new Date(since).toISOString().slice(0, 10)}`;
  return `${name} <${address}> ${userId}, Google account ${sub}: ${role}`;
}

function notThere(): string {
  return 'Nobody with this address has signed in yet. They must sign in to Echoes once first.';
}

function end(why: string): never {
  console.error(why);
  return process.exit(1) as never;
}
