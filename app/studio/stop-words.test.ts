import { describe, expect, test } from 'vitest';
import { backText, givenBackBy, stoppedText } from './stop-words';

describe('the words about stopping', () => {
  test('the sentence after stopping says which credits came back, and promises nothing for providers', () => {
    const all = { canceled: 3, sent: 0, tooLate: 0, credits: 3, gifts: 0 };
    expect(stoppedText(all)).toBe('Stopped. Your 3 credits are back.');
    expect(stoppedText({ ...all, canceled: 2, sent: 1, tooLate: 1, credits: 2 })).toBe(
      'Stopped. Your 2 credits are back. One was at the film service already, which has been asked to stop. One was finished already.',
    );
    expect(stoppedText({ ...all, canceled: 0, credits: 0 })).toBe('Nothing was on its way any more.');
  });

  test('a gift comes back as the free try that it was, never as a credit', () => {
    expect(backText(givenBackBy({ cost: 3, isGift: true }))).toBe('Your free try is back.');
    expect(backText(givenBackBy({ cost: 3, isGift: false }))).toBe('Your 3 credits are back.');
    expect(backText({ credits: 1, gifts: 2 })).toBe('Your credit and your 2 free tries are back.');
  });
});
