import { Icon, type IconName } from '~/components/icon';
import type { Finding, FindingGroup } from './findings';

const looks: Record<Finding['state'], { icon: IconName; word: string; colour: string }> = {
  yes: { icon: 'circle-check', word: 'Yes', colour: 'text-good' },
  partly: { icon: 'minus', word: 'Partly', colour: 'text-quiet' },
  no: { icon: 'circle-alert', word: 'No', colour: 'text-bad' },
};

/** What was looked at, a line each: its name, a word for how it stands, and what is known. */
export function FindingList({ title, findings }: FindingGroup) {
  return (
    <section className="grid gap-3">
      <h2 className="text-20">{title}</h2>
      <ul className="border-t border-line">
        {findings.map(({ what, state, detail }) => {
          const { icon, word, colour } = looks[state];
          return (
            <li
              key={what}
              data-finding={state}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-6 gap-y-1 border-b border-line py-3 text-15"
            >
              <span className="font-medium">{what}</span>
              <span className={`inline-flex items-center gap-2 ${colour}`}>
                <Icon name={icon} />
                {word}
              </span>
              {detail && <span className="col-span-full text-13 text-quiet tabular wrap-anywhere">{detail}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
