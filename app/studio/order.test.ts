import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip, generation } from '~/testing/studio';
import { noOptimism, withEntry, withMember, withOptimism } from './optimism';
import { behindHidden, inOrder, neighboursAt, positionMeanwhile } from './order';

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

test('clips moved one after the other, before any answer, lie where they were put', () => {
  const move = fc.record({ clip: fc.nat(5), to: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 12 }), (moves) => {
      let clips = ['Zz', 'a0', 'a0V', 'a1', 'a1VQ', 'b00'].map((position, id) => clip({ id: String(id), position }));
      for (const { clip: at, to } of moves) {
        const [moved] = clips.splice(at, 1);
        const position = positionMeanwhile(clips[to - 1]?.position ?? null, clips[to]?.position ?? null);
        const wanted = [...clips.slice(0, to), { ...(moved as (typeof clips)[number]), position }, ...clips.slice(to)];
        clips = inOrder(wanted);
        expect(clips.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
      }
    }),
  );
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

test('a clip that moves behind a stack goes behind all of its hidden clips', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), fc.nat(), fc.nat(), (below, from, to) => {
      // The first card is never hidden.
      const ids = ['a', ...below.map((_, at) => `b${at}`)];
      const hidden = new Set(ids.filter((_, at) => at > 0 && below[at - 1]));
      const shown = ids.filter((id) => !hidden.has(id));
      const id = shown[from % shown.length] as string;
      const neighbours = neighboursAt(shown, id, to % shown.length);
      if (!neighbours) return;
      const { after, before } = behindHidden(ids, hidden, neighbours);
      expect(before).toBe(neighbours.before);
      if (after === null) {
        expect(neighbours.after).toBeNull();
        return;
      }
      const behind = ids[ids.indexOf(after) + 1];
      expect(behind === undefined || !hidden.has(behind)).toBe(true);
      // Nothing but hidden clips stands between the card that is seen and the place.
      expect(
        ids.slice(ids.indexOf(neighbours.after as string) + 1, ids.indexOf(after) + 1).every((one) => hidden.has(one)),
      ).toBe(true);
    }),
  );
});
