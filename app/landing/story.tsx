import type { ReactNode } from 'react';
import { type Pack, priceInWords } from '~/settings/packs';
import { BeforeAfter } from './before-after';

const steps = [
  'Choose photos from your phone: they are a film at once, in the order in which they were taken.',
  'Say how each one should move, and bring it to life.',
  'Keep the clips you like, put music under them, and press play.',
];

const trust = [
  'Your photos are private. Only you can open them, and every link to them expires.',
  'Where and with which device a photo was taken is removed before it leaves your phone.',
  'To make a clip, the cropped photo and your words for it go to the film service that makes it, and each clip tells you which. Your name and e-mail do not.',
  'No advertising and no trackers. The only cookies are those that sign you in, and one that remembers who invited you.',
];

const questions: { question: string; answer: string }[] = [
  {
    question: 'Which photos work best?',
    answer:
      'Clear ones with enough light, where faces are not too small. Old prints work well when you photograph them straight on, without a reflection.',
  },
  {
    question: 'What if a clip does not work out?',
    answer:
      'When a clip cannot be made, its credit is back at once and the page says what happened. When you merely do not like it, try again with other words; every try is kept.',
  },
  {
    question: 'Do I have to wait?',
    answer: 'No. Close the page whenever you like: the clips go on without you and are there when you come back.',
  },
  {
    question: 'Who can see my film?',
    answer:
      'Only you, unless you make a link for it. You can end that link at any time. A film service gets the photos that you bring to life, one by one, and not the film.',
  },
];

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-6 md:grid-cols-[1fr_1.6fr] md:gap-12">
      <h2 className="text-32">{title}</h2>
      {children}
    </section>
  );
}

/** The landing page below its first screen: how it works, privacy, price, questions. */
export function Story({
  gift,
  smallest,
}: {
  /** What is free, as a sentence without its end. */ gift: string | null;
  smallest: Pack;
}) {
  return (
    <div className="column grid gap-18 py-18 md:gap-28 md:py-28">
      <section className="grid items-center gap-12 md:grid-cols-2">
        <BeforeAfter />
        <div className="grid gap-8">
          <h2 className="text-32 md:text-44">From a photo to a film</h2>
          <ol className="grid max-w-text gap-6 text-20">
            {steps.map((step, index) => (
              <li key={step} className="grid grid-cols-[2rem_1fr]">
                <span aria-hidden="true" className="font-title text-quiet">
                  {index + 1}
                </span>
                {step}
              </li>
            ))}
          </ol>
        </div>
      </section>
      <Part title="What happens to your photos">
        <ul className="max-w-text divide-y divide-line border-y border-line">
          {trust.map((line) => (
            <li key={line} className="py-4">
              {line}
            </li>
          ))}
        </ul>
      </Part>
      <Part title="What it costs">
        <p className="max-w-text text-20">
          {gift ? `${gift}, and nobody asks for a card. After that you` : 'You'} buy credits when you want some, from{' '}
          {priceInWords(smallest)} for {smallest.credits}; nothing renews by itself.
        </p>
      </Part>
      <Part title="Questions">
        <div className="max-w-text divide-y divide-line border-y border-line">
          {questions.map(({ question, answer }) => (
            <details key={question} className="group">
              <summary className="flex min-h-12 items-center justify-between gap-4 py-3 font-semibold marker:content-['']">
                {question}
                <span aria-hidden="true" className="text-25 font-normal text-quiet transition group-open:rotate-45">
                  +
                </span>
              </summary>
              <p className="pb-4 text-quiet">{answer}</p>
            </details>
          ))}
        </div>
      </Part>
      <p className="text-center">
        <a href="#begin" className="link inline-flex min-h-11 items-center text-20 font-semibold">
          Begin with one photo
        </a>
      </p>
    </div>
  );
}
