import { type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/cloudflare';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { AdminLayout, Pages, Part } from '~/admin/admin-layout';
import { FlashMessage } from '~/admin/flash-message';
import { EventsTable } from '~/admin/money/events-table';
import { ListPrices, MarginPart } from '~/admin/money/margin-parts';
import { isPurchaseState } from '~/admin/money/money';
import { ChargesTable, OwedTable, ReportsTable, ReversalsTable } from '~/admin/money/money-tables';
import { periodOf } from '~/admin/money/period';
import { PurchaseStates, PurchasesTable } from '~/admin/money/purchases-table';
import { RefundRequestsTable } from '~/admin/money/refund-requests';
import { dayMilliseconds } from '~/admin/overview/figures';
import { AdjustmentsTable } from '~/admin/people/adjustments-table';
import { SearchForm } from '~/admin/search-form';
import { OnlyAdminNote } from '~/admin/settings/waiting-changes';
import { Button } from '~/components/button';
import { isId } from '~/db/ids';

const purchasesPerPage = 30;

export const meta: MetaFunction = () => [{ title: 'Money · Admin · Echoes' }];

/** Purchases, refunds, debts, adjustments that wait for a second admin, and how the books compare. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  const { isFresh } = await auth.requireAdmin(request);
  const { searchParams } = new URL(request.url);
  const now = Date.now();
  const period = periodOf(searchParams, now);
  const [status, from] = [searchParams.get('state'), searchParams.get('before')];
  const state = isPurchaseState(status) ? status : null;
  const before = isId('pur', from) ? from : null;
  const asked = (searchParams.get('q') ?? '').trim().slice(0, 500);
  const hit = asked === '' ? null : await admin.purchaseSearch.find(asked);
  if (hit && 'id' in hit) throw redirect(`/admin/purchases/${hit.id}`);
  const [found, read, waiting, refunds, changes, admins, reversals, owed, reports, charges, events] = await Promise.all(
    [
      hit ? hit.rows : admin.money.purchases({ state, before, limit: purchasesPerPage + 1 }),
      admin.margin.read(period),
      admin.adjustments.waiting(),
      admin.refunds.open(),
      admin.settings.guarded.waiting(),
      admin.settings.guarded.admins(),
      admin.money.reversals(),
      admin.money.owed(),
      admin.money.reports(),
      admin.money.charges(),
      admin.purchasePage.events(),
    ],
  );
  const purchases = hit ? found : found.slice(0, purchasesPerPage);
  const next = !hit && found.length > purchasesPerPage ? (purchases.at(-1)?.id ?? null) : null;
  const alone = { isAlone: admins < 2, changes: changes.length };
  const tables = { purchases, waiting, refunds, reversals, owed, reports, charges, events };
  const earned = { period, read, today: Math.floor(now / dayMilliseconds), prices: admin.margin.listPrices() };
  return { asked, isFresh, state, isFirst: before === null, next, ...alone, ...tables, ...earned };
}

export default function AdminMoney() {
  const { asked, isFresh, state, isFirst, next, purchases, ...rest } = useLoaderData<typeof loader>();
  const { isAlone, changes, waiting, refunds, reversals, owed, reports, charges, events, ...earned } = rest;
  const { period, read, today, prices } = earned;
  const search = new URLSearchParams(state ? { state } : {});
  return (
    <AdminLayout title="Money" isFresh={isFresh} path="/admin/money">
      <FlashMessage />
      <SearchForm label="Find a payment: e-mail, name, Stripe’s id, amount or receipt" asked={asked} most={500} />
      <Part title="Waiting for another admin">
        {isAlone && <OnlyAdminNote />}
        {changes > 0 && (
          <p>
            <Link to="/admin/settings" className="link inline-flex min-h-11 items-center">
              {changes === 1 ? 'One change of a setting waits' : `${changes} changes of settings wait`} too
            </Link>
          </p>
        )}
        <AdjustmentsTable caption="Waiting adjustments" rows={waiting} from="money" empty="Nothing waits." />
        {refunds.length > 0 && <RefundRequestsTable rows={refunds} from="money" empty="" />}
      </Part>
      <MarginPart period={period} read={read} today={today} />
      <Part title="Purchases" beside={<PurchaseStates chosen={state} />}>
        <PurchasesTable
          rows={purchases}
          empty={
            asked
              ? `No purchase belongs to this: ${asked}. By the number of a receipt, only the newest thousand payments are found.`
              : 'No purchase has this status.'
          }
        />
        {!asked && (
          <Pages
            isFirst={isFirst}
            path={search.toString() ? `?${search}` : '/admin/money'}
            older={next && `?${new URLSearchParams([...search, ['before', next]])}`}
          />
        )}
      </Part>
      <Part title="Refunds and disputes">
        <ReversalsTable rows={reversals} />
      </Part>
      <Part title="Owed">
        <OwedTable rows={owed} />
      </Part>
      <Part
        title="Our books and Stripe’s"
        beside={
          <Form method="post" action="/admin/money/reconciliations">
            <Button type="submit" kind="quiet" size="small">
              Compare now
            </Button>
          </Form>
        }
      >
        <p className="max-w-text text-quiet">
          Compared each night: the last three days, and every open purchase. Whatever can be corrected is corrected at
          once.
        </p>
        <ReportsTable rows={reports} />
      </Part>
      <Part title="Stripe’s events">
        <EventsTable rows={events} empty="No event came in so far." />
      </Part>
      <Part title="Film services and our generations">
        <p className="max-w-text text-quiet">
          Compared each night: the charges of the last three days, where a service reports them, with the possible cost
          of our generations.
        </p>
        <ChargesTable rows={charges} />
      </Part>
      <ListPrices rows={prices} />
    </AdminLayout>
  );
}
