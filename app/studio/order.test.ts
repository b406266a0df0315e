import { expect, test } from 'vitest';
import { clip, generation } from '~/testing/studio';
import { noOptimism, withEntry, withMember, withOptimism } from './optimism';
import { inOrder, neighboursAt } from './order';

const ids = ['a', 'b', 'c', 'd'];

test('a moved clip gets its new neighbours, the film’s ends included', () => {
  expect(neighboursAt(ids, 'a', 2)).toEqual({ after: 'c', before: 'd' });
  expect(neighboursAt(ids, 'd', 0)).toEqual({ after: null, before: 'a' });
  expect(neighboursAt(ids, 'b', 3)).toEqual({ after: 'd', before: null });
  expect(neighboursAt(ids, 'b', 99)).toEqual({ after: 'd', before: null });
});

test('a clip moved to its own place has no new neighbours, nor has an unknown clip', () => {
  expect(neighboursAt(ids, 'a', 0)).toBeNull();
  expect(neighboursAt(ids, 'a', -1)).toBeNull();
  expect(neighboursAt(ids, 'd', 9)).toBeNull();
  expect(neighboursAt(ids, 'x', 1)).toBeNull();
});

test('positions are compared byte by byte: Z comes before a', () => {
  const clips = [
    clip({ id: '1', position: 'a0' }),
    clip({ id: '2', position: 'Zz' }),
    clip({ id: '3', position: 'a0' }),
  ];
  expect(inOrder(clips).map(({ id }) => id)).toEqual(['2', '1', '3']);
});

test('an unconfirmed change shows at once, and goes when it is taken back', () => {
  const clips = [
    clip({ id: '1', position: 'a0' }),
    clip({ id: '2', position: 'a1' }),
    clip({ id: '3', position: 'a2' }),
  ];
  const approved = generation({ state: 'ready' });
  const optimism = {
    positions: withEntry(noOptimism.positions, '1', 'a15'),
    approvals: withEntry(noOptimism.approvals, '2', approved),
    removed: withMember(noOptimism.removed, '3', true),
    project: {},
  };
  const shown = withOptimism(clips, optimism);
  expect(shown.map(({ id }) => id)).toEqual(['2', '1']);
  expect(shown[0]?.approved).toBe(approved);
  expect(withOptimism(clips, noOptimism)).toEqual(clips);
});
