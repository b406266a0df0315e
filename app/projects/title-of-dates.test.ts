import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxTitleLength } from './projects-page';
import { titleOfDates } from './title-of-dates';

const at = (text: string) => Date.parse(`${text}Z`);
const title = (dates: readonly string[], zone = 'Europe/Berlin') =>
  titleOfDates(
    dates.map((date) => at(`${date}T12:00`)),
    zone,
  );

describe('a title made from the dates of photos', () => {
  it.each([
    [['1987-07-12', '1987-07-12'], '12 July 1987'],
    [['1987-07-19', '1987-07-12', '1987-07-14'], '12 to 19 July 1987'],
    [['1987-07-28', '1987-08-03'], '28 July to 3 August 1987'],
    [['1987-12-28', '1988-01-02'], '28 December 1987 to 2 January 1988'],
    [['1987-07-01', '1987-07-31'], 'July 1987'],
    [['1987-06-04', '1987-08-20'], 'Summer 1987'],
    [['1987-03-04', '1987-05-20'], 'Spring 1987'],
    [['1987-06-04', '1987-09-20'], 'June to September 1987'],
    [['1987-01-04', '1987-02-20'], 'January to February 1987'],
    [['1987-06-04', '1991-08-20'], '1987 to 1991'],
  ])('%j is called %s', (dates, expected) => {
    expect(title(dates)).toBe(expected);
  });

  it('seasons follow the half of the earth, and months stand where the clocks do not tell it', () => {
    expect(title(['1987-06-04', '1987-08-20'], 'Australia/Sydney')).toBe('Winter 1987');
    expect(title(['1987-06-04', '1987-08-20'], 'Asia/Tokyo')).toBe('June to August 1987');
  });

  it('a day is the day of the time zone', () => {
    const dates = [at('1987-07-12T20:00'), at('1987-07-12T23:30')];
    expect(titleOfDates(dates, 'UTC')).toBe('12 July 1987');
    expect(titleOfDates(dates, 'Europe/Berlin')).toBe('12 to 13 July 1987');
  });

  it('fewer than two dates make no title', () => {
    expect(titleOfDates([])).toBeNull();
    expect(titleOfDates([at('1987-07-12T12:00')])).toBeNull();
    expect(titleOfDates([null, at('1987-07-12T12:00'), null])).toBeNull();
  });

  it('every two dates make a title that a film can have, in any order', () => {
    const date = fc.integer({ min: at('1840-01-01T00:00'), max: at('2100-01-01T00:00') });
    fc.assert(
      fc.property(date, date, (one, other) => {
        const made = titleOfDates([one, other], 'Europe/Berlin') ?? '';
        expect(made).toMatch(/\d{4}$/);
        expect(made.length).toBeLessThanOrEqual(maxTitleLength);
        expect(titleOfDates([other, one], 'Europe/Berlin')).toBe(made);
      }),
    );
  });
});
