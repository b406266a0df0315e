/**
 * What is done to several clips of a film at once: taken out, put back, kept beside those that look like them, stacked with
 * these again, or given a preset.
 */
export type ManyClipsAct =
  | { kind: 'remove' | 'restore' | 'keep-apart' | 'stack' }
  | { kind: 'preset'; presetId: string };
