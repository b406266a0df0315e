import { Icon, type IconName } from '~/components/icon';
import type { Finding, FindingGroup } from './findings';

const looks: Record<Exclude<Finding['state'], 'fact'>, { icon: IconName; word: string; colour: string }> = {
  yes: { icon: 'circle-check', word: 'Yes', colour: 'text-good' },
  partly: { icon: 'minus', word: 'Partly', colour: 'text-quiet' },
  no: { icon: 'circle-alert', word: 'No', colour: 'text-bad' },
};

/** What was looked at, a line each: its name, a word for how it stands, and what is known. */
export function FindingList({ title, findings }: FindingGroup) {
  return (
    <section className="grid gap-3">
      <h3 className="text-20">{title}</h3>
      <ul className="border-t border-line">
        {findings.map(({ what, state, detail }) => {
          const look = state === 'fact' ? null : looks[state];
          return (
            <li
              key={what}
              data-finding={state}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-6 gap-y-1 border-b border-line py-3 text-15"
            >
              <span className="font-medium">{what}</span>
              {look && (
                <span className={`inline-flex items-baseline gap-2 ${look.colour}`}>
                  <Icon name={look.icon} className="self-center" />
                  {look.word}
                </span>
              )}
              {detail && <span className="col-span-full text-13 text-quiet tabular wrap-anywhere">{detail}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
