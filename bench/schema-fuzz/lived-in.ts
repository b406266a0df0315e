import { accountHashOf } from '../../app/auth/secrets.server.ts';
import { Database } from '../simulator/database.ts';

type Value = string | number | null;

/**
 * A database in which people have lived: every table has rows, and every noun is there in each of its states. Written in
 * the steps that the product takes, so that each law has had its say.
 */
export function livedInDatabase(migrations: readonly string[], schema = ''): Database {
  const database = new Database(migrations);
  const add = (table: string, row: Record<string, Value>) => {
    const names = Object.keys(row);
    database.all(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      Object.values(row),
    );
  };
  const set = (table: string, id: string, values: string, key = 'id') =>
    database.all(`UPDATE ${table} SET ${values} WHERE ${key} = ?`, [id]);
  let clock = 1_000;
  const now = () => ++clock;

  function person(name: string, { sub = name, credits = 60 } = {}): void {
    const userId = `usr_${name}`;
    const hash = accountHashOf({ secret: 'fuzz', sub });
    add('users', { id: userId, created_at: now(), account_hash: hash });
    add('profiles', { user_id: userId, google_sub: sub, email: `${name}@example.com`, name, updated_at: now() });
    add('credit_accounts', { user_id: userId });
    const grant = (key: string, kind: string, delta: number, before: number, seq: number) =>
      add('credit_entries', {
        ...{ key, user_id: userId, seq, delta, balance_after: before + delta, kind, created_at: now() },
        reference: kind === 'adjustment' ? 'grant' : null,
      });
    grant(`signup:${hash}-${name}`, 'signup', 1, 0, 1);
    grant(`grant:${name}`, 'adjustment', credits, 1, 2);
    const session = { user_agent: 'fuzz', created_at: now(), seen_at: now(), expires_at: 9e9 };
    add('sessions', { id_hash: `session-${name}`, user_id: userId, ...session });
    add('referral_codes', { code: `code-${name}`, user_id: userId, created_at: now() });
  }

  /** A film of this person with so many clips; returns their ids. */
  function film(name: string, title: string, clipCount: number): string[] {
    const [userId, projectId] = [`usr_${name}`, `prj_${name}_${title}`];
    add('projects', { id: projectId, user_id: userId, title, created_at: now(), updated_at: now() });
    return Array.from({ length: clipCount }, (_one, index) => {
      const [photoId, clipId] = [`pho_${name}_${title}_${index}`, `clp_${name}_${title}_${index}`];
      const of = { user_id: userId, project_id: projectId, created_at: now() };
      const bytes = { length_bytes: 9_000, offset_bytes: 0, expires_at: 9e9 };
      add('uploads', { id: photoId, ...of, request_key: `request-${photoId}`, file_name: 'a.jpg', ...bytes });
      set('uploads', photoId, 'offset_bytes = 9000');
      const size = { size_bytes: 8_000, width: 1080, height: 1440 };
      add('photos', { id: photoId, ...of, media_key: `u/${userId}/p/${photoId}`, ...size });
      add('clips', { id: clipId, ...of, photo_id: photoId, position: `a${index}` });
      set('uploads', photoId, "state = 'done', file_name = ''");
      return clipId;
    });
  }

  let generations = 0;
  /** A generation of this clip, taken through these states; `made` is given the feedback that a gift answers. */
  function generation(name: string, clipId: string, ...states: string[]): string {
    return made(name, clipId, null, states);
  }

  function made(name: string, clipId: string, gift: string | null, states: readonly string[]): string {
    const [id, userId] = [`gen_${String(++generations).padStart(3, '0')}`, `usr_${name}`];
    const chosen = {
      provider: 'runway',
      model: 'gen4_turbo',
      preset_id: 'gentle',
      words: 'a walk',
      prompt: 'a slow walk',
    };
    const frame = { frame_x: 0.5, frame_y: 0.5, frame_zoom: 1, shape: '9:16', duration_seconds: 5 };
    const times = { state_at: now(), deadline_at: 9e9, created_at: now() };
    const of = { id, user_id: userId, clip_id: clipId, request_key: `request-${id}`, cost: 1, gift };
    add('generations', { ...of, ...chosen, ...frame, ...times });
    for (const state of states) {
      const more: Record<string, string> = {
        submitting: `submits = submits + 1, submit_nonce = 'req_${id}'`,
        generating: `provider_task_id = 'task_${id}'`,
        ready: `media_key = 'u/${userId}/v/${id}', media_bytes = 7000`,
        failed: "failure_reason = 'unknown', failure_detail = 'no light'",
      };
      set('generations', id, [`state = '${state}'`, `state_at = ${now()}`, ...[more[state] ?? []].flat()].join(', '));
    }
    return id;
  }
  const toReady = ['submitting', 'generating', 'copying', 'ready'];

  let purchases = 0;
  function purchase(name: string, state: string): string {
    const [id, userId] = [`pur_${++purchases}`, `usr_${name}`];
    const sold = { pack_id: 'film', credits: 20, amount: 1190, currency: 'eur', return_to: '/credits' };
    add('purchases', {
      id,
      user_id: userId,
      request_key: `request-${id}`,
      ...sold,
      state_at: now(),
      created_at: now(),
    });
    if (state !== 'begun') set('purchases', id, `checkout_session_id = 'cs_${id}', checkout_url = 'https://pay/${id}'`);
    if (state === 'paid') set('purchases', id, `state = 'paid', state_at = ${now()}, payment_intent_id = 'pi_${id}'`);
    else if (state !== 'begun' && state !== 'open') set('purchases', id, `state = '${state}', state_at = ${now()}`);
    const warning = { user_id: userId, purchase_id: id, fraud_type: 'misc', is_actionable: 1, warned_at: now() };
    if (state === 'paid') add('fraud_warnings', { id: `issfr_${id}`, ...warning });
    const failed = {
      user_id: userId,
      purchase_id: id,
      amount: 90,
      due_amount: 90,
      reason: 'unknown',
      failed_at: now(),
    };
    if (state === 'paid') add('failed_refunds', { id: `re_${id}`, ...failed });
    return id;
  }
  function reversal(name: string, purchaseId: string, credits: number, amount: number): void {
    const [{ seq = 1 } = {}] = database.all<{ seq: number }>(
      'SELECT count(*) + 1 AS seq FROM reversals WHERE purchase_id = ?',
      [purchaseId],
    );
    const reason = credits > 0 ? 'refund' : 'reinstated';
    const of = { id: `rev_${purchaseId}_${seq}`, user_id: `usr_${name}`, purchase_id: purchaseId, seq };
    add('reversals', { ...of, credits, moved: credits, reason, reference: `re_${seq}`, created_at: now() });
    set('purchases', purchaseId, `refunded_amount = ${amount}`);
  }

  for (const name of ['ada', 'bob', 'cleo', 'dan']) person(name);
  person('eve', { sub: 'one-google-account' });
  person('fay');
  for (const name of ['ada', 'bob']) add('admins', { google_sub: name, granted_at: now() });

  const refer = (friend: string) =>
    add('referrals', { referred_user_id: `usr_${friend}`, referrer_user_id: 'usr_ada', created_at: now() });
  for (const friend of ['cleo', 'dan']) refer(friend);

  const [first = '', second = '', third = '', fourth = '', fifth = ''] = film('ada', 'summer', 5);
  const tried = generation('ada', first, 'failed');
  const ready = generation('ada', first, ...toReady);
  set('clips', first, `approved_generation_id = '${ready}'`);
  generation('ada', second, 'submitting', 'generating');
  generation('ada', third);
  const older = generation('ada', fourth, ...toReady);
  const answer = { user_id: 'usr_ada', reason: 'odd-movement', words: 'three hands', created_at: now() };
  add('generation_feedback', { generation_id: older, ...answer });
  made('ada', fourth, older, ['failed']);
  made('ada', fourth, older, toReady.slice(0, 3));
  generation('ada', fifth, 'canceled');
  set('generations', tried, `cleaned_at = ${now()}`);
  add('generation_steps', { generation_id: ready, at: now(), what: 'fetched', detail: `req_${ready}` });
  const [old = '', other = ''] = film('ada', 'winter', 2);
  const erased = generation('ada', old, ...toReady);
  set('clips', old, `deleted_at = ${now()}`);
  set('generations', erased, `erased_at = ${now()}, words = '', prompt = '', failure_detail = NULL`);
  set('photos', 'pho_ada_winter_0', `erased_at = ${now()}, taken_at = NULL`);
  set('clips', old, `erased_at = ${now()}, words = ''`);
  set('projects', 'prj_ada_winter', `deleted_at = ${now()}`);
  generation('ada', other, 'submitting', 'failed');

  const [bobs = '', bobsNext = ''] = film('bob', 'sea', 2);
  set('clips', bobs, `approved_generation_id = '${generation('bob', bobs, ...toReady)}'`);
  generation('bob', bobsNext, 'submitting');
  const [cleos = ''] = film('cleo', 'snow', 1);
  set('clips', cleos, `approved_generation_id = '${generation('cleo', cleos, ...toReady)}'`);
  set('projects', 'prj_cleo_snow', "status = 'completed'");

  for (const state of ['begun', 'open', 'pending', 'failed', 'expired', 'paid']) purchase('ada', state);
  purchase('bob', 'open');
  reversal('bob', purchase('bob', 'paid'), 8, 500);
  const paid = purchase('cleo', 'paid');
  const earned = `rewarded_for = 'purchase', purchase_id = '${paid}', referrer_credits = 1, referred_credits = 1`;
  set('referrals', 'usr_cleo', `rewarded_at = ${now()}, ${earned}`, 'referred_user_id');
  reversal('cleo', paid, 20, 1190);
  reversal('cleo', paid, -20, 0);

  for (const [name, title] of [
    ['ada', 'summer'],
    ['cleo', 'snow'],
  ] as const) {
    const of = { user_id: `usr_${name}`, project_id: `prj_${name}_${title}`, created_at: now(), expires_at: 9e9 };
    for (const share of ['a', 'b']) add('shares', { id: `shr_${name}_${share}`, ...of });
    set('shares', `shr_${name}_b`, `revoked_at = ${now()}, preview_clip_id = 'clp_${name}_${title}_0'`);
    for (let visitor = 0; visitor < 4; visitor += 1) {
      const visitorHash = `network-of-visitor-${visitor}-of-${name}`;
      add('share_visits', { share_id: `shr_${name}_a`, visitor_hash: visitorHash, first_at: now() });
      if (visitor < 3) set('share_visits', visitorHash, `watched_at = ${now()}`, 'visitor_hash');
      const network = {
        account_hash: accountHashOf({ secret: 'fuzz', sub: name }),
        network_hash: visitorHash,
        at: now(),
      };
      const film = visitor < 3 ? `prj_${name}_${title}` : null;
      add('share_networks', { ...network, user_id: `usr_${name}`, project_id: film });
    }
  }
  const [film0, share0] = ['prj_cleo_snow', 'shr_cleo_a'];
  const reward = { visitors: 3, credits: 1, created_at: now() };
  add('share_rewards', { project_id: film0, user_id: 'usr_cleo', share_id: share0, ...reward });

  for (const [index, state] of ['waiting', 'done', 'declined'].entries()) {
    const asked = {
      request_key: `request-adj-${index}`,
      credits: 3,
      reason: 'a fault of ours',
      requested_by: 'usr_ada',
    };
    add('adjustments', { id: `adj_${index}`, user_id: 'usr_bob', ...asked, requested_at: now() });
    if (state !== 'waiting')
      set('adjustments', `adj_${index}`, `state = '${state}', decided_by = 'usr_bob', decided_at = ${now()}`);
  }
  for (const [index, end] of [
    "'declined'",
    "'done', refund_id = 're_desk', ended_at = decided_at",
    "'refused', refusal = 'disputed', ended_at = decided_at",
    "'asked'",
  ].entries()) {
    const id = `rfd_${index}`;
    const of = { id, user_id: 'usr_ada', purchase_id: 'pur_6', request_key: `request-rfd-${index}` };
    const asked = { amount: 100, credits: 1, reason: 'a fault of ours', requested_by: 'usr_ada' };
    add('refund_requests', { ...of, ...asked, requested_at: now() });
    const decision = `decided_by = 'usr_bob', decided_at = ${now()}`;
    set('refund_requests', id, `state = ${end === "'declined'" ? end : "'asked'"}, ${decision}`);
    if (end.includes('ended_at')) set('refund_requests', id, `state = ${end}`);
  }
  const open = { id: 'rfd_waiting', user_id: 'usr_bob', purchase_id: 'pur_8', request_key: 'request-rfd-waiting' };
  const half = { amount: 500, credits: 8, reason: 'a fault of ours', requested_by: 'usr_ada', requested_at: now() };
  add('refund_requests', { ...open, ...half });
  add('admin_acts', { at: now(), admin_user_id: 'usr_ada', what: 'suspended', user_id: 'usr_fay', subject: 'usr_fay' });
  add('prompt_versions', { version: 2, text: 'Slowly.', note: 'slower', author_id: 'usr_ada', created_at: now() });
  set('users', 'usr_fay', `suspended_at = ${now()}`);

  // One Google account's second life: the first person is deleted, with everything of theirs.
  const [eves = ''] = film('eve', 'rain', 1);
  generation('eve', eves, 'submitting', 'canceled');
  set('projects', 'prj_eve_rain', `deleted_at = ${now()}`);
  set('users', 'usr_eve', `deleted_at = ${now()}`);
  set('users', 'usr_eve', `closed_at = ${now()}`);
  person('eva', { sub: 'one-google-account' });
  const waiting = { user_id: 'usr_eva', project_id: 'prj_eva_sun', file_name: 'b.jpg', length_bytes: 5_000 };
  film('eva', 'sun', 1);
  for (const state of ['open', 'refused']) {
    const id = `pho_eva_${state}`;
    add('uploads', { id, ...waiting, request_key: `request-${id}`, created_at: now(), expires_at: 9e9 });
    add('upload_parts', { upload_id: id, offset_bytes: 0, size_bytes: 1_000, media_key: `parts/${id}/0` });
    set('uploads', id, state === 'open' ? 'offset_bytes = 1000' : "state = 'refused', reason = 'damaged'");
  }

  add('arrivals', { user_id: 'usr_ada', network_hash: 'n', device_hash: 'd', at: now() });
  add('webhook_refusals', { sender: 'stripe', reason: 'forged', day: 1, count: 1, first_at: now(), last_at: now() });
  add('settings', { key: 'deadlineMinutes', value: '20', updated_at: now() });
  for (const [state, key] of [
    ['done', 'signupCredits'],
    ['declined', 'shareCredits'],
    ['waiting', 'referralCap'],
  ] as const) {
    const wanted = { key, value: '2', seen_version: 0, requested_by: 'usr_ada', requested_at: now() };
    add('setting_changes', { id: `set_${state}`, ...wanted });
    if (state !== 'waiting')
      set('setting_changes', `set_${state}`, `state = '${state}', decided_by = 'usr_bob', decided_at = ${now()}`);
  }
  add('cursors', { name: 'audit', value: '{}', updated_at: now() });
  add('log_tail', { id: 1, until: 9e9 });
  add('log_lines', { at: now(), event: 'sweep', line: '{}' });
  add('alerts', { id: 'alt_1', kind: 'audit', subject: 'ledger', detail: 'one', opened_at: now() });
  add('house_reports', { kind: 'audit', at: now(), ok: 1, differences: '[]', milliseconds: 1 });
  add('dead_letters', { id: 'ded_1', body: '{}', attempts: 3, received_at: now() });
  add('stripe_events', { id: 'evt_1', type: 'charge.refunded', object_id: 'ch_1', received_at: now() });
  add('provider_minutes', { provider: 'runway', minute: 1, calls: 2 });
  add('provider_breakers', { provider: 'luma', opened_at: now(), open_until: 9e9, reason: 'failures' });
  if (schema) database.exec(schema);
  return database;
}
