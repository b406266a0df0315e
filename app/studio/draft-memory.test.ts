import { afterEach, expect, it, vi } from 'vitest';
import { rememberDraft, rememberedDraft } from './draft-memory';

afterEach(() => vi.unstubAllGlobals());

const draft = {
  frame: { x: 0.5, y: 0.4, zoom: 1.2, turn: 0, tilt: 0 },
  presetId: 'gentle',
  words: 'The wind moves the leaves.',
};

/** The storage of one tab. */
function storage() {
  const stored = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  return stored;
}

it('a draft of a clip is remembered until it is forgotten, and no draft of another clip', () => {
  storage();
  rememberDraft('clp_1', draft);
  expect(rememberedDraft('clp_1')).toEqual(draft);
  expect(rememberedDraft('clp_2')).toBeNull();
  rememberDraft('clp_1', null);
  expect(rememberedDraft('clp_1')).toBeNull();
});

it.each(['', '{', 'null', '7', '{"words":"a"}', JSON.stringify({ ...draft, frame: { x: '0' } })])(
  'a remembered draft that cannot be read is no draft: %s',
  (text) => {
    storage().set('echoes:draft:clp_1', text);
    expect(rememberedDraft('clp_1')).toBeNull();
  },
);

it('a browser that refuses storage has no remembered draft', () => {
  vi.stubGlobal('sessionStorage', undefined);
  rememberDraft('clp_1', draft);
  expect(rememberedDraft('clp_1')).toBeNull();
});
