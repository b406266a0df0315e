import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { Button } from '~/components/button';
import { Day } from '~/components/day';
import { Header } from '~/components/header';
import { CopyReport } from '~/diagnostics/copy-report';
import { FindingList } from '~/diagnostics/finding-list';
import { reportText } from '~/diagnostics/findings';
import { RepairForm } from '~/diagnostics/repair-form';
import { useDiagnostics } from '~/diagnostics/use-diagnostics';

export const meta: MetaFunction = () => [{ title: 'Check this device · Echoes' }];

/** Checks the session only: the browser itself collects everything on this page, and sends nothing. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, credits } = context.services;
  const user = await auth.requireUser(request);
  const { balance } = await credits.ledger.balance(user.id);
  return { balance, requestId: context.requestId };
}

export default function Diagnostics() {
  const { balance, requestId } = useLoaderData<typeof loader>();
  const { groups, errors, unsent, at, repaired, busy, isWaiting, look, repair, forget } = useDiagnostics();
  const missing = groups?.flatMap(({ findings }) => findings).filter(({ state }) => state === 'no').length ?? 0;
  return (
    <>
      <Header balance={balance} />
      <main id="main" className="column grid [--column:46rem] gap-12 py-6 md:py-12">
        <section className="grid justify-items-start gap-4">
          <h1 className="text-32 md:text-44">Check this device</h1>
          <p className="max-w-text text-quiet">
            What this browser can do for your films. It all stays on this device unless you copy it.
          </p>
          <p role="status" className="text-20">
            {groups === null
              ? isWaiting
                ? 'Waiting for the connection …'
                : 'Looking …'
              : missing === 0
                ? 'Everything Echoes needs is here.'
                : `${missing === 1 ? 'One thing is' : `${missing} things are`} missing here.`}
          </p>
          <Button kind="quiet" icon="refresh-cw" disabled={busy} onClick={() => look({ tapped: true })}>
            Check again
          </Button>
        </section>
        {groups && (
          <>
            <CopyReport text={reportText({ at, requestId, groups, errors })} />
            <RepairForm unsent={unsent} repaired={repaired} busy={busy} onRepair={repair} />
            <section className="grid justify-items-start gap-4">
              <h2 className="text-25">Last errors here</h2>
              {errors.length === 0 ? (
                <p className="text-quiet">None.</p>
              ) : (
                <>
                  <ul className="w-full border-t border-line">
                    {errors.map((error) => (
                      <li key={`${error.at} ${error.text}`} className="grid gap-1 border-b border-line py-3 text-13">
                        <span className="text-quiet">
                          <Day at={error.at} /> · {error.path}
                        </span>
                        <span className="wrap-anywhere">{error.text}</span>
                      </li>
                    ))}
                  </ul>
                  <Button kind="quiet" icon="trash-2" onClick={forget}>
                    Forget them
                  </Button>
                </>
              )}
            </section>
            <section className="grid gap-8" aria-busy={busy}>
              <h2 className="text-25">What was looked at</h2>
              {groups.map((group) => (
                <FindingList key={group.title} {...group} />
              ))}
            </section>
          </>
        )}
      </main>
    </>
  );
}
