import { DurableObject } from 'cloudflare:workers';
import { readConfig } from '~/config.server';
import type { Memo } from '~/generations/pipeline/effects';
import { safetyMilliseconds } from '~/generations/pipeline/machine';
import { hurried } from '~/generations/pipeline/run';
import { described, log, type Thread, withThread } from '~/log';
import { createServices } from '~/services.server';
import { settingsKeptMilliseconds } from '~/settings/settings.server';

/**
 * One object per generation, named by its id. The generation's state is in the database, not here. The methods only store
 * the id and set the alarm; all work is done by the alarm, which first sets the next one, so that no crash, exception or
 * lost answer leaves a generation without an alarm.
 */
export class GenerationJob extends DurableObject<Env> {
  /** Takes a generation on. A repeated call only makes sure that an alarm is set and not long overdue. */
  async start(generationId: string): Promise<void> {
    const now = Date.now();
    await this.ctx.storage.put('generationId', generationId);
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm < now - 30_000) await this.ctx.storage.setAlarm(now);
  }

  /** Runs the machine now. The machine itself keeps to the provider's limits. */
  async nudge(generationId: string): Promise<void> {
    await this.ctx.storage.put('generationId', generationId);
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** After a webhook: brings the next poll forward to the soonest moment that the provider allows. */
  async hint(generationId: string): Promise<void> {
    const memo = await this.ctx.storage.get<Memo>('memo');
    if (memo) await this.ctx.storage.put('memo', hurried(memo));
    await this.nudge(generationId);
  }

  override async alarm(): Promise<void> {
    // The thread is the request that started the generation; it is known once the row is read.
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
        storage: {
          arm: (at) => storage.setAlarm(at),
          recall: async () => (await storage.get<Memo>('memo')) ?? {},
          remember: async (memo) => {
            await storage.put('memo', memo);
            // On disk before the run continues, so that no crash loses an accepted task.
            await storage.sync();
          },
          done: () => storage.deleteAll(),
        },
      });
    } catch (error) {
      // Not rethrown: the platform retries a failing alarm a few times only, the alarm set above comes back without end.
      log({ event: 'error', generationId, where: 'generation-job', ...described(error) });
    }
    await logbook.close(thread);
  }
}
