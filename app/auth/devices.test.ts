import { describe, expect, it } from 'vitest';
import { deviceInWords } from './devices';

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
});
