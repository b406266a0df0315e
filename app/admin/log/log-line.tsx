import { Link } from '@remix-run/react';
import { Moment } from '~/admin/admin-layout';
import { fieldsIn, type KeptLine } from './logbook';

type Line = Pick<KeptLine, 'at' | 'event' | 'requestId' | 'generationId' | 'userId' | 'line'>;

/** Lines of the log, each with its ids as links, and its fields. */
export function LogLines({ lines }: { lines: readonly (Line & { key: number })[] }) {
  return (
    <ol className="border-t border-line">
      {lines.map((line) => (
        <li key={line.key} className="grid gap-1 border-b border-line py-3 text-15">
          <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
            <Moment at={line.at} />
            <span className={`font-medium ${line.event === 'error' ? 'text-bad' : ''}`}>{line.event}</span>
            <Found line={line} />
          </div>
          <dl className="flex min-w-0 flex-wrap gap-x-4 gap-y-1 text-quiet">
            {fieldsIn(line.line).map(([name, value]) => (
              <div key={name} className="flex min-w-0 gap-1">
                <dt className="shrink-0">{name}</dt>
                <dd className="min-w-0 wrap-anywhere text-ink">{value}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ol>
  );
}

function Found({ line: { requestId, generationId, userId } }: { line: Line }) {
  const link = 'link wrap-anywhere text-13';
  return (
    <>
      {requestId && (
        <Link className={link} to={`/admin/log?${new URLSearchParams({ request: requestId })}`}>
          {requestId}
        </Link>
      )}
      {generationId?.startsWith('gen_') && (
        <Link className={link} to={`/admin/generations/${generationId}`}>
          {generationId}
        </Link>
      )}
      {userId && (
        <Link className={link} to={`/admin/people/${userId}`}>
          {userId}
        </Link>
      )}
    </>
  );
}
