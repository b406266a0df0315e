import { Link } from '@remix-run/react';
import { Day } from '~/components/day';
import { Icon } from '~/components/icon';

/** One line of the diary as the page gets it: the entry in words, with a signed link to its photo. */
export interface DiaryLine {
  seq: number;
  at: number;
  delta: number;
  what: string;
  /** Why, where it failed. */
  why: string | null;
  photo: { url: string; projectId: string } | null;
}

/** The ledger as a diary: when, what, the photo it was about, and what it did to the balance. */
export function Diary({ lines }: { lines: readonly DiaryLine[] }) {
  return (
    <ol className="divide-y divide-line border-y border-line">
      {lines.map((line) => {
        const { what, why } = line;
        return (
          <li key={line.seq} className="flex min-h-20 items-center gap-4 py-3">
            <Print line={line} />
            <div className="min-w-0 grow">
              <p className="font-medium">{what}</p>
              <p className="text-15 text-quiet">
                <Day at={line.at} />
                {why && <> · {why}</>}
              </p>
            </div>
            <p className={`tabular text-20 font-medium ${line.delta > 0 ? 'text-good' : ''}`}>
              <span className="sr-only">{line.delta > 0 ? 'plus ' : 'minus '}</span>
              <span aria-hidden="true">{line.delta > 0 ? '+' : '−'}</span>
              {Math.abs(line.delta)}
            </p>
          </li>
        );
      })}
    </ol>
  );
}

function Print({ line: { photo, delta } }: { line: DiaryLine }) {
  const frame = 'size-14 shrink-0 rounded-[8px] bg-line';
  if (!photo)
    return (
      <span aria-hidden="true" className={`${frame} grid place-items-center text-quiet`}>
        <Icon name={delta > 0 ? 'plus' : 'film'} />
      </span>
    );
  return (
    <Link to={`/projects/${photo.projectId}`} aria-label="Open the film of this photo" className="shrink-0">
      <img src={photo.url} alt="" width={56} height={56} loading="lazy" className={`${frame} object-cover`} />
    </Link>
  );
}
