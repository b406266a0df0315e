import { Link } from '@remix-run/react';
import { type Column, Moment, Table } from '~/admin/admin-layout';
import { creditsInWords } from '~/components/balance';
import { type FailureReason, failureTexts } from '~/providers/failure-messages';
import { signed } from './adjustments';
import { nameOf } from './people';
import type { FeedbackLine, GenerationLine, ProjectLine, ReferralLine } from './person';

/** One entry of the ledger, in the words of the credit history. `at` in ms since 1970. */
export interface LedgerLine {
  seq: number;
  at: number;
  delta: number;
  balanceAfter: number;
  what: string;
  why: string | null;
  generationId: string | null;
}

const generationLink = (id: string, words: string) => (
  <Link className="link whitespace-nowrap" to={`/admin/generations/${id}`}>
    {words}
    <span className="sr-only"> {id}</span>
  </Link>
);

const ledger: Column<LedgerLine>[] = [
  { name: 'When (UTC)', cell: ({ at }) => <Moment at={at} /> },
  {
    name: 'What',
    cell: ({ what, why, generationId }) => (
      <div className="min-w-48">
        {what} {generationId && generationLink(generationId, 'Generation')}
        {why && <span className="block max-w-text text-13 text-quiet">{why}</span>}
      </div>
    ),
  },
  { name: 'Credits', cell: ({ delta }) => signed(delta), figures: true },
  { name: 'Balance', cell: ({ balanceAfter }) => balanceAfter, figures: true },
];

export function LedgerTable({ rows }: { rows: readonly LedgerLine[] }) {
  return (
    <Table caption="Ledger" columns={ledger} rows={rows} keyOf={({ seq }) => seq} empty="Nothing was booked yet." />
  );
}

const projects: Column<ProjectLine>[] = [
  { name: 'Begun (UTC)', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  {
    name: 'Film',
    cell: ({ id, title }) => (
      <>
        <span className="wrap-anywhere">{title ?? 'A deleted film'}</span>
        <span className="block text-13 text-quiet">{id}</span>
      </>
    ),
  },
  { name: 'Clips', cell: ({ clips }) => clips, figures: true },
  { name: 'Status', cell: ({ status }) => (status === 'completed' ? 'Finished' : 'In progress') },
];

export function ProjectsTable({ rows }: { rows: readonly ProjectLine[] }) {
  return <Table caption="Films" columns={projects} rows={rows} keyOf={({ id }) => id} empty="No films." />;
}

const generations: Column<GenerationLine>[] = [
  { name: 'When (UTC)', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  { name: 'State', cell: ({ state }) => state },
  { name: 'Provider', cell: ({ provider }) => provider },
  { name: 'Credits', cell: ({ cost }) => cost, figures: true },
  { name: 'Why it failed', cell: ({ failureReason }) => failureReason && whyOf(failureReason) },
  { name: 'More', cell: ({ id }) => generationLink(id, 'Generation') },
  {
    name: 'Photo and clip',
    cell: ({ clipId }) => (
      <Link className="link whitespace-nowrap" to={`/admin/media-access/${clipId}`}>
        Open, with a reason
        <span className="sr-only"> {clipId}</span>
      </Link>
    ),
  },
];

function whyOf(reason: string) {
  const text = Object.hasOwn(failureTexts, reason) ? failureTexts[reason as FailureReason].whatHappened : null;
  return (
    <>
      {reason}
      {text && <span className="block min-w-48 text-13 text-quiet">{text}</span>}
    </>
  );
}

export function GenerationsTable({ rows }: { rows: readonly GenerationLine[] }) {
  return (
    <Table
      caption="Generations"
      columns={generations}
      rows={rows}
      keyOf={({ id }) => id}
      empty="Nothing was made yet."
    />
  );
}

const referrals: Column<ReferralLine>[] = [
  { name: 'When (UTC)', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  {
    name: 'Who',
    cell: ({ userId, name }) => (
      <Link className="link" to={`/admin/people/${userId}`}>
        {nameOf(name)}
      </Link>
    ),
  },
  {
    name: 'Reward',
    cell: ({ rewardedAt, rewardedFor, credits }) =>
      rewardedAt === null ? 'Not yet' : `${creditsInWords(credits)}, for a ${rewardedFor}`,
  },
];

export function ReferralsTable({ rows }: { rows: readonly ReferralLine[] }) {
  return (
    <Table
      caption="Invited"
      columns={referrals}
      rows={rows}
      keyOf={({ userId }) => userId}
      empty="No friend has come yet."
    />
  );
}

/** By whose invitation a person came, and whether that was rewarded. */
export function InvitedBy({ line }: { line: ReferralLine | null }) {
  if (line === null) return <p>Came without an invitation.</p>;
  return (
    <p>
      Came by the invitation of{' '}
      <Link className="link" to={`/admin/people/${line.userId}`}>
        {nameOf(line.name)}
      </Link>
      {line.rewardedAt === null ? ', not rewarded yet.' : `, for ${creditsInWords(line.credits)}.`}
    </p>
  );
}

const answers: Column<FeedbackLine>[] = [
  { name: 'When (UTC)', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  { name: 'What was wrong', cell: ({ reason }) => reason.replaceAll('-', ' ') },
  { name: 'In their words', cell: ({ words }) => <span className="block max-w-text wrap-anywhere">{words}</span> },
  { name: 'More', cell: ({ generationId }) => generationLink(generationId, 'Generation') },
];

export function FeedbackTable({ rows }: { rows: readonly FeedbackLine[] }) {
  return (
    <Table
      caption="What they said was wrong"
      columns={answers}
      rows={rows}
      keyOf={({ generationId }) => generationId}
      empty="No feedback yet."
    />
  );
}
