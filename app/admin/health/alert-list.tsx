import { Link } from '@remix-run/react';
import { Moment } from '~/admin/admin-layout';
import { Icon } from '~/components/icon';
import { type AlertView, alertWords } from './alerts';

/** Alerts with kind, time, and whether their message was delivered. */
export function AlertList({ alerts, empty }: { alerts: readonly AlertView[]; empty: string }) {
  if (alerts.length === 0) return <p className="border-y border-line py-4 text-quiet">{empty}</p>;
  return (
    <ul className="border-t border-line">
      {alerts.map((alert) => (
        <li key={alert.id} className="flex gap-3 border-b border-line py-3 text-15">
          <Icon
            name={alert.closedAt === null ? 'circle-alert' : 'circle-check'}
            className={`mt-0.5 ${alert.closedAt === null ? 'text-bad' : 'text-good'}`}
          />
          <div className="grid min-w-0 gap-1">
            <p className="font-medium">
              {alertWords[alert.kind]}
              <Subject {...alert} />
            </p>
            <p className="wrap-anywhere">{alert.detail}</p>
            <p className="text-quiet">
              {alert.closedAt === null ? 'Since' : 'From'} <Moment at={alert.openedAt} />
              {alert.closedAt !== null && (
                <>
                  {' '}
                  to <Moment at={alert.closedAt} />
                </>
              )}{' '}
              UTC · {tellingOf(alert)}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** What an alert is about, where its kind alone does not say it. */
function Subject({ kind, subject }: Pick<AlertView, 'kind' | 'subject'>) {
  if (kind === 'breaker' || kind === 'webhooks') return `: ${subject}`;
  if (kind === 'sign-ups')
    return (
      <>
        {': '}
        <Link className="link" to="/admin/sign-ups">
          see who
        </Link>
      </>
    );
  if (kind !== 'dispute' && kind !== 'fraud-warning' && kind !== 'failed-refund') return null;
  return (
    <>
      {': '}
      <Link className="link wrap-anywhere" to={`/admin/purchases/${subject}`}>
        {subject}
      </Link>
    </>
  );
}

function tellingOf({ deliveredAt, nextTryAt }: AlertView): string {
  if (deliveredAt !== null) return 'sent';
  return nextTryAt === null ? 'not sent' : 'to be sent';
}
