import { Form } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Facts, Moment, Part, Select } from '~/admin/admin-layout';
import { countInWords } from '~/admin/overview/figure-grid';
import { ReasonField } from '~/admin/reason-field';
import { Button } from '~/components/button';
import { Icon } from '~/components/icon';
import type { AccountBalance } from '~/providers/balance';
import { restInWords } from '~/providers/rest';
import { priceInWords } from '~/settings/packs';
import { type ProviderView, restLengths, restLengthWords, serviceNames } from './providers';

const dollars = (cents: number) => priceInWords({ amount: Math.round(cents), currency: 'usd' });

/** One provider: whether it rests, what its account holds, what it does, and the button that changes its rest. */
export function ProviderPart({ provider, now }: { provider: ProviderView; now: number }) {
  const { id, inOrder, rest, isResting, balance, spentCents, budgetCents, waiting, atWork, calls, badCalls } = provider;
  const name = serviceNames[id] ?? id;
  return (
    <Part title={name} beside={<State isResting={isResting} isTested={rest !== null && !isResting} />}>
      {rest && (
        <p className="max-w-text border-s-2 border-light ps-4 wrap-anywhere">
          {restInWords(rest, now)} Since <Moment at={rest.since} />.
        </p>
      )}
      <Facts
        facts={[
          [
            'In the order of new clips',
            inOrder.map(({ place, model }) => `${place}. ${model}`).join(', ') || 'not used',
          ],
          ['Our account there', accountInWords(balance)],
          ['Booked today (UTC)', `${dollars(spentCents)}${budgetCents === null ? '' : ` of ${dollars(budgetCents)}`}`],
          ['Clips that wait for it', countInWords(waiting)],
          ['Clips it has', countInWords(atWork)],
          [
            'Calls of the last minutes',
            calls === 0 ? 'none' : `${countInWords(calls)}, ${countInWords(badCalls)} failed or slow`,
          ],
        ]}
      />
      {isResting ? (
        <Act name="Wake now" of={name}>
          <Form method="post" action="/admin/providers/waking" className="grid gap-4">
            <input type="hidden" name="provider" value={id} />
            <p className="max-w-text text-15 text-quiet">
              New clips go to it again in their order. After a rest of its own a few try it first.
            </p>
            <ReasonField hint="For the audit log." />
            <Button type="submit" className="justify-self-start">
              Wake {name}
            </Button>
          </Form>
        </Act>
      ) : (
        <Act name="Rest now" of={name}>
          <Form method="post" action="/admin/providers/rest" className="grid max-w-[36rem] gap-4">
            <input type="hidden" name="provider" value={id} />
            <p className="text-15 text-quiet">
              It gets nothing new. What waits for it goes to the next service in order; what it has goes on.
            </p>
            <Select label="How long" name="length">
              {Object.keys(restLengths).map((length) => (
                <option key={length} value={length}>
                  {restLengthWords[length as keyof typeof restLengths]}
                </option>
              ))}
            </Select>
            <ReasonField hint="For the audit log." />
            <Button type="submit" className="justify-self-start">
              Let {name} rest
            </Button>
          </Form>
        </Act>
      )}
    </Part>
  );
}

function State({ isResting, isTested }: { isResting: boolean; isTested: boolean }) {
  const [icon, words, colour] = isResting
    ? (['circle-alert', 'Rests', 'text-bad'] as const)
    : isTested
      ? (['clock', 'Is tried again', 'text-quiet'] as const)
      : (['circle-check', 'Awake', 'text-good'] as const);
  return (
    <span className={`inline-flex items-center gap-2 text-15 font-medium ${colour}`}>
      <Icon name={icon} />
      {words}
    </span>
  );
}

function Act({ name, of, children }: { name: string; of: string; children: ReactNode }) {
  return (
    <details>
      <summary className="link inline-flex min-h-11 cursor-pointer items-center text-15 font-medium">
        {name}
        <span className="sr-only">: {of}</span>
      </summary>
      <div className="pt-2 pb-4">{children}</div>
    </details>
  );
}

function accountInWords(balance: AccountBalance): ReactNode {
  if (balance.outcome === 'told') return dollars(balance.cents);
  return balance.outcome === 'unreachable' ? 'no answer just now' : 'its API does not tell';
}
