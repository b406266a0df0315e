import { describe, expect, it } from 'vitest';
import { exifBody } from '~/testing/photos';
import { readExif } from './exif';
import { createTakenAtReader } from './taken-at';

const takenOf = (facts: Parameters<typeof exifBody>[0]) => readExif(new Uint8Array(exifBody(facts).slice(6))).taken;
const taken = '2020:05:01 12:00:00';
const noon = Date.UTC(2020, 4, 1, 12);

describe('the date in a photo', () => {
  it('the date of a photo has its fraction of a second, so that a burst keeps its order', () => {
    expect(takenOf({ taken, fraction: '07' })?.localMs).toBe(noon + 70);
    expect(takenOf({ taken, fraction: '762' })?.localMs).toBe(noon + 762);
    expect(takenOf({ taken, fraction: 'x' })?.localMs).toBe(noon);
  });

  it('the date of a photo has the zone of the shot, not of the last edit', () => {
    expect(takenOf({ taken, offset: '+02:00', offsetOfEdit: '-05:00' })?.offsetMinutes).toBe(120);
    expect(takenOf({ taken, offsetOfEdit: '-05:00' })?.offsetMinutes).toBeNull();
  });

  it('the zone of a photo follows from its GPS time, in steps of 15 minutes', () => {
    const hour = 3_600_000;
    expect(takenOf({ taken, utc: noon - 2 * hour + 40_000 })?.offsetMinutes).toBe(120);
    expect(takenOf({ taken, utc: noon - 5.75 * hour })?.offsetMinutes).toBe(345);
    expect(takenOf({ taken, utc: noon + 9 * hour, offset: '+01:00' })?.offsetMinutes).toBe(60);
    expect(takenOf({ taken, utc: noon - 24 * hour })?.offsetMinutes).toBeNull();
    expect(takenOf({ utc: noon })).toEqual({ localMs: noon, offsetMinutes: 0 });
  });

  it('a date without a zone is read in the zone of the nearest photo that has one, else in that of the device', () => {
    const reader = createTakenAtReader({ zoneOf: () => 60 });
    const at = (localMs: number, offsetMinutes: number | null) => reader.read({ localMs, offsetMinutes });
    expect(at(noon, null)).toBe(noon - 60 * 60_000);
    at(noon + 1000, 540);
    at(noon - 90 * 24 * 3_600_000, -300);
    expect(at(noon, null)).toBe(noon - 540 * 60_000);
    expect(reader.read(null)).toBeNull();
  });
});
