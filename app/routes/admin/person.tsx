import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { AdminLayout, Facts, Moment, Pages, Part, Table } from '~/admin/admin-layout';
import { FlashMessage } from '~/admin/flash-message';
import { PurchasesTable } from '~/admin/money/purchases-table';
import { AdjustmentsTable } from '~/admin/people/adjustments-table';
import { accountStatusOf, nameOf } from '~/admin/people/people';
import { mostShown } from '~/admin/people/person';
import { PersonAuditLog } from '~/admin/people/person-actions';
import { PersonForms } from '~/admin/people/person-forms';
import {
  FeedbackTable,
  GenerationsTable,
  InvitedBy,
  LedgerTable,
  ProjectsTable,
  ReferralsTable,
} from '~/admin/people/person-tables';
import { deviceInWords } from '~/auth/devices';
import { creditsInWords } from '~/components/balance';
import { entryInWords } from '~/credits/entry-words';
import { isId } from '~/db/ids';

const linesPerPage = 20;

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${nameOf(data?.person.name ?? null)} · Admin · Echoes` },
];

/** One person: everything an admin needs to help, and neither photos nor videos. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const {
    auth,
    admin,
    credits: { ledger },
  } = context.services;
  const { id: adminId, isFresh } = await auth.requireAdmin(request);
  const { userId } = params;
  const person = isId('usr', userId) ? await admin.people.one(userId) : null;
  if (!person || !userId) throw new Response(null, { status: 404 });
  const { searchParams } = new URL(request.url);
  const [before = '', clip] = [searchParams.get('before') ?? '', searchParams.get('clip')];
  const beforeSeq = /^\d{1,9}$/.test(before) ? Number(before) : undefined;
  const [details, adjustments, auditLog, devices, alone, entries] = await Promise.all([
    admin.personDetails(userId),
    admin.adjustments.ofPerson(userId),
    admin.auditLog.list({ userId, limit: mostShown }),
    auth.sessionsOf(userId),
    admin.adjustments.alone({ adminId, userId }),
    ledger.entries({ userId, ...(beforeSeq !== undefined && { beforeSeq }), limit: linesPerPage + 1 }),
  ]);
  const lines = entries.slice(0, linesPerPage).map((entry) => {
    const { seq, at, delta, balanceAfter, kind, key } = entry;
    const generationId = kind === 'generation' ? key.slice('generation:'.length) : null;
    return { seq, at, delta, balanceAfter, generationId, ...entryInWords(entry) };
  });
  return {
    ...{ person, isFresh, details, adjustments, auditLog, lines },
    devices: devices.map(({ userAgent, seenAt }) => ({ name: deviceInWords(userAgent), seenAt })),
    clipId: isId('clp', clip) ? clip : null,
    isFirst: beforeSeq === undefined,
    older: entries.length > linesPerPage ? (lines.at(-1)?.seq ?? null) : null,
    alone,
    requestKey: crypto.randomUUID(),
  };
}

export default function AdminPerson() {
  const { person, isFresh, details, adjustments, auditLog, lines, devices, ...page } = useLoaderData<typeof loader>();
  const path = `/admin/people/${person.id}`;
  const { refusals, invitedBy } = details;
  const until = refusals.until === null ? '' : `; nothing more is sent until ${new Date(refusals.until).toISOString()}`;
  return (
    <AdminLayout title={nameOf(person.name)} isFresh={isFresh} path={path}>
      <FlashMessage />
      <Facts
        facts={[
          ['E-mail', person.email ?? 'None left'],
          ['Id', person.id],
          ['Here since (UTC)', <Moment key="since" at={person.createdAt} />],
          ['Balance', creditsInWords(person.balance)],
          ['Status', accountStatusOf(person) ?? 'Active'],
          ['Pictures that may still be declined today', `${refusals.left} of ${refusals.most}${until}`],
        ]}
      />
      {page.clipId && (
        <p>
          <Link className="link inline-flex min-h-11 items-center" to={`/admin/media-access/${page.clipId}`}>
            Open the photo of {page.clipId}, with a reason
          </Link>
        </p>
      )}
      {person.deletedAt === null ? (
        <Part title="What you can do">
          <PersonForms
            key={auditLog[0]?.id}
            {...{ path, ...page }}
            balance={person.balance}
            isSuspended={person.suspendedAt !== null}
          />
        </Part>
      ) : (
        <p className="max-w-text text-quiet">
          This account was deleted on <Moment at={person.deletedAt} />. What stands here is all that is left of it.
        </p>
      )}
      <Part title="Ledger">
        <LedgerTable rows={lines} />
        <Pages isFirst={page.isFirst} path={path} older={page.older === null ? null : `?before=${page.older}`} />
      </Part>
      <Part title="Given and taken by hand">
        <AdjustmentsTable caption="Adjustments" rows={adjustments} from="person" empty="Nothing so far." />
      </Part>
      <Part title="Clips they had made">
        <GenerationsTable rows={details.generations} />
      </Part>
      <Part title="Films">
        <ProjectsTable rows={details.projects} />
      </Part>
      <Part title="Purchases">
        <PurchasesTable rows={details.purchases} empty="They have bought nothing." />
      </Part>
      <Part title="Where they are signed in">
        <Table
          caption="Devices"
          columns={[
            { name: 'Device', cell: ({ name }) => name },
            { name: 'Last here (UTC)', cell: ({ seenAt }) => <Moment at={seenAt} /> },
          ]}
          rows={devices}
          keyOf={({ name, seenAt }) => `${name} ${seenAt}`}
          empty="Nowhere just now."
        />
      </Part>
      <Part title="Invitations">
        <InvitedBy line={invitedBy} />
        <ReferralsTable rows={details.invited} />
      </Part>
      <Part title="What they said was wrong">
        <FeedbackTable rows={details.feedback} />
      </Part>
      <Part title="What admins did">
        <PersonAuditLog rows={auditLog} />
      </Part>
    </AdminLayout>
  );
}
