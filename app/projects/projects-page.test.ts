import { describe, expect, it } from 'vitest';
import { filmInWords, firstTitle, lengthInWords, projectsPath } from './projects-page';

describe('the wall of films', () => {
  it('has an address for each of its states', () => {
    expect(projectsPath()).toBe('/projects');
    expect(projectsPath({ before: null })).toBe('/projects');
    expect(projectsPath({ before: 'prj_1', deleted: 'prj_2' })).toBe('/projects?before=prj_1&deleted=prj_2');
  });

  it('names a new film after its day', () => {
    expect(firstTitle(Date.UTC(2026, 10, 22, 12))).toBe('Film of 22 November');
  });

  it('says how long a film is and what it is made of', () => {
    expect(lengthInWords(59.6)).toBe('1:00');
    expect(lengthInWords(7.4)).toBe('0:07');
    expect(filmInWords({ clipCount: 0, seconds: 0 })).toBe('No photos yet');
    expect(filmInWords({ clipCount: 1, seconds: 4 })).toBe('0:04 · 1 photo');
    expect(filmInWords({ clipCount: 12, seconds: 72 })).toBe('1:12 · 12 photos');
  });
});
