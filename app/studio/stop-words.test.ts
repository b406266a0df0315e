import { describe, expect, test } from 'vitest';
import type { GenerationView } from '~/projects/views';
import { backText, countStoppable, givenBackBy, stoppedText, stopWords } from './stop-words';

describe('the words about stopping', () => {
  test('the sentence after stopping says which credits came back, and promises nothing for providers', () => {
    const all = { canceled: 3, sent: 0, goesOn: 0, tooLate: 0, credits: 3, gifts: 0 };
    expect(stoppedText(all)).toBe('Stopped. Your 3 credits are back.');
    expect(stoppedText({ ...all, canceled: 2, sent: 1, tooLate: 1, credits: 2 })).toBe(
      'Stopped. Your 2 credits are back. One was at the film service already, which has been asked to stop. One was finished already.',
    );
    expect(stoppedText({ ...all, canceled: 0, credits: 0 })).toBe('Nothing was on its way any more.');
  });

  test('a gift comes back as the free try that it was, never as a credit', () => {
    expect(backText(givenBackBy({ cost: 3, paidBy: 'gift' }))).toBe('Your free try is back.');
    expect(backText(givenBackBy({ cost: 3, paidBy: 'admin' }))).toBe('It has cost you nothing.');
    expect(backText(givenBackBy({ cost: 3, paidBy: 'credits' }))).toBe('Your 3 credits are back.');
    expect(backText({ credits: 1, gifts: 2 })).toBe('Your credit and your 2 free tries are back.');
  });

  test('what goes on after a stop is named', () => {
    const some = { canceled: 1, sent: 1, goesOn: 2, tooLate: 0, credits: 1, gifts: 0 };
    expect(stoppedText(some)).toMatch(/^Stopped\. Your credit is back\..* 2 go on and can no longer be stopped\.$/);
    expect(stoppedText({ ...some, canceled: 0, sent: 0, credits: 0 })).toBe(
      'Nothing to stop. 2 go on and can no longer be stopped.',
    );
  });

  test('before the press, the button and its line say whether the credit comes back', () => {
    const words = (
      stopping: 'free' | 'counted' | 'cannot' | 'finished',
      stopsLeft: number,
      paidBy: GenerationView['paidBy'] = 'credits',
    ) => stopWords({ stopping, paidBy }, stopsLeft);
    const back = { canStop: true, button: 'Stop and get the credit back', note: null };
    expect([words('free', 0), words('counted', 3)]).toEqual([back, back]);
    expect(words('counted', 1).note).toBe(
      'It is at the film service already: this is the last that can be stopped there today.',
    );
    expect(words('free', 5, 'gift').button).toBe('Stop and keep the free try');
    expect(words('free', 5, 'admin').button).toBe('Stop it');
    for (const one of [words('counted', 0), words('cannot', 5), words('finished', 5)]) {
      expect([one.canStop, one.button]).toEqual([false, 'This one can no longer be stopped']);
      expect(one.note).toMatch(/Its credit is spent, and its clip (comes when it is ready|is here in a moment)\.$/);
    }
    expect(words('finished', 5, 'gift').note).toContain('The free try is used');
  });

  test('of the open generations, as many can be stopped as were not submitted or the day has stops for', () => {
    const open = (['free', 'counted', 'counted', 'cannot', 'finished'] as const).map((stopping) => ({ stopping }));
    expect([0, 1, 5].map((stopsLeft) => countStoppable(open, stopsLeft))).toEqual([1, 2, 3]);
  });
});
