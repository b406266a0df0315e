import { describe, expect, it } from 'vitest';
import {
  filmLengthInWords,
  firstTitle,
  isFirstTitle,
  projectInWords,
  projectsPath,
  unusedTitle,
} from './projects-page';

describe('the projects page', () => {
  it('the projects page has an address for each of its states', () => {
    expect(projectsPath()).toBe('/projects');
    expect(projectsPath({ before: null })).toBe('/projects');
    expect(projectsPath({ before: 'prj_1', deleted: 'prj_2' })).toBe('/projects?before=prj_1&deleted=prj_2');
  });

  it('a new project is named after its day', () => {
    const title = firstTitle(Date.UTC(2026, 10, 22, 12));
    expect(title).toBe('Film of 22 November');
    expect([title, unusedTitle(title, [title])].map(isFirstTitle)).toEqual([true, true]);
    expect(['Film of my mother', 'Grandma', 'Film of 2 cats and a dog'].some(isFirstTitle)).toBe(false);
  });

  it('a project’s line names the film’s length and number of photos', () => {
    expect(filmLengthInWords(59.6)).toBe('1:00');
    expect(filmLengthInWords(7.4)).toBe('0:07');
    expect(projectInWords({ clipCount: 0, seconds: 0 })).toBe('No photos yet');
    expect(projectInWords({ clipCount: 1, seconds: 4 })).toBe('0:04 · 1 photo');
    expect(projectInWords({ clipCount: 12, seconds: 72 })).toBe('1:12 · 12 photos');
  });
});
