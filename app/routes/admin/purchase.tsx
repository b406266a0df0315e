import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { AdminLayout, Facts, Moment, Part } from '~/admin/admin-layout';
import { FlashMessage } from '~/admin/flash-message';
import { EventsTable } from '~/admin/money/events-table';
import { purchaseStateWords } from '~/admin/money/money';
import { dashboardUrl } from '~/admin/money/purchase-facts';
import { RefundForm, RefundRequestsTable } from '~/admin/money/refund-requests';
import { nameOf } from '~/admin/people/people';
import { PersonAuditLog } from '~/admin/people/person-actions';
import { Button } from '~/components/button';
import { isId } from '~/db/ids';
import { findPack, priceInWords } from '~/settings/packs';

const entriesShown = 20;

export const meta: MetaFunction = () => [{ title: 'Purchase · Admin · Echoes' }];

/** One purchase: what we know, what Stripe told us, a question to Stripe, and refunds. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  const { id: adminId, isFresh } = await auth.requireAdmin(request);
  const { purchaseId } = params;
  const found = isId('pur', purchaseId) ? await admin.purchasePage.read(purchaseId) : null;
  if (!found || !purchaseId) throw new Response(null, { status: 404 });
  const [auditLog, refunds, alone] = await Promise.all([
    admin.auditLog.list({ subject: purchaseId, limit: entriesShown }),
    admin.refunds.ofPurchase(purchaseId),
    admin.refunds.alone({ adminId, userId: found.purchase.userId }),
  ]);
  return { ...found, isFresh, auditLog, refunds, alone, requestKey: crypto.randomUUID(), isLive: admin.isLive };
}

export default function AdminPurchase() {
  const { purchase, events, isFresh, auditLog, refunds, alone, requestKey, isLive } = useLoaderData<typeof loader>();
  const { id, userId, person, email, packId, credits, state, sessionId, paymentIntentId, receiptUrl } = purchase;
  const path = `/admin/purchases/${id}`;
  const left = state === 'paid' ? purchase.amount - purchase.refundedAmount - purchase.disputedAmount : 0;
  const canRefund = left > 0 && !refunds.some((one) => one.state === 'waiting' || one.state === 'asked');
  const back = (amount: number) => priceInWords({ amount, currency: purchase.currency });
  const atStripe = (object: string | null) =>
    object ? (
      <a
        key={object}
        className="link wrap-anywhere"
        href={dashboardUrl(object, isLive)}
        target="_blank"
        rel="noreferrer"
      >
        {object}
      </a>
    ) : (
      'None'
    );
  return (
    <AdminLayout title={`${priceInWords(purchase)}, ${nameOf(person)}`} isFresh={isFresh} path={path}>
      <FlashMessage />
      <Form method="post" action={`${path}/question`} className="flex flex-wrap items-center gap-4">
        <Button type="submit">Ask Stripe now</Button>
        <p className="max-w-text text-15 text-quiet">Whatever was paid and is missing here is booked at once.</p>
      </Form>
      <Facts
        facts={[
          [
            'Person',
            <Link key="person" className="link" to={`/admin/people/${userId}`}>
              {nameOf(person)}
            </Link>,
          ],
          ['E-mail', email ?? 'None left'],
          ['What', `${findPack(packId)?.name ?? packId}, ${credits} credits`],
          ['Status', purchaseStateWords[state]],
          ['Credits booked', purchase.booked ?? 'None'],
          ['Begun (UTC)', <Moment key="begun" at={purchase.createdAt} />],
          ['In this status since (UTC)', <Moment key="since" at={purchase.stateAt} />],
          ['Refunded', purchase.refundedAmount > 0 ? back(purchase.refundedAmount) : 'Nothing'],
          [
            'Disputed',
            purchase.disputeStatus === null
              ? 'No'
              : `${back(purchase.disputedAmount)}, ${purchase.disputeStatus.replaceAll('_', ' ')}`,
          ],
          ['Credits owed', purchase.owed],
          ['Checkout at Stripe', atStripe(sessionId)],
          ['Payment at Stripe', atStripe(paymentIntentId)],
          [
            'Receipt',
            receiptUrl ? (
              <a key="receipt" className="link" href={receiptUrl} target="_blank" rel="noreferrer">
                The person’s receipt
              </a>
            ) : (
              'None yet'
            ),
          ],
          ['Id', id],
        ]}
      />
      <Part title="Refunds from the desk">
        {canRefund && (
          <RefundForm
            key={requestKey}
            path={path}
            left={left}
            currency={purchase.currency}
            {...{ requestKey, alone }}
          />
        )}
        {(!canRefund || refunds.length > 0) && (
          <RefundRequestsTable rows={refunds} from="purchase" empty="No admin has asked for a refund." />
        )}
      </Part>
      <Part title="What Stripe told us">
        <EventsTable rows={events} empty="No event about this checkout or payment came in." />
      </Part>
      <Part title="What admins did">
        <PersonAuditLog rows={auditLog} />
      </Part>
    </AdminLayout>
  );
}
