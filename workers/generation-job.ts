import { DurableObject } from 'cloudflare:workers';
import { readConfig } from '~/config.server';
import type { Memo } from '~/generations/pipeline/effects';
import { safetyMilliseconds } from '~/generations/pipeline/machine';
import { hurried } from '~/generations/pipeline/run';
import { described, log, type Thread, withThread } from '~/log';
import { createServices } from '~/services.server';
import { settingsKeptMilliseconds } from '~/settings/settings.server';

/**
 * One object per generation, named by its id. It holds no truth: the database does. Its methods only write down what
 * is wanted and arm the alarm; only the alarm works, one at a time, and its first act is to arm the next one, so that
 * no crash, exception or lost answer can leave a generation without anybody who takes it up again.
 */
export class GenerationJob extends DurableObject<Env> {
  /** Takes a generation on. Called again, it only makes sure that an alarm is set and not long overdue. */
  async start(generationId: string): Promise<void> {
    const now = Date.now();
    await this.ctx.storage.put('generationId', generationId);
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm < now - 30_000) await this.ctx.storage.setAlarm(now);
  }

  /** Something has changed: look at once. The machine itself keeps to the provider's limits. */
  async nudge(generationId: string): Promise<void> {
    await this.ctx.storage.put('generationId', generationId);
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** A webhook says that the task has moved: asks the provider as soon as it allows, and no sooner however often. */
  async hint(generationId: string): Promise<void> {
    const memo = await this.ctx.storage.get<Memo>('memo');
    if (memo) await this.ctx.storage.put('memo', hurried(memo));
    await this.nudge(generationId);
  }

  override async alarm(): Promise<void> {
    // The request that all this goes back to stands in the row, and is not known before that is read.
    await withThread(null, (thread) => this.#work(thread));
  }

  async #work(thread: Thread): Promise<void> {
    const { storage } = this.ctx;
    const generationId = await storage.get<string>('generationId');
    if (generationId === undefined) return;
    await storage.setAlarm(Date.now() + safetyMilliseconds);
    const read = readConfig(this.env);
    if (!read.ok) return log({ event: 'configuration-missing', names: read.names });
    const { pipeline, logbook } = createServices({
      env: this.env,
      config: read.config,
      settingsKeptMilliseconds,
    });
    try {
      await pipeline.run({
        generationId,
        job: {
          arm: (at) => storage.setAlarm(at),
          recall: async () => (await storage.get<Memo>('memo')) ?? {},
          remember: async (memo) => {
            await storage.put('memo', memo);
            // On the disk before anything goes on: a task that was accepted is forgotten by no crash.
            await storage.sync();
          },
          done: () => storage.deleteAll(),
        },
      });
    } catch (error) {
      // Not thrown on: the alarm that was armed first takes the generation up again, without a limit of retries.
      log({ event: 'error', generationId, where: 'generation-job', ...described(error) });
    }
    await logbook.close(thread);
  }
}
