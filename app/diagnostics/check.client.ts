import type { Finding } from './findings';

/** A check that has no answer by then has none, in ms. */
const mostCheckMs = 4000;

/** What a check answers: a detail, or nothing to add, where all is well. It throws where something cannot be done. */
type Answer = string | Pick<Finding, 'state' | 'detail'>;

/** Makes one check. Never rejects: what throws or hangs is something that this browser cannot do. */
export async function check(what: string, look: () => Promise<Answer>): Promise<Finding> {
  try {
    const answer = await Promise.race([look(), tooLate()]);
    return typeof answer === 'string' ? { what, state: 'yes', detail: answer } : { what, ...answer };
  } catch (error) {
    return { what, state: 'no', detail: error instanceof Error ? error.message : String(error) };
  }
}

function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer in ${mostCheckMs / 1000} s`)), mostCheckMs);
  });
}
