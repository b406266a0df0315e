import { describe, expect, it } from 'vitest';
import { agoInWords, deviceInWords } from './devices';

describe('devices', () => {
  it('a device is named by its browser and system', () => {
    const iPhone =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
    const edge =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0';
    expect(deviceInWords(iPhone)).toBe('Safari on iPhone');
    expect(deviceInWords(edge)).toBe('Edge on Windows');
    expect(deviceInWords('')).toBe('A browser');
  });

  it.each([
    [0, 'within the last hour'],
    [1, 'an hour ago'],
    [23, '23 hours ago'],
    [24, 'yesterday'],
    [13 * 24, '13 days ago'],
  ])('a last request %s hours ago is told in words', (hours, words) => {
    expect(agoInWords(hours * 3_600_000 + 1)).toBe(words);
  });
});
