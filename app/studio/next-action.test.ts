import { describe, expect, test } from 'vitest';
import { clip, generation } from '~/testing/studio';
import { nextAction, nextToReview, retryOfFailed, surroundings } from './next-action';

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
  test('an empty film asks for photos, and waits while they are on their way', () => {
    expect(next([], 1)).toEqual({ kind: 'add-photos' });
    expect(next([], 1, 3)).toEqual({ kind: 'wait-for-photos' });
  });

  test('photos are brought to life, as many as the credits reach', () => {
    const photos = ['a', 'b', 'c', 'd'].map(still);
    expect(next(photos, 9)).toEqual({ kind: 'bring-to-life', clipIds: ['a', 'b', 'c', 'd'], credits: 4, left: 0 });
    expect(next(photos, 1)).toEqual({ kind: 'bring-to-life', clipIds: ['a'], credits: 1, left: 3 });
    expect(next(photos, 5, 0, 2)).toEqual({ kind: 'bring-to-life', clipIds: ['a', 'b'], credits: 4, left: 2 });
  });

  test('without a credit the film plays with moving stills, and the page may say why', () => {
    expect(next([still('a')], 0)).toEqual({ kind: 'play' });
    expect(surroundings({ clips: [still('a')], balance: 0, creditsPerClip: 1 })).toEqual({
      open: 0,
      stills: 1,
      creditsShort: true,
    });
  });

  test('what came back is looked at before more is bought', () => {
    expect(next([still('a'), ready('b'), approved('c'), ready('d')], 3)).toEqual({
      kind: 'review',
      clipIds: ['b', 'd'],
    });
  });

  test('a failure is shown when its credit can be used again, after everything that can simply go on', () => {
    expect(next([failed('a'), still('b')], 1)).toMatchObject({ kind: 'bring-to-life', clipIds: ['b'] });
    expect(next([failed('a'), approved('b')], 1)).toEqual({ kind: 'look-at-failures', clipIds: ['a'] });
    expect(next([failed('a'), approved('b')], 0)).toEqual({ kind: 'play' });
  });

  test('while everything is on its way the film can be played', () => {
    expect(next([open('a'), open('b')], 1)).toEqual({ kind: 'play' });
    expect(surroundings({ clips: [open('a'), open('b')], balance: 1, creditsPerClip: 1 }).open).toBe(2);
  });
});

describe('what failed', () => {
  const of = (clips: ReturnType<typeof clip>[], balance = 9) => retryOfFailed({ clips, balance, creditsPerClip: 2 });
  const declined = clip({
    id: 'd',
    status: 'error',
    latest: generation({ state: 'failed', failureReason: 'moderated' }),
  });

  test('is tried again, and nothing else, as far as the credits reach', () => {
    expect(of([still('a'), ready('b'), open('c')])).toBeNull();
    expect(of([failed('a'), still('b'), failed('c')])).toMatchObject({ clipIds: ['a', 'c'], credits: 4 });
    expect(of([failed('a'), failed('b'), failed('c')], 5)).toMatchObject({ clipIds: ['a', 'b'], credits: 4 });
    expect(of([failed('a')], 1)).toBeNull();
  });

  test('counts also where an older try came out', () => {
    const later = { ...ready('a'), latest: generation({ id: 'gen_2', state: 'failed', failureReason: 'retryable' }) };
    expect(of([later])).toEqual({ clipIds: ['a'], credits: 2, failedIds: ['gen_2'] });
  });

  test('waits for a change where it would only fail again', () => {
    expect(of([declined])).toBeNull();
    expect(of([{ ...declined, words: 'softly' }])).toMatchObject({ clipIds: ['d'] });
    expect(of([{ ...declined, presetId: 'still-faces' }])).toMatchObject({ clipIds: ['d'] });
  });
});

test('review goes on with the next clip that waits, and starts over at the end of the film', () => {
  const clips = [ready('a'), approved('b'), ready('c')];
  expect(nextToReview(clips, 'a')?.id).toBe('c');
  expect(nextToReview(clips, 'c')?.id).toBe('a');
  expect(nextToReview([ready('a'), approved('b')], 'a')).toBeNull();
});
