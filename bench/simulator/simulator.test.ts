import { describe, expect, it } from 'vitest';
import { bugs } from './bugs.ts';
import { describeBroken, episodesToCatch, runCampaign } from './campaign.ts';
import { readMigrations } from './database.ts';
import { runEpisode } from './episode.ts';

const lifecycles = 20_000;

describe('the generation pipeline under every fault', () => {
  it(`keeps every law through ${lifecycles} lifecycles`, { timeout: 240_000 }, async () => {
    const sum = await runCampaign({ lifecycles, seed: 20_261_122 });
    expect(sum.broken ? describeBroken(sum.broken) : 'no law was broken').toBe('no law was broken');
    expect(sum.ready).toBeGreaterThan(lifecycles / 2);
    expect(sum.avoidableFailures / sum.lifecycles).toBeLessThan(0.001);
  });

  it('gives the same episode for the same seed', async () => {
    const migrations = readMigrations();
    const [first, second] = [await runEpisode({ seed: 7, migrations }), await runEpisode({ seed: 7, migrations })];
    expect(second).toEqual(first);
    expect((await runEpisode({ seed: 8, migrations })).tasks).not.toEqual(first.tasks);
  });
});

describe('a planted bug', () => {
  it.each(bugs)('is noticed within 20 episodes: $name', { timeout: 120_000 }, async (bug) => {
    expect(await episodesToCatch({ bug, seed: 100, mostEpisodes: 20 })).not.toBeNull();
  });
});
