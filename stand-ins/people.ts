import { createHash } from 'node:crypto';

/** A Google account of the stand-in. `sub` is the permanent id of the account, 21 digits like Google's. */
export type Person = { sub: string; name: string; email: string; emailVerified: boolean };

/** The people of the account chooser; a typed name and e-mail add another one. */
export type People = {
  all(): readonly Person[];
  find(sub: string): Person | null;
  /** The person with this e-mail; a new one is kept until the stand-ins stop. */
  welcome(name: string, email: string): Person;
};

/** The owner of a local Echoes; `npm start` makes her an admin. */
export const ada: Person = {
  sub: '100000000000000000001',
  name: 'Ada Admin',
  email: 'ada@echoes.test',
  emailVerified: true,
};

export function createPeople(): People {
  const known = new Map<string, Person>();
  const add = (person: Person): Person => {
    known.set(person.sub, person);
    return person;
  };
  add(ada);
  add({ sub: '100000000000000000002', name: 'Grace Guest', email: 'grace@echoes.test', emailVerified: true });
  add({ sub: '100000000000000000003', name: 'Una Unverified', email: 'una@echoes.test', emailVerified: false });
  return {
    all: () => [...known.values()],
    find: (sub) => known.get(sub) ?? null,
    welcome: (name, email) =>
      [...known.values()].find((person) => person.email === email) ??
      add({ sub: subFor(email), name, email, emailVerified: true }),
  };
}

/** Depends on the e-mail alone, so that the id survives a restart. */
function subFor(email: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(email).digest('hex')}`) % 10n ** 20n;
  return `1${digits.toString().padStart(20, '0')}`;
}

/** A round picture with the person's initial, as an SVG document. */
export function portraitOf(person: Person): string {
  const hue = Number((BigInt(person.sub) * 137n) % 360n);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 96 96"><rect width="96" height="96" fill="hsl(${hue} 45% 42%)"/><text x="48" y="64" font-family="system-ui,sans-serif" font-size="46" text-anchor="middle" fill="#fff">${initialOf(person.name)}</text></svg>`;
}

function initialOf(name: string): string {
  const initial = [...name.trim()][0] ?? '?';
  return /[\p{L}\p{N}]/u.test(initial) ? initial.toUpperCase() : '?';
}
