import { describe, expect, it } from 'vitest';
import { bugs } from './bugs.ts';
import { describeBroken, episodesToCatch } from './campaign.ts';
import { runOnEveryCore } from './cores.ts';
import { readMigrations } from './database.ts';
import { runEpisode } from './episode.ts';

const lifecycles = 20_000;

describe('the generation pipeline under every fault', () => {
  it(`keeps every law through ${lifecycles} lifecycles`, { timeout: 240_000 }, async () => {
    const sum = await runOnEveryCore({ lifecycles, seed: 20_261_122 });
    expect(sum.broken ? describeBroken(sum.broken) : 'no law was broken').toBe('no law was broken');
    expect(sum.ready).toBeGreaterThan(lifecycles / 2);
    expect(sum.avoidableFailures / sum.lifecycles).toBeLessThan(0.001);
  });

  it('gives the same episode for the same seed', async () => {
    const migrations = readMigrations();
    const run = async (seed: number) => JSON.stringify(await runEpisode({ seed, migrations, wishes: 100 }));
    const first = await run(7);
    expect((await run(7)) === first).toBe(true);
    expect((await run(8)) === first).toBe(false);
  });
});

describe('a planted bug', () => {
  it.each(bugs)('is noticed within 20 episodes: $name', { timeout: 120_000 }, async (bug) => {
    expect(await episodesToCatch({ bug, seed: 100, mostEpisodes: 20 })).not.toBeNull();
  });
});
