import * as v from 'valibot';
import { personText } from '~/form-fields';

/** A row of the list of people. Times in ms since 1970; name and e-mail are null once the account is deleted. */
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

/** The result of a search: a path for an id, or people whose name or e-mail begins with the text. */
export type Found =
  | { outcome: 'path'; path: string }
  | { outcome: 'people'; people: PersonRow[]; hasMore: boolean }
  | { outcome: 'nothing' };

/** The status of an account in a word; null for an ordinary one. */
export function accountStatusOf({
  suspendedAt,
  deletedAt,
  isAdmin,
}: Pick<PersonRow, 'suspendedAt' | 'deletedAt' | 'isAdmin'>): 'Deleted' | 'Suspended' | 'Admin' | null {
  if (deletedAt !== null) return 'Deleted';
  if (suspendedAt !== null) return 'Suspended';
  return isAdmin ? 'Admin' : null;
}

/** The name of a person whose account may be deleted. */
export function nameOf(name: string | null): string {
  return name ?? 'A deleted account';
}

/** The reason of an admin's action: 3 to 500 letters, as the schema demands. */
export const reasonText = v.pipe(personText(500), v.trim(), v.minLength(3));
