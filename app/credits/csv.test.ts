import { describe, expect, it } from 'vitest';
import type { CreditHistoryLine } from './credit-history';
import { csvHead, csvLine } from './csv';

const line: CreditHistoryLine = {
  seq: 3,
  at: Date.UTC(2026, 10, 22, 12),
  kind: 'generation',
  delta: -1,
  before: 4,
  after: 3,
  what: 'Brought to life',
  why: null,
  film: 'Summer',
  path: '/projects/prj_1?clip=clp_1',
  photoUrl: null,
  receiptUrl: null,
};
const written = (change: Partial<CreditHistoryLine>) =>
  csvLine({ ...line, ...change }, { origin: 'https://echoes.test' });

describe('the credit history as a file', () => {
  it('the CSV file has a header, the words of the page, and plain numbers', () => {
    expect(csvHead).toBe('\uFEFFDate,What,Why,Film,Credits,Before,After,Link,Receipt\r\n');
    expect(written({})).toBe(
      '2026-11-22T12:00:00.000Z,Brought to life,,Summer,-1,4,3,https://echoes.test/projects/prj_1?clip=clp_1,\r\n',
    );
  });

  it('the CSV file quotes text that contains commas, quotes or line breaks', () => {
    expect(written({ film: 'Oma, "die Gute"\nund Opa' })).toContain(',"Oma, ""die Gute""\nund Opa",');
  });

  it('the CSV file makes no title a formula', () => {
    for (const film of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '=HYPERLINK("https://x.test","y")'])
      expect(written({ film })).toContain(`,"'${film.replaceAll('"', '""')}",`);
  });
});
