import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { createIsolateMap } from './isolate-map.server';

/** A map with a clock that the test moves, and the keys that were read past it. */
function openMap(most = 10) {
  const map = createIsolateMap<string>({ most, keptMilliseconds: 3000 });
  const state = { now: 1000, asked: [] as string[], value: 'old' as string | null };
  const read = (key: string) =>
    map.read(env.DB, key, {
      clock: () => state.now,
      load: async () => {
        state.asked.push(key);
        return state.value;
      },
    });
  return { state, read };
}

it('a value of an isolate’s map is read again once it is three seconds old', async () => {
  const { state, read } = openMap();
  expect(await read('a')).toBe('old');
  state.value = 'new';
  state.now += 2999;
  expect(await read('a')).toBe('old');
  state.now += 1;
  expect(await read('a')).toBe('new');
  expect(state.asked).toEqual(['a', 'a']);
});

it('what is missing is not kept in an isolate’s map', async () => {
  const { state, read } = openMap();
  state.value = null;
  expect(await read('a')).toBeNull();
  state.value = 'made';
  expect(await read('a')).toBe('made');
});

it('an isolate’s map holds so many values, and the oldest make room', async () => {
  const { state, read } = openMap(2);
  for (const key of ['a', 'b', 'c', 'b', 'c', 'a']) await read(key);
  expect(state.asked).toEqual(['a', 'b', 'c', 'a']);
});

it('a clock that was set back keeps no value for longer', async () => {
  const { state, read } = openMap();
  await read('a');
  state.now -= 60_000;
  state.value = 'new';
  expect(await read('a')).toBe('new');
});
