import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findTrack, tracks } from './tracks';

describe('tracks', () => {
  it.each(tracks)('the track $title has a file as long as its beats', ({ file, durationSeconds }) => {
    const path = `public${file}`;
    expect(existsSync(path)).toBe(true);
    const bytes = readFileSync(path);
    expect(bytes.length).toBeLessThan(1_400_000);
    const header = bytes.indexOf('mvhd') + 4;
    expect(bytes.readUInt8(header)).toBe(0);
    const seconds = bytes.readUInt32BE(header + 16) / bytes.readUInt32BE(header + 12);
    expect(seconds).toBeGreaterThanOrEqual(durationSeconds);
    expect(seconds - durationSeconds).toBeLessThan(0.06);
  });

  it.each(tracks)('the track $title has a whole number of bars', (track) => {
    const beats = ((track.durationSeconds - track.firstBeatSeconds) * track.beatsPerMinute) / 60;
    const bars = beats / track.beatsPerBar;
    expect(bars).toBeCloseTo(Math.round(bars), 6);
    expect(track.durationSeconds).toBeGreaterThanOrEqual(60);
    expect(track.durationSeconds).toBeLessThanOrEqual(90);
  });

  it('a track is found by its id, and none by an unknown id', () => {
    for (const track of tracks) expect(findTrack(track.id)).toBe(track);
    expect(findTrack('polka')).toBeNull();
    expect(findTrack(null)).toBeNull();
  });
});
