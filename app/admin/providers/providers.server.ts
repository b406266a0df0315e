import type { AdminContext } from '~/admin/audit-log.server';
import { all, batch, first, openStates, type Statement, statement } from '~/db/statement';
import type { AdmissionQueue } from '~/generations/pipeline/admission-queue.server';
import { balanceAt } from '~/providers/balance';
import { restStatement, wakeStatements } from '~/providers/breaker';
import { budgetsOfToday, dayOf, spentRead } from '~/providers/budget';
import type { Providers } from '~/providers/registry.server';
import { untilWoken } from '~/providers/rest';
import { providersInOrder } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { type ProviderView, type RestLength, type RestOutcome, restLengths } from './providers';

/** An admin's order about one provider, in which request. */
interface Order {
  provider: string;
  adminId: string;
  reason: string;
  requestId: string;
}

interface Rest {
  reason: string;
  until: number;
  since: number;
}

/** Open generations are counted up to here. */
const mostOpen = 1000;
const minute = 60_000;
const hour = 60 * minute;

const findRest = 'SELECT reason, open_until AS until, opened_at AS since FROM provider_breakers WHERE provider = ?1';
const listRests = 'SELECT provider, reason, open_until AS until, opened_at AS since FROM provider_breakers';
const countOpen = `SELECT count(*) AS open, coalesce(sum(state = 'queued'), 0) AS waiting
  FROM (SELECT state FROM generations WHERE provider = ?1 AND state IN ${openStates} LIMIT ${mostOpen})`;
const countCalls = `SELECT coalesce(sum(calls), 0) AS calls, coalesce(sum(failures + slow), 0) AS bad
  FROM provider_minutes WHERE provider = ?1 AND minute > ?2`;

/** The providers that have a key here, and an admin's hand on their rest. */
export function createAdminProviders(
  { db, auditLog, clock }: AdminContext,
  {
    providers,
    settings,
    admissionQueue,
  }: {
    providers: Pick<Providers, 'all' | 'find'>;
    settings: SettingsReader;
    admissionQueue: Pick<AdmissionQueue, 'wakeNext' | 'wakeWaiting'>;
  },
) {
  const restOf = (provider: string) => first<Rest>(db, statement(findRest, provider));

  /** Writes a change with its audit entry, then wakes generations; a lost wake-up costs them two minutes. */
  async function change(
    what: 'provider-rested' | 'provider-woken',
    { provider, ...order }: Order,
    { before, after, statements }: { before: unknown; after: unknown; statements: readonly Statement[] },
  ): Promise<void> {
    await batch(db, [...statements, auditLog.statement({ what, subject: provider, before, after, ...order })]);
    const wake = what === 'provider-rested' ? 'wakeWaiting' : 'wakeNext';
    await admissionQueue[wake](provider).catch(() => undefined);
  }

  return {
    /** Every provider that has a key; each is asked for its balance, in four seconds at most. */
    async list(): Promise<ProviderView[]> {
      const now = clock();
      const current = await settings.read();
      const order = providersInOrder(current);
      const [rests, spent] = await Promise.all([
        all<Rest & { provider: string }>(db, statement(listRests)),
        db.ask(spentRead, { day: dayOf(now) }),
      ]);
      const budgets = budgetsOfToday(current, spent);
      const since = Math.floor(now / minute) - current.breakerWindowMinutes;
      return Promise.all(
        providers.all().map(async (provider): Promise<ProviderView> => {
          const { id } = provider;
          const [balance, [[open] = [], [counted] = []]] = await Promise.all([
            balanceAt(provider),
            batch<Record<string, number>>(db, [statement(countOpen, id), statement(countCalls, id, since)]),
          ]);
          const found = rests.find((one) => one.provider === id);
          const rest = found ? { reason: found.reason, until: found.until, since: found.since } : null;
          const waiting = open?.waiting ?? 0;
          return {
            id,
            inOrder: order.flatMap((one, index) =>
              one.provider === id ? [{ place: index + 1, model: one.model }] : [],
            ),
            rest,
            isResting: rest !== null && rest.until > now,
            balance,
            spentCents: spent.find(({ figure }) => figure === `provider-cents:${id}`)?.value ?? 0,
            budgetCents: budgets.find((one) => one.provider === id)?.cents ?? null,
            waiting,
            atWork: (open?.open ?? 0) - waiting,
            calls: counted?.calls ?? 0,
            badCalls: counted?.bad ?? 0,
          };
        }),
      );
    },

    /**
     * Lets a provider rest: it gets nothing new, whatever its calls say, and what waits for it moves to the next one in order.
     * What it has goes on.
     */
    async rest({ length, ...order }: Order & { length: RestLength }): Promise<RestOutcome> {
      const { provider } = order;
      if (!providers.find(provider)) return 'not-found';
      const before = await restOf(provider);
      const now = clock();
      if (before?.reason === 'by-hand' && before.until > now) return 'already-so';
      const hours = restLengths[length];
      const until = hours === null ? untilWoken : now + hours * hour;
      const statements = [restStatement({ provider, until, now })];
      await change('provider-rested', order, { before: before?.reason, after: inWords(length), statements });
      return 'provider-rested';
    },

    /** Ends a rest. After one of the breaker's, a few clips try the provider before the others follow. */
    async wake(order: Order): Promise<RestOutcome> {
      const { provider } = order;
      if (!providers.find(provider)) return 'not-found';
      const before = await restOf(provider);
      const now = clock();
      if (!before || before.until <= now) return 'already-so';
      const statements = wakeStatements({ provider, now });
      await change('provider-woken', order, { before: before.reason, after: null, statements });
      return 'provider-woken';
    },
  };
}

const inWords = (length: RestLength) =>
  restLengths[length] === null ? 'by-hand, until woken' : `by-hand, ${restLengths[length]} h`;
