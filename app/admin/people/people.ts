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

/** A reason: some words, as the schema and the person need them. */
export const reasonText = v.pipe(personText(500), v.trim(), v.minLength(3));
