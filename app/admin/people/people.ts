import * as v from 'valibot';
import { personText } from '~/form-fields';

/** Somebody in the list of people. Times in ms since 1970; name and e-mail are null once the account was deleted. */
export interface PersonRow {
  id: string;
  name: string | null;
  email: string | null;
  createdAt: number;
  suspendedAt: number | null;
  deletedAt: number | null;
  balance: number;
  isAdmin: boolean;
}

/** Where looking for something leads: to one place, or to the people whose name or e-mail begins so. */
export type Found =
  | { outcome: 'there'; path: string }
  | { outcome: 'people'; people: PersonRow[]; hasMore: boolean }
  | { outcome: 'nothing' };

/** How somebody stands, in a word; null where there is nothing to say. */
export function accountStatusOf({
  suspendedAt,
  deletedAt,
  isAdmin,
}: Pick<PersonRow, 'suspendedAt' | 'deletedAt' | 'isAdmin'>): 'Deleted' | 'Suspended' | 'Admin' | null {
  if (deletedAt !== null) return 'Deleted';
  if (suspendedAt !== null) return 'Suspended';
  return isAdmin ? 'Admin' : null;
}

/** What to call somebody whose account may be gone. */
export function nameOf(name: string | null): string {
  return name ?? 'A deleted account';
}

/** What an admin did on a page of people or money, as its address tells after the form: the sentence, and whether it is done. */
export const saidWords = {
  'adjustment-done': 'Done. Their balance has changed, and their diary says why.',
  'adjustment-waiting': 'Asked for. It is done once another admin says yes.',
  'adjustment-declined': 'Declined. Nothing was moved.',
  'adjustment-overdraft': 'Not done: it would take more than the credits they have now.',
  'adjustment-used-before':
    'Not done: this form was sent before, and said something else. Look below, then send it again.',
  'adjustment-invalid':
    'Not done: it needs a whole number of credits from 1 to 10,000 and a reason of 3 letters or more.',
  'adjustment-decided-before': 'Somebody else has decided this already. Nothing more was moved.',
  'adjustment-needs-another-admin': 'Not done: somebody other than the admin who asked has to say yes.',
  suspended: 'Suspended. Nothing was deleted.',
  lifted: 'Lifted. They can sign in and go on where they were.',
  'signed-out': 'Signed out on every device.',
  'already-so': 'It was so already. Nothing has changed.',
  yourself: 'Not done: nobody can suspend themselves.',
  'reason-missing': 'Not done: it needs a reason of 3 letters or more.',
  compared: 'Compared. What differed stands below.',
  'compared-in-vain': 'Stripe could not be asked just now. Nothing was compared.',
} as const satisfies Record<string, string>;

export type Said = keyof typeof saidWords;

/** What the address of a page says was done; null for anything else. */
export function readSaid(value: string | null): Said | null {
  return value !== null && Object.hasOwn(saidWords, value) ? (value as Said) : null;
}

/** The address of a page that says what was done. */
export function saidPath(path: string, said: Said): string {
  return `${path}?said=${said}`;
}

/** A reason: some words, as the schema and the person need them. */
export const reasonText = v.pipe(personText(500), v.trim(), v.minLength(3));
