import { expect, it } from 'vitest';
import { lazyMembers } from './lazy';

it('a lazy member is made at its first reading and never again', () => {
  const made: string[] = [];
  const make = (name: string) => () => {
    made.push(name);
    return { name };
  };
  const front = lazyMembers({ inner: make('inner'), other: make('other') }, { own: 1 });
  expect(made).toEqual([]);
  expect(front.own).toBe(1);
  const { inner } = front;
  expect(front.inner).toBe(inner);
  expect(made).toEqual(['inner']);
});
