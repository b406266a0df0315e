import { log } from '~/log';

/** The objects of class `GenerationJob`, one per generation, named by its id, with the methods a caller needs. */
export interface GenerationJobs<Method extends 'start' | 'nudge' | 'hint'> {
  getByName(generationId: string): Record<Method, (generationId: string) => Promise<void>>;
}

/** Asks a generation's object to run now. Never throws: the sweep wakes an object that could not be reached. */
export async function nudge(generationJobs: GenerationJobs<'nudge'>, generationId: string): Promise<void> {
  try {
    await generationJobs.getByName(generationId).nudge(generationId);
  } catch (error) {
    log({ event: 'queue', generationId, outcome: 'not-nudged', detail: String(error) });
  }
}
