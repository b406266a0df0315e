import { describe, expect, test } from 'vitest';
import { clip, generation } from '~/testing/studio';
import { nextAction, nextToReview, retryOfFailed, studioStatus } from './next-action';

const still = (id: string) => clip({ id });
const ready = (id: string) =>
  clip({ id, status: 'ready', latest: generation({ state: 'ready' }), ready: generation({ state: 'ready' }) });
const approved = (id: string) => ({ ...ready(id), approved: generation({ state: 'ready' }) });
const open = (id: string) =>
  clip({ id, status: 'generating', latest: generation({ state: 'generating', progress: 0.4 }) });
const failed = (id: string) =>
  clip({ id, status: 'error', latest: generation({ state: 'failed', failureReason: 'unknown' }) });

const next = (clips: ReturnType<typeof clip>[], balance: number, uploading = 0, creditsPerClip = 1) =>
  nextAction({ clips, balance, uploading, creditsPerClip });

describe('the next action', () => {
  test('the next action of an empty project is to add photos, or to wait for uploads', () => {
    expect(next([], 1)).toEqual({ kind: 'add-photos' });
    expect(next([], 1, 3)).toEqual({ kind: 'wait-for-photos' });
  });

  test('the next action brings as many photos to life as the credits reach for', () => {
    const photos = ['a', 'b', 'c', 'd'].map(still);
    expect(next(photos, 9)).toEqual({ kind: 'bring-to-life', clipIds: ['a', 'b', 'c', 'd'], credits: 4, left: 0 });
    expect(next(photos, 1)).toEqual({ kind: 'bring-to-life', clipIds: ['a'], credits: 1, left: 3 });
    expect(next(photos, 5, 0, 2)).toEqual({ kind: 'bring-to-life', clipIds: ['a', 'b'], credits: 4, left: 2 });
  });

  test('the next action without credits is to play, and the line says that credits are short', () => {
    expect(next([still('a')], 0)).toEqual({ kind: 'play' });
    expect(studioStatus({ clips: [still('a')], balance: 0, creditsPerClip: 1, stopsLeft: 5 })).toEqual({
      open: 0,
      stoppable: 0,
      stills: 1,
      creditsShort: true,
      failedIds: [],
    });
  });

  test('ready clips are reviewed before new ones are paid', () => {
    expect(next([still('a'), ready('b'), approved('c'), ready('d')], 3)).toEqual({
      kind: 'review',
      clipIds: ['b', 'd'],
    });
  });

  test('a failed clip is never the next action: a finished film is played', () => {
    expect(next([failed('a'), still('b')], 1)).toMatchObject({ kind: 'bring-to-life', clipIds: ['b'] });
    for (const balance of [0, 1]) expect(next([failed('a'), approved('b')], balance)).toEqual({ kind: 'play' });
    expect(
      studioStatus({ clips: [failed('a'), approved('b')], balance: 1, creditsPerClip: 1, stopsLeft: 5 }).failedIds,
    ).toEqual(['a']);
  });

  test('a clip that was left as a photo is neither brought to life with the others nor retried', () => {
    const left = { ...failed('a'), status: 'still' as const, isLeftAsPhoto: true };
    expect(next([left, approved('b')], 3)).toEqual({ kind: 'play' });
    expect(next([left, still('b')], 3)).toMatchObject({ clipIds: ['b'], credits: 1, left: 0 });
    expect(studioStatus({ clips: [left], balance: 0, creditsPerClip: 1, stopsLeft: 5 })).toMatchObject({
      stills: 0,
      failedIds: [],
    });
    expect(retryOfFailed({ clips: [left], balance: 3, creditsPerClip: 1 })).toBeNull();
  });

  test('the next action is to play while every clip is generating', () => {
    expect(next([open('a'), open('b')], 1)).toEqual({ kind: 'play' });
    expect(studioStatus({ clips: [open('a'), open('b')], balance: 1, creditsPerClip: 1, stopsLeft: 5 }).open).toBe(2);
  });
});

describe('the retry of failed clips', () => {
  const of = (clips: ReturnType<typeof clip>[], balance = 9) => retryOfFailed({ clips, balance, creditsPerClip: 2 });
  const declined = clip({
    id: 'd',
    status: 'error',
    latest: generation({ state: 'failed', failureReason: 'moderated' }),
  });

  test('a retry takes failed clips alone, as many as the credits reach for', () => {
    expect(of([still('a'), ready('b'), open('c')])).toBeNull();
    expect(of([failed('a'), still('b'), failed('c')])).toMatchObject({ clipIds: ['a', 'c'], credits: 4 });
    expect(of([failed('a'), failed('b'), failed('c')], 5)).toMatchObject({ clipIds: ['a', 'b'], credits: 4 });
    expect(of([failed('a')], 1)).toBeNull();
  });

  test('a retry takes a failed clip that has an older ready generation', () => {
    const later = { ...ready('a'), latest: generation({ id: 'gen_2', state: 'failed', failureReason: 'retryable' }) };
    expect(of([later])).toEqual({ clipIds: ['a'], credits: 2, failedIds: ['gen_2'] });
  });

  test('a clip that would only fail again is retried once it was changed', () => {
    expect(of([declined])).toBeNull();
    expect(of([{ ...declined, words: 'softly' }])).toMatchObject({ clipIds: ['d'] });
    expect(of([{ ...declined, presetId: 'still-faces' }])).toMatchObject({ clipIds: ['d'] });
  });
});

test('review goes on with the next waiting clip, and starts over at the end of the film', () => {
  const clips = [ready('a'), approved('b'), ready('c')];
  expect(nextToReview(clips, 'a')?.id).toBe('c');
  expect(nextToReview(clips, 'c')?.id).toBe('a');
  expect(nextToReview([ready('a'), approved('b')], 'a')).toBeNull();
});
