// Requests that our pages never send, at every form and at the uploads' door: each is refused with a sentence, or its
// valid part takes effect. None causes an unexpected error or a partial write.
import { env, exports } from 'cloudflare:workers';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import type { ProblemJson } from '~/problem';
import { seedPerson, seedProject, seedSession, testServices } from '~/testing/services';

const origin = env.APP_ORIGIN;
const person = { id: '', cookie: '', projectId: '', clipId: '', otherClipId: '', shareId: '', token: '', ticket: '' };
beforeEach(async () => {
  person.id = await seedPerson({ credits: 50 });
  person.cookie = await seedSession(person.id);
  const { projectId, clipIds } = await seedProject({ userId: person.id, clipCount: 2 });
  const [clipId = '', otherClipId = ''] = clipIds;
  Object.assign(person, { projectId, clipId, otherClipId });
  const { shares, visits } = testServices().projects;
  const request = new Request(origin);
  const made = await shares.create({ userId: person.id, projectId, request });
  if (made.outcome !== 'shared') throw new Error(made.outcome);
  person.shareId = made.share.id;
  person.token = made.share.url.split('/s/')[1] ?? '';
  person.ticket = visits.open({ shareId: made.share.id, request });
});

type Fields = [string, string][];
const key = () => crypto.randomUUID();
/** Every form with a valid body and the status of its answer. */
const forms: Record<string, { path: () => string; valid: () => Fields; status: number }> = {
  'clip-details': {
    path: () => `/clips/${person.clipId}/details`,
    valid: () =>
      Object.entries({
        ...{ frameX: '0.2', frameY: '0.3', frameZoom: '2', frameTurn: '3', frameTilt: '-2.5' },
        ...{ presetId: 'gentle', words: 'softly' },
      }),
    status: 200,
  },
  'clip-position': {
    path: () => `/clips/${person.clipId}/position`,
    valid: () => Object.entries({ after: person.otherClipId, before: '' }),
    status: 200,
  },
  'clip-approval': {
    path: () => `/clips/${person.clipId}/approval`,
    valid: () => [['generationId', 'gen_0123456789ABCDEFGHJKMNPQRS']],
    status: 409,
  },
  'clip-deletion': { path: () => `/clips/${person.clipId}/deletion`, valid: () => [], status: 200 },
  'clip-generations': {
    path: () => `/clips/${person.clipId}/generations`,
    valid: () => Object.entries({ requestKey: key(), presetId: 'gentle', words: 'softly' }),
    status: 200,
  },
  'project-details': {
    path: () => `/projects/${person.projectId}/details`,
    valid: () => Object.entries({ title: 'Autumn', shape: '1:1', clipSeconds: '5', trackId: '' }),
    status: 200,
  },
  'project-deletion': { path: () => `/projects/${person.projectId}/deletion`, valid: () => [], status: 200 },
  projects: { path: () => '/projects', valid: () => [], status: 302 },
  'project-generations': {
    path: () => `/projects/${person.projectId}/generations`,
    valid: () => [
      ['requestKey', key()],
      ['clipIds', person.clipId],
      ['clipIds', person.otherClipId],
    ],
    status: 200,
  },
  referral: { path: () => '/referral', valid: () => [], status: 302 },
  purchases: {
    path: () => '/purchases',
    valid: () => Object.entries({ packId: 'film', requestKey: key() }),
    status: 302,
  },
  'project-clips': {
    path: () => `/projects/${person.projectId}/clips`,
    valid: () => [
      ['kind', 'preset'],
      ['presetId', 'gentle'],
      ['clipIds', person.clipId],
      ['clipIds', person.otherClipId],
    ],
    status: 200,
  },
  'project-cancellation': { path: () => `/projects/${person.projectId}/cancellation`, valid: () => [], status: 200 },
  'generation-feedback': {
    path: () => '/generations/gen_0123456789ABCDEFGHJKMNPQRS/feedback',
    valid: () => Object.entries({ requestKey: key(), reason: 'wrong-face', words: 'not her' }),
    status: 404,
  },
  'account-erasure': { path: () => '/account/erasure', valid: () => [], status: 302 },
  'account-sign-out-others': { path: () => '/account/sessions/sign-out', valid: () => [], status: 302 },
  'account-sign-out-device': {
    path: () => `/account/sessions/${'x'.repeat(43)}/sign-out`,
    valid: () => [],
    status: 302,
  },
  'account-deletion-withdrawal': { path: () => '/account/deletion/withdrawal', valid: () => [], status: 302 },
  'account-deletion-completion': { path: () => '/account/deletion/completion', valid: () => [], status: 302 },
  'account-deletion': { path: () => '/account/deletion', valid: () => [], status: 302 },
  'project-completion': { path: () => `/projects/${person.projectId}/completion`, valid: () => [], status: 200 },
  shares: { path: () => `/projects/${person.projectId}/shares`, valid: () => [], status: 200 },
  'share-revocation': { path: () => `/shares/${person.shareId}/revocation`, valid: () => [], status: 200 },
  // The photos of these tests have no bytes.
  'share-preview': {
    path: () => `/shares/${person.shareId}/preview`,
    valid: () => [['clipId', person.clipId]],
    status: 404,
  },
  'share-visits': { path: () => `/s/${person.token}/visits`, valid: () => [['ticket', person.ticket]], status: 200 },
};
const named = Object.entries(forms).map(([name, form]) => ({ name, ...form }));
const withFields = named.filter(
  ({ name }) =>
    !/deletion|erasure|sign-out|cancellation|^projects$|^referral$|completion|^shares$|revocation/.test(name),
);

async function post(path: string, body: BodyInit | null, headers: Record<string, string> = {}) {
  const all = { Origin: origin, Accept: 'application/json', Cookie: person.cookie, ...headers };
  const request = new Request(origin + path, { method: 'POST', body, headers: all, redirect: 'manual' });
  const response = await exports.default.fetch(request);
  return { status: response.status, text: await response.text() };
}
const send = (path: string, fields: Fields) => post(path, new URLSearchParams(fields));

/** Expects a success, or a 4xx with a reason and a sentence. */
function expectSuccessOrRefusal({ status, text }: { status: number; text: string }): void {
  expect(text).not.toMatch(/SQLITE|D1_ERROR|CHECK constraint|\bat \w+ \(|node_modules|Unexpected Server/);
  if (status < 400) {
    expect([200, 202, 302]).toContain(status);
    return;
  }
  expect([400, 402, 404, 409, 413, 415, 429]).toContain(status);
  const { error } = JSON.parse(text) as ProblemJson;
  expect(error).toMatchObject({ status, requestId: expect.stringMatching(/^req_[0-9A-Z]{26}$/) });
  expect(error.reason).toMatch(/^[a-z-]+$/);
  expect(error.message).toMatch(/^[A-Z][^<>]+\.$/);
}

/** All rows of this person, without times. */
async function everything() {
  const of = (sql: string) => env.DB.prepare(sql).bind(person.id).all();
  const rows = await Promise.all([
    of('SELECT id, deleted_at FROM users WHERE id = ?'),
    of('SELECT id, title, shape, clip_seconds, track_id, status, deleted_at FROM projects WHERE user_id = ?'),
    of(
      'SELECT id, position, frame_x, frame_y, frame_zoom, frame_turn, frame_tilt, frame_origin, preset_id, words, deleted_at FROM clips WHERE user_id = ?',
    ),
    of('SELECT id, cost, user_id, request_key, words FROM generations WHERE user_id = ?'),
    of('SELECT key, delta, kind FROM credit_entries WHERE user_id = ?'),
    of('SELECT id, project_id, file_name FROM uploads WHERE user_id = ?'),
    of('SELECT id, pack_id, credits, amount, state FROM purchases WHERE user_id = ?'),
  ]);
  return rows.map(({ results }) => results);
}

describe('a body that is no form', { timeout: 60_000 }, () => {
  const multipart = 'multipart/form-data; boundary=x';
  const bodies: Record<string, { body: BodyInit; type: string; status: number }> = {
    JSON: { body: JSON.stringify({ title: 'x', cost: 0 }), type: 'application/json', status: 415 },
    'plain text': { body: 'title=x', type: 'text/plain', status: 415 },
    'bytes without a name': { body: new Uint8Array([0, 255, 1]), type: '', status: 415 },
    'half a multipart form': { body: '--x\r\nContent-Disposition: form-data; na', type: multipart, status: 400 },
    'a multipart form without a boundary': { body: 'x', type: 'multipart/form-data', status: 400 },
    '1 MB of text': {
      body: `words=${'a'.repeat(1_000_000)}`,
      type: 'application/x-www-form-urlencoded',
      status: 413,
    },
    'a file of 1 MB': {
      body: `--x\r\nContent-Disposition: form-data; name="words"; filename="a"\r\n\r\n${'a'.repeat(1_000_000)}\r\n--x--\r\n`,
      type: multipart,
      status: 413,
    },
  };
  it.each(Object.entries(bodies))(
    'a body that is no form is refused by every form without a write: %s',
    async (_name, sent) => {
      const before = await everything();
      for (const { path, name } of named) {
        const answer = await post(path(), sent.body, { 'Content-Type': sent.type });
        expect([name, answer.status]).toEqual([name, sent.status]);
        expectSuccessOrRefusal(answer);
      }
      expect(await everything()).toEqual(before);
    },
  );

  it('a body that is too large is refused without a Content-Length too', async () => {
    const endless = new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(new Uint8Array(16_384).fill(97)) });
    const answer = await post(`/clips/${person.clipId}/details`, endless, {
      'Content-Type': 'application/x-www-form-urlencoded',
    });
    expect(answer.status).toBe(413);
  });
});

describe('every form', { timeout: 60_000 }, () => {
  it.each(named)(
    'the form $name takes its valid fields and ignores a hundred others',
    async ({ path, valid, status }) => {
      const privileged = { cost: '0', user_id: 'usr_1', userId: 'usr_1', role: 'admin', balance: '999', version: '99' };
      const more = {
        ...privileged,
        status: 'completed',
        position: 'a',
        id: 'x',
        state: 'ready',
        __proto__: 'x',
        createdAt: '1',
      };
      const others = Array.from({ length: 90 }, (_, index): [string, string] => [`field${index}`, 'x']);
      const answer = await send(path(), [...valid(), ...Object.entries(more), ...others]);
      expect(answer.status).toBe(status);
      expectSuccessOrRefusal(answer);
      const [users, projects, , generations, entries] = await everything();
      expect(users).toMatchObject([{ id: person.id }]);
      expect((await env.DB.prepare('SELECT * FROM admins').all()).results).toEqual([]);
      expect(projects?.every((project) => project.status === 'in_progress')).toBe(true);
      for (const generation of generations ?? []) expect(generation).toMatchObject({ cost: 1, user_id: person.id });
      expect(entries).toHaveLength(1 + (generations?.length ?? 0));
    },
  );

  it.each(withFields)(
    'the form $name refuses each malformed field with a sentence and changes nothing',
    async ({ path, valid, name }) => {
      const before = await everything();
      const bad: Record<string, string[]> = {
        frameX: ['', ' ', 'NaN', 'Infinity', '1e309', '-1', '-0', '0x1', '1,5', '2', 'true'],
        frameY: ['Infinity', '-Infinity', '1e309', '[0]', '0.5 '],
        frameZoom: ['0', '5', 'NaN', '-0'],
        frameTurn: ['4', '-1', '1.5', 'NaN', ''],
        frameTilt: ['10.1', '-11', 'NaN', '--1', '+1', '0x1', ''],
        presetId: ['', 'x', '__proto__', 'constructor', '\0'],
        words: ['a'.repeat(501)],
        after: ['x', `prj_${'0'.repeat(26)}`, '\0', person.clipId.replace('clp', 'CLP')],
        before: ['x', `gen_${'0'.repeat(26)}`],
        generationId: ['', 'x', person.clipId, '\0'],
        reason: ['', 'x', 'Wrong-Face', '__proto__', '\0'],
        packId: ['', 'castle', 'FILM', '__proto__', '\0'],
        requestKey: ['', 'short', 'a'.repeat(65), 'with space', 'key-with-\0-in-it'],
        title: ['', '   ', '\0\0', 'a'.repeat(81)],
        shape: ['', '9:17', 'constructor'],
        clipSeconds: ['', '1', '11', '5.5', 'NaN', '1e309', '-5', '-0'],
        trackId: ['nonsense', '\0', '__proto__'],
        clipId: ['x', person.projectId, '\0'],
        ticket: ['', 'x', '\0', 'opened.1.x.y', 'a'.repeat(201)],
        clipIds: ['', 'x', person.projectId],
      };
      for (const [field] of valid()) {
        const rest = valid().filter(([other]) => other !== field);
        const files = new FormData();
        for (const [other, value] of rest) files.append(other, value);
        files.append(field, new File(['x'], 'x.txt'));
        for (const value of bad[field] ?? []) {
          const answer = await send(path(), [...rest, [field, value]]);
          expect([name, field, value, answer.status >= 400]).toEqual([name, field, value, true]);
          expectSuccessOrRefusal(answer);
        }
        const answer = await post(path(), files);
        expect([name, field, answer.status >= 400]).toEqual([name, field, true]);
        expectSuccessOrRefusal(answer);
      }
      const twice = valid().filter(([field]) => field !== 'clipIds');
      const answer = await send(path(), [...valid(), ...twice]);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expectSuccessOrRefusal(answer);
      expect(await everything()).toEqual(before);
    },
  );

  it.each(named)('the form $name withstands any text in its fields', async ({ path, valid }) => {
    const hostileText = fc.constantFrom(
      '\0',
      '\ud800',
      '\udfff\ud800',
      '\u202Eabc',
      '\u200b',
      '💥'.repeat(80),
      '%00',
      "'; --",
      '-0',
      '1e309',
      'null',
    );
    const value = fc.oneof(hostileText, fc.string({ unit: 'binary', maxLength: 100 }), fc.double().map(String));
    const names = [...new Set([...valid().map(([field]) => field), 'deleted', 'before', '__proto__', ''])];
    const fields = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fields, async (sent) => {
        // A deleted account is signed out, so its later requests are answered 401.
        expectSuccessRefusalOr401(await send(path(), sent));
        expectSuccessRefusalOr401(await send(path(), [...valid(), ...sent]));
      }),
      { numRuns: 20 },
    );
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  function expectSuccessRefusalOr401(answer: { status: number; text: string }): void {
    if (answer.status !== 401) expectSuccessOrRefusal(answer);
  }

  it('a title and words are stored as typed, without control characters', async () => {
    await send(`/projects/${person.projectId}/details`, [['title', '\0 Oma\u0007 & \u05D0\u05D1 \ud800']]);
    await send(`/clips/${person.clipId}/details`, [['words', 'wave\0\r\nthen smile']]);
    const [, projects, clips] = await everything();
    expect(projects?.[0]?.title).toBe('Oma  & \u05D0\u05D1 \uFFFD');
    expect(clips?.find(({ id }) => id === person.clipId)?.words).toBe('wave\nthen smile');
  });
});

describe('concurrent repeats of a form', { timeout: 60_000 }, () => {
  it.each(named)('the form $name sent four times at once has one effect', async ({ path, valid, status }) => {
    const fields = valid();
    const answers = await Promise.all([1, 2, 3, 4].map(() => send(path(), fields)));
    for (const answer of answers) if (answer.status !== 401) expectSuccessOrRefusal(answer);
    expect(answers.some((answer) => answer.status === status)).toBe(true);
    const [, , , generations, entries] = await everything();
    const perClip = new Set(generations?.map(({ request_key }) => request_key));
    expect(perClip.size).toBe(generations?.length);
    expect(entries).toHaveLength(1 + (generations?.length ?? 0));
    expect(await auditLedger(env.DB)).toEqual([]);
  });
});

describe('ids of the wrong kind', { timeout: 60_000 }, () => {
  it('ids of another kind are answered like unknown ids', async () => {
    const { projectId, clipId } = person;
    const before = await everything();
    const wrong = [
      'x',
      '%00',
      '..%2f',
      '__proto__',
      clipId.replace('clp', 'CLP'),
      `${clipId}%20`,
      '%F0%9F%92%A5',
      'a'.repeat(4000),
    ];
    const addresses = [
      ...[projectId, ...wrong].flatMap((id) =>
        ['details', 'position', 'approval', 'deletion', 'generations'].map((of) => `/clips/${id}/${of}`),
      ),
      ...[clipId, ...wrong].flatMap((id) =>
        ['details', 'deletion', 'clips', 'generations', 'cancellation'].map((of) => `/projects/${id}/${of}`),
      ),
      ...[clipId, ...wrong].flatMap((id) => ['cancellation', 'feedback'].map((of) => `/generations/${id}/${of}`)),
    ];
    for (const address of addresses) {
      const sent: Fields = address.endsWith('details') ? [[address.startsWith('/c') ? 'words' : 'title', 'x']] : [];
      const answer = await send(address, sent);
      expect([address, answer.status]).toEqual([address, 404]);
      expectSuccessOrRefusal(answer);
    }
    expect(await everything()).toEqual(before);
  });
});

describe('the door for uploads', { timeout: 60_000 }, () => {
  const announce = (headers: Record<string, string>) =>
    post('/uploads', null, { 'Tus-Resumable': '1.0.0', ...headers });
  const meta = (of: Record<string, string>) =>
    Object.entries(of)
      .map(([name, value]) => `${name} ${btoa(value)}`)
      .join();

  it('the uploads’ door refuses malformed requests, and stores nothing of them', async () => {
    const valid = { projectId: person.projectId, requestKey: 'key-of-a-photo' };
    const good = { 'Upload-Length': '9', 'Upload-Metadata': meta(valid) };
    const before = await everything();
    for (const wrong of [
      ...['', '-1', 'NaN', 'Infinity', '1e309', '-0', '0x10', '9'.repeat(40), '9 9'].map((length) => ({
        'Upload-Length': length,
      })),
      ...['0', '25000001', '999999999999'].map((length) => ({ 'Upload-Length': length })),
      ...['', ',', '=', 'projectId', 'projectId ***', `${meta(valid)},x \u00ff`, 'a b c'].map((header) => ({
        'Upload-Metadata': header,
      })),
      { 'Upload-Metadata': meta({ ...valid, requestKey: 'short' }) },
      { 'Upload-Metadata': meta({ ...valid, requestKey: 'with \0 in it' }) },
      { 'Upload-Metadata': meta({ ...valid, projectId: '\0' }) },
      { 'Upload-Metadata': meta({ ...valid, projectId: person.clipId }) },
      { 'Upload-Metadata': 'projectId' },
      { 'Tus-Resumable': '9.9.9' },
    ]) {
      const { status, text } = await announce({ ...good, ...wrong });
      expect([wrong, status, [400, 404, 412, 413, 422].includes(status)]).toEqual([wrong, status, true]);
      expect((JSON.parse(text) as ProblemJson).error.message).toMatch(/^[A-Z].+\.$/);
    }
    expect(await everything()).toEqual(before);
  });

  it('the uploads’ door withstands any file name and date', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('\0', '../../x', '\u202Egpj.exe', 'NaN', '1e309', '-0'),
    );
    const base64 = (value: string) => btoa(String.fromCharCode(...new TextEncoder().encode(value)));
    await fc.assert(
      fc.asyncProperty(text, text, async (fileName, takenAt) => {
        const fields = { projectId: person.projectId, requestKey: key(), fileName, takenAt };
        const header = Object.entries(fields).map(([name, value]) => `${name} ${base64(value)}`);
        const { status } = await announce({ 'Upload-Length': '9', 'Upload-Metadata': header.join() });
        expect(status).toBe(201);
      }),
      { numRuns: 20 },
    );
    const { results } = await env.DB.prepare('SELECT file_name FROM uploads WHERE user_id = ? AND offset_bytes = 0')
      .bind(person.id)
      .all<{ file_name: string }>();
    for (const { file_name } of results) expect(file_name).not.toMatch(/[\p{C}/\\]/u);
  });

  it('a repeated announcement makes one upload', async () => {
    const headers = {
      'Upload-Length': '9',
      'Upload-Metadata': meta({ projectId: person.projectId, requestKey: key() }),
    };
    const answers = await Promise.all([1, 2, 3, 4].map(() => announce(headers)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const open = await env.DB.prepare("SELECT count(*) AS n FROM uploads WHERE user_id = ? AND state = 'open'")
      .bind(person.id)
      .first('n');
    expect(open).toBe(1);
  });
});
