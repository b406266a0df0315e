// What holds in every database of the product, in SQL that owes nothing to the triggers. `earlier` is the database before
// the statement; each query returns what is wrong.
import { audits } from '../../app/credits/audit.ts';
import { openStates } from '../../app/db/statement.ts';
import { transitions } from '../../app/generations/pipeline/states.ts';

/** Rows that are there for ever, by their key, and the columns of them that never change; `*` for all. */
const kept: Readonly<Record<string, { key: string; columns: string }>> = {
  users: { key: 'id', columns: 'created_at' },
  credit_accounts: { key: 'user_id', columns: 'user_id' },
  credit_entries: { key: 'key', columns: '*' },
  generation_transitions: { key: 'from_state, to_state', columns: '*' },
  generation_steps: { key: 'id', columns: '*' },
  reversals: { key: 'id', columns: '*' },
  share_rewards: { key: 'project_id', columns: '*' },
  reward_reversals: { key: 'id', columns: '*' },
  admin_acts: { key: 'id', columns: '*' },
  prompt_versions: { key: 'version', columns: '*' },
  generations: {
    key: 'id',
    columns:
      'user_id, clip_id, request_key, cost, created_at, prompt_version, request_id, shape, duration_seconds, gift',
  },
  projects: { key: 'id', columns: 'user_id, created_at' },
  clips: { key: 'id', columns: 'user_id, project_id, photo_id, created_at' },
  photos: {
    key: 'id',
    columns: 'user_id, project_id, media_key, size_bytes, width, height, orientation, created_at',
  },
  uploads: { key: 'id', columns: 'user_id, project_id, request_key, length_bytes, created_at' },
  shares: { key: 'id', columns: 'user_id, project_id, created_at' },
  purchases: { key: 'id', columns: 'user_id, request_key, pack_id, credits, amount, currency, created_at' },
  referrals: { key: 'referred_user_id', columns: 'referrer_user_id, created_at' },
  referral_codes: { key: 'code', columns: 'user_id, created_at' },
  adjustments: { key: 'id', columns: 'user_id, request_key, credits, reason, requested_by, requested_at' },
  refund_requests: {
    key: 'id',
    columns: 'user_id, purchase_id, request_key, amount, credits, reason, requested_by, requested_at',
  },
  generation_feedback: { key: 'generation_id', columns: 'user_id, reason, created_at' },
  guarded_settings: { key: 'key', columns: '*' },
  setting_changes: { key: 'id', columns: 'key, value, seen_version, requested_by, requested_at' },
};

/** Rows that may go, but never change these columns. */
const fixed: Readonly<Record<string, { key: string; columns: readonly string[] }>> = {
  sessions: { key: 'id_hash', columns: ['user_id'] },
  profiles: { key: 'user_id', columns: ['google_sub'] },
  share_visits: { key: 'share_id, visitor_hash', columns: ['first_at'] },
  share_networks: { key: 'account_hash, network_hash, at, user_id', columns: ['project_id'] },
};

/** Once the condition holds for a row, these columns of it never change. */
const final: readonly { table: string; key: string; once: string; columns: readonly string[] }[] = [
  {
    table: 'generations',
    key: 'id',
    once: "b.state IN ('ready','failed','canceled')",
    columns: ['state', 'media_key', 'media_bytes', 'failure_reason'],
  },
  { table: 'generations', key: 'id', once: 'b.erased_at IS NOT NULL', columns: ['erased_at'] },
  { table: 'photos', key: 'id', once: 'b.smaller_bytes IS NOT NULL', columns: ['smaller_bytes'] },
  { table: 'generations', key: 'id', once: 'b.cleaned_at IS NOT NULL', columns: ['cleaned_at'] },
  { table: 'purchases', key: 'id', once: "b.state IN ('paid','failed','expired')", columns: ['state'] },
  { table: 'purchases', key: 'id', once: 'b.checkout_session_id IS NOT NULL', columns: ['checkout_session_id'] },
  { table: 'purchases', key: 'id', once: 'b.payment_intent_id IS NOT NULL', columns: ['payment_intent_id'] },
  { table: 'adjustments', key: 'id', once: "b.state <> 'waiting'", columns: ['state', 'decided_by', 'decided_at'] },
  { table: 'refund_requests', key: 'id', once: "b.state <> 'waiting'", columns: ['decided_by', 'decided_at'] },
  {
    table: 'refund_requests',
    key: 'id',
    once: "b.state IN ('done','declined','refused')",
    columns: ['state', 'refund_id', 'refusal', 'ended_at'],
  },
  { table: 'setting_changes', key: 'id', once: "b.state <> 'waiting'", columns: ['state', 'decided_by', 'decided_at'] },
  { table: 'uploads', key: 'id', once: "b.state <> 'open'", columns: ['state', 'reason', 'offset_bytes'] },
  {
    table: 'referrals',
    key: 'referred_user_id',
    once: 'b.rewarded_at IS NOT NULL',
    columns: ['rewarded_at', 'rewarded_for', 'purchase_id', 'referrer_credits', 'referred_credits'],
  },
  { table: 'share_visits', key: 'share_id, visitor_hash', once: 'b.watched_at IS NOT NULL', columns: ['watched_at'] },
  { table: 'shares', key: 'id', once: 'b.revoked_at IS NOT NULL', columns: ['revoked_at'] },
  ...['users', 'projects', 'clips', 'photos'].map((table) => {
    const columns = table === 'photos' ? ['erased_at'] : ['erased_at', 'deleted_at'];
    return { table, key: 'id', once: 'b.erased_at IS NOT NULL', columns };
  }),
  { table: 'users', key: 'id', once: 'b.account_hash <> b.id', columns: ['account_hash'] },
];

/** What never falls. */
const growing: readonly [table: string, column: string][] = [
  ['generations', 'submits'],
  ['uploads', 'offset_bytes'],
  ['clips', 'version'],
  ['projects', 'version'],
  ['shares', 'views'],
  ['credit_accounts', 'version'],
];

/** A row that refers to a row of another person. */
const crossing = (from: string, column: string, to: string) =>
  `SELECT f.${column} FROM ${from} f JOIN ${to} t ON t.id = f.${column} WHERE t.user_id <> f.user_id`;

const legal = Object.entries(transitions).flatMap(([from, following]) => following.map((to) => `${from} ${to}`));
const listed = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');
/** Compares refunds with what credits were taken, in two statements of one batch: between them it does not hold. */
const { reversed: _inBatches, ...heldByEachStatement } = audits;

const state: Readonly<Record<string, string>> = {
  'a clip names the newest of its own generations, and none only if it has none': `SELECT c.id FROM clips c
    WHERE c.latest_generation_id IS NOT (SELECT g.id FROM generations g WHERE g.clip_id = c.id AND g.user_id = c.user_id
      ORDER BY g.rowid DESC LIMIT 1)`,
  'a clip names a ready generation of its own, and none only if it has none': `SELECT c.id FROM clips c
    WHERE (c.ready_generation_id IS NULL) <> NOT EXISTS (SELECT 1 FROM generations g WHERE g.clip_id = c.id AND g.state = 'ready')
      OR (c.ready_generation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = c.ready_generation_id
        AND g.clip_id = c.id AND g.user_id = c.user_id AND g.state = 'ready'))`,
  'a clip approves a ready generation of its own': `SELECT c.id FROM clips c WHERE c.approved_generation_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = c.approved_generation_id AND g.clip_id = c.id
      AND g.user_id = c.user_id AND g.state = 'ready')`,
  'a clip has one open generation at most': `SELECT clip_id FROM generations WHERE state IN ${openStates}
    GROUP BY clip_id HAVING count(*) > 1`,
  'a generation has a state, and a video exactly if it is ready': `SELECT id FROM generations
    WHERE state NOT IN (${listed(Object.keys(transitions))}) OR (state = 'ready') <> (media_key IS NOT NULL)`,
  'the transitions of the schema are those of the code': `SELECT from_state FROM generation_transitions
    WHERE from_state || ' ' || to_state NOT IN (${listed(legal)})`,
  'every reference has its row': 'SELECT "table", rowid, parent FROM pragma_foreign_key_check()',
  'no row crosses people': [
    crossing('generations', 'clip_id', 'clips'),
    crossing('clips', 'photo_id', 'photos'),
    crossing('clips', 'project_id', 'projects'),
    crossing('shares', 'project_id', 'projects'),
    `SELECT * FROM (${crossing('photos', 'project_id', 'projects')} UNION ALL ${crossing('uploads', 'project_id', 'projects')}
      UNION ALL ${crossing('reversals', 'purchase_id', 'purchases')} UNION ALL ${crossing('refund_requests', 'purchase_id', 'purchases')} UNION ALL ${crossing('shares', 'preview_clip_id', 'clips')})`,
  ].join(' UNION ALL '),
  'a photo is a finished upload': `SELECT p.id FROM photos p LEFT JOIN uploads u ON u.id = p.id
    WHERE u.id IS NULL OR u.user_id <> p.user_id OR u.project_id <> p.project_id OR p.size_bytes < 1`,
  'a Google account has one living person, whose account hash is known': `SELECT account_hash FROM users
    WHERE account_hash IS NULL OR closed_at IS NULL GROUP BY account_hash HAVING count(*) > 1 OR account_hash IS NULL`,
  'only what was deleted is erased': `SELECT id FROM users WHERE erased_at IS NOT NULL AND closed_at IS NULL
    UNION ALL SELECT id FROM generations WHERE erased_at IS NOT NULL AND state IN ${openStates}`,
  'a purchase that is paid has its session': `SELECT id FROM purchases
    WHERE state NOT IN ('open','pending','paid','failed','expired') OR (state = 'paid' AND checkout_session_id IS NULL)`,
  'a reward is as large as what its visitors earned': `SELECT r.project_id FROM share_rewards r WHERE r.visitors >
    (SELECT count(*) FROM share_visits v JOIN shares s ON s.id = v.share_id WHERE s.project_id = r.project_id AND v.watched_at IS NOT NULL)`,
  'a network counts for one film of an owner': `SELECT a.network_hash FROM share_networks a JOIN share_networks b
    ON b.account_hash = a.account_hash AND b.network_hash = a.network_hash AND b.rowid <> a.rowid
    AND abs(b.at - a.at) < 2592000000 WHERE a.project_id IS NOT NULL AND b.project_id IS NOT NULL`,
  'two admins are two people': `SELECT j.id FROM adjustments j JOIN users a ON a.id = j.requested_by JOIN users d ON d.id = j.decided_by
    JOIN users p ON p.id = j.user_id WHERE j.state = 'done' AND a.account_hash = d.account_hash AND p.account_hash = d.account_hash`,
  'a refund of one’s own purchase has the yes of another person': `SELECT r.id FROM refund_requests r JOIN users a ON a.id = r.requested_by
    JOIN users d ON d.id = r.decided_by JOIN users p ON p.id = r.user_id
    WHERE r.state IN ('asked','done','refused') AND a.account_hash = d.account_hash AND p.account_hash = d.account_hash`,
  'a purchase has one refund request at a time': `SELECT purchase_id FROM refund_requests WHERE state IN ('waiting','asked')
    GROUP BY purchase_id HAVING count(*) > 1`,
  'a refund request is for no more than was paid': `SELECT r.id FROM refund_requests r JOIN purchases p ON p.id = r.purchase_id
    WHERE r.amount > p.amount OR r.credits > p.credits OR p.state <> 'paid'`,
  'a reward names a purchase of the friend': `SELECT r.referred_user_id FROM referrals r LEFT JOIN purchases p ON p.id = r.purchase_id
    WHERE (r.rewarded_for IS 'purchase') <> (r.purchase_id IS NOT NULL) OR (r.purchase_id IS NOT NULL AND p.user_id <> r.referred_user_id)`,
};

const on = (key: string, one = 'm', other = 'b') =>
  key
    .split(', ')
    .map((column) => `${one}.${column} = ${other}.${column}`)
    .join(' AND ');
const differs = (columns: readonly string[]) => columns.map((column) => `m.${column} IS NOT b.${column}`).join(' OR ');

const history: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(kept).map(([table, { key, columns }]) => [
      `what happened stays: ${table}`,
      columns === '*'
        ? `SELECT * FROM earlier.${table} EXCEPT SELECT * FROM main.${table}`
        : `SELECT ${key}, ${columns} FROM earlier.${table} EXCEPT SELECT ${key}, ${columns} FROM main.${table}`,
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(fixed).map(([table, { key, columns }]) => [
      `a row belongs to the same person for ever: ${table}`,
      `SELECT b.${columns[0]} FROM earlier.${table} b JOIN main.${table} m ON ${on(key)} WHERE ${differs(columns)}`,
    ]),
  ),
  ...Object.fromEntries(
    final.map(({ table, key, once, columns }) => [
      `what ended does not change: ${table}.${columns.join(', ')}`,
      `SELECT b.rowid FROM earlier.${table} b JOIN main.${table} m ON ${on(key)} WHERE ${once} AND (${differs(columns)})`,
    ]),
  ),
  ...Object.fromEntries(
    growing.map(([table, column]) => {
      const key = table === 'credit_accounts' ? 'user_id' : 'id';
      return [
        `what grows does not fall: ${table}.${column}`,
        `SELECT b.${key} FROM earlier.${table} b JOIN main.${table} m ON ${on(key)} WHERE m.${column} < b.${column}`,
      ];
    }),
  ),
  'a generation goes forward': `SELECT b.id FROM earlier.generations b JOIN main.generations m ON m.id = b.id
    WHERE m.state <> b.state AND b.state || ' ' || m.state NOT IN (${listed(legal)})`,
  'a purchase goes forward': `SELECT b.id FROM earlier.purchases b JOIN main.purchases m ON m.id = b.id
    WHERE m.state <> b.state AND (b.state NOT IN ('open','pending') OR m.state = 'open' OR (b.state = 'pending' AND m.state = 'expired'))`,
  'a generation begins queued': `SELECT m.id FROM main.generations m LEFT JOIN earlier.generations b ON b.id = m.id
    WHERE b.id IS NULL AND m.state <> 'queued'`,
  'a clip that shows something else has a higher version': `SELECT b.id FROM earlier.clips b JOIN main.clips m ON m.id = b.id
    WHERE m.version = b.version AND (${differs(['position', 'frame_x', 'frame_zoom', 'frame_turn', 'frame_tilt', 'frame_origin', 'words', 'preset_id', 'deleted_at', 'approved_generation_id', 'ready_generation_id', 'latest_generation_id'])})`,
};

/** Every invariant by its name, as a query that returns what breaks it. */
export const invariants: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(heldByEachStatement).map(([kind, sql]) => [`the audit finds nothing: ${kind}`, sql]),
  ),
  ...state,
  ...history,
};
