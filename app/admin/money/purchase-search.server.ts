import type { LookUp } from '~/billing/look-up.server';
import type { Database } from '~/db/client.server';
import { all, first, statement } from '~/db/statement';
import type { PurchaseOfPerson } from './money';
import { purchaseColumns } from './money.server';
import { askedBy } from './purchase-search';

const most = 50;
const people = 50;

const byId = 'SELECT id FROM purchases WHERE id = ?1';
const bySession = 'SELECT id FROM purchases WHERE checkout_session_id = ?1';
const byIntent = 'SELECT id FROM purchases WHERE payment_intent_id = ?1';
// The address on a receipt may carry a query that the stored one has not, or the other way round.
const byReceipt = 'SELECT id FROM purchases WHERE receipt_url >= ?1 AND receipt_url < ?2 LIMIT 1';
const byAmount = `SELECT ${purchaseColumns} FROM purchases p LEFT JOIN profiles n ON n.user_id = p.user_id
  WHERE p.amount = ?1 ORDER BY p.id DESC LIMIT ${most}`;
const ofPeople = (column: 'email' | 'name') => `SELECT ${purchaseColumns}
  FROM (SELECT user_id, name FROM profiles WHERE ${column} COLLATE NOCASE >= ?1 AND ${column} COLLATE NOCASE < ?2
      ORDER BY ${column} COLLATE NOCASE LIMIT ${people}) n
    JOIN purchases p ON p.user_id = n.user_id ORDER BY p.id DESC LIMIT ${most}`;
const byEmail = ofPeople('email');
const byName = ofPeople('name');

/** Finds purchases by whatever a person who writes "I paid and got nothing" names. */
export function createPurchaseSearch({ db }: { db: Database }, { lookUp }: { lookUp: Pick<LookUp, 'payment'> }) {
  const after = (text: string) => text + String.fromCodePoint(0x10ffff);
  const one = async (sql: string, ...values: string[]) => {
    const found = await first<{ id: string }>(db, statement(sql, ...values));
    return found ? { id: found.id } : null;
  };

  return {
    /** The id of the one purchase that the text names, or the purchases that fit it, newest first. */
    async find(query: string): Promise<{ id: string } | { rows: PurchaseOfPerson[] }> {
      const asked = askedBy(query);
      const nothing = { rows: [] };
      switch (asked.by) {
        case 'purchase':
          return (await one(byId, `pur_${asked.text.slice(4).toUpperCase()}`)) ?? nothing;
        case 'session':
          return (await one(bySession, asked.text)) ?? nothing;
        case 'intent':
          return (await one(byIntent, asked.text)) ?? nothing;
        case 'receipt': {
          const address = asked.text.split('?')[0] ?? '';
          return (await one(byReceipt, address, after(address))) ?? nothing;
        }
        case 'stripe':
        case 'receipt-number': {
          const payment = await lookUp.payment(asked.text);
          return (payment && (await one(byIntent, payment))) || nothing;
        }
        case 'amount':
          return narrowed(await all<PurchaseOfPerson>(db, statement(byAmount, asked.amount)));
        case 'text': {
          const range = [asked.text, after(asked.text)] as const;
          const [emails, names] = await Promise.all([
            all<PurchaseOfPerson>(db, statement(byEmail, ...range)),
            all<PurchaseOfPerson>(db, statement(byName, ...range)),
          ]);
          return narrowed([...new Map([...emails, ...names].map((row) => [row.id, row])).values()]);
        }
        default:
          return asked satisfies never;
      }
    },
  };
}

const narrowed = (rows: PurchaseOfPerson[]) => (rows.length === 1 && rows[0] ? { id: rows[0].id } : { rows });
