import type { CreditHistoryLine } from './credit-history';

const columns = ['Date', 'What', 'Why', 'Film', 'Credits', 'Before', 'After', 'Link', 'Receipt'] as const;

/** The header line. It begins with the byte order mark, by which spreadsheets recognize UTF-8. */
export const csvHead = `\uFEFF${columns.join(',')}\r\n`;

/** A line of the credit history as a line of CSV (RFC 4180), in the words of the page. `origin` completes its link. */
export function csvLine(line: CreditHistoryLine, { origin }: { origin: string }): string {
  const cells: Record<(typeof columns)[number], string | number | null> = {
    Date: new Date(line.at).toISOString(),
    What: line.what,
    Why: line.why,
    Film: line.film,
    Credits: line.delta,
    Before: line.before,
    After: line.after,
    Link: line.path && origin + line.path,
    Receipt: line.receiptUrl,
  };
  return `${columns.map((name) => cell(cells[name])).join(',')}\r\n`;
}

/** Text that begins like a formula gets an apostrophe, so that spreadsheets read it as text. */
function cell(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  const harmless = /^\s*[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
