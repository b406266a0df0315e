import { beforeAll, describe, expect, it, vi } from 'vitest';
import { bugs } from './bugs.ts';
import { describeBroken, lifecyclesToCatch, runCampaign } from './campaign.ts';
import { runOnEveryCore } from './cores.ts';
import { readMigrations } from './database.ts';
import { runEpisode } from './episode.ts';
import { heavyFaults } from './faults.ts';
import { comparePolling } from './polling.ts';
import { laws } from './world.ts';

/** Enough to notice every planted bug below; `npm run nightly` runs 200,000 of another seed each night. */
const lifecycles = 4_000;

beforeAll(() => {
  // The product logs thousands of lines.
  vi.spyOn(console, 'log').mockReturnValue();
});

describe('the generation pipeline under every fault', () => {
  it(`the pipeline keeps every law through ${lifecycles} lifecycles`, { timeout: 900_000 }, async () => {
    const sum = await runOnEveryCore({ lifecycles, seed: 20_261_122 });
    expect(sum.broken ? describeBroken(sum.broken) : 'no law was broken').toBe('no law was broken');
    expect(sum.ready).toBeGreaterThan(lifecycles / 2);
    expect(sum.avoidableFailures / sum.lifecycles).toBeLessThan(0.001);
  });

  it('the pipeline keeps every law after a restore of the database to an hour before', {
    timeout: 240_000,
  }, async () => {
    const faults = { ...heavyFaults, setBack: 1 };
    const sum = await runCampaign({ lifecycles: 400, seed: 500, requests: 200, faults });
    expect(sum.broken ? describeBroken(sum.broken) : 'no law was broken').toBe('no law was broken');
    expect(sum.setBacks).toBe(sum.episodes);
  });

  it('the same seed gives the same episode', { timeout: 120_000 }, async () => {
    const migrations = readMigrations();
    const run = async (seed: number) => JSON.stringify(await runEpisode({ seed, migrations, requests: 100 }));
    const first = await run(7);
    expect((await run(7)) === first).toBe(true);
    expect((await run(8)) === first).toBe(false);
  });
});

describe('what is said of a broken law', () => {
  it('a broken law is reported with the history of its generation and the seed that repeats it', {
    timeout: 120_000,
  }, async () => {
    const bug = bugs.find(({ name }) => name === 'the refund apart from the change of state');
    const { broken } = await runCampaign({ lifecycles: 2_000, seed: 300, bug, requests: 150 });
    if (!broken) throw new Error('no law was broken');
    const report = describeBroken(broken);
    expect(report).toContain(`seed ${broken.seed}: npm run simulate -- --lifecycles 1 --seed ${broken.seed}`);
    expect(report).toMatch(/I2 one debit.*\(gen_\d+\)/);
    expect(report).toMatch(/\d+s submit /);
    const again = await runEpisode({ seed: broken.seed, migrations: readMigrations(), bug, requests: 150 });
    expect(again.problems).toEqual(broken.problems);
  });

  it('an episode that does not end is reported with its seed', async () => {
    const schema = 'DROP TABLE uploads';
    const bug = { name: 'a table is missing', breaks: 'nothing throws but the faults' as const, schema };
    await expect(runCampaign({ lifecycles: 1, seed: 41, bug })).rejects.toThrow('--lifecycles 1 --seed 41');
  });
});

describe('the schedule of polls', () => {
  it('the schedule polls less often than every five seconds, and sees the end of a task hardly later', {
    timeout: 120_000,
  }, async () => {
    const { usual, all } = await comparePolling({ lifecycles: 900, seed: 1 });
    expect(usual.ours.pollsPerTask).toBeLessThan(usual.fixed.pollsPerTask * 0.8);
    expect(usual.ours.meanLag).toBeLessThan(usual.fixed.meanLag + 1_000);
    expect(all.ours.pollsPerTask).toBeLessThan(all.fixed.pollsPerTask * 0.8);
  });
});

describe('a planted bug', () => {
  it('every law has a planted bug that breaks it', () => {
    expect([...new Set(bugs.map(({ breaks }) => breaks))].sort()).toEqual([...laws].sort());
  });

  it.each(bugs)(
    `a planted bug is noticed within ${lifecycles} lifecycles: $name`,
    { timeout: 600_000 },
    async (bug) => {
      expect(await lifecyclesToCatch({ bug, seed: 101, most: lifecycles })).not.toBeNull();
    },
  );
});
