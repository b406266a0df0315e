/** Our account at a film service, in US cents; Runway counts in credits of one cent. */
export type Account = {
  balance(): number;
  /** Takes what a task cost. */
  spend(cents: number): void;
  /** Empties the account with 0, or tops it up. */
  set(cents: number): void;
};

/** What a new account holds. */
export const fullAccountCents = 100_000;

export function createAccount(cents = fullAccountCents): Account {
  let balance = cents;
  return {
    balance: () => balance,
    spend(spent) {
      balance -= spent;
    },
    set(wanted) {
      balance = wanted;
    },
  };
}
