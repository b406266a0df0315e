import type { Binding } from './binding.ts';
import { seedPerson } from './people.ts';
import type { Product } from './product.ts';
import { minute, type World } from './world.ts';

const peopleCount = 4;
const clipsEach = 3;
/** One clip's price: what a welcome credit is. */
const firstCredits = 2;
/** What each of them does in an episode. */
const actsEach = 80;

interface Made {
  id: string;
  state: string;
  isGift: number;
}

/**
 * People who live on one clip's price: they start whatever they can, complain of every clip for its free second try, and
 * cancel at every moment, also what is a gift, over and over.
 */
export function createRestless({ world, binding, product }: { world: World; binding: Binding; product: Product }) {
  const { random, agenda, database, mistake } = world;
  const people = Array.from({ length: peopleCount }, () => seedPerson(world, { credits: firstCredits, clipsEach }));

  const key = () => `press-${world.number()}`;
  const draft = { presetId: 'gentle', words: '' };

  /** One act of a person about a clip. `waits`: how likely it is that an open generation is left alone this time. */
  async function act({ userId, clipId, waits }: { userId: string; clipId: string; waits: number }): Promise<void> {
    const made = database.all<Made>(
      `SELECT id, state, gift IS NOT NULL AS isGift FROM generations WHERE user_id = ? AND clip_id = ? ORDER BY id DESC`,
      [userId, clipId],
    );
    const [latest] = made;
    if (latest && !['ready', 'failed', 'canceled'].includes(latest.state)) {
      if (random.chance(waits)) return;
      world.tell(latest.id, () => 'the person stops it');
      await binding.process(() => product.generations.cancel({ userId, generationId: latest.id }));
      return;
    }
    const paid = made.find(({ state, isGift }) => state === 'ready' && isGift === 0);
    if (!paid) {
      await binding.process(() => product.generations.start({ userId, clipId, requestKey: key(), ...draft }));
      return;
    }
    const complaint = { userId, generationId: paid.id, requestKey: key(), reason: 'other', words: '' } as const;
    const gift = { for: paid.id, by: null, statements: [] };
    await binding.process(() =>
      mistake?.givesWhatIsUsed && latest !== paid
        ? product.generations.start({ userId, clipId, requestKey: key(), ...draft, gift })
        : product.generations.feedback.complain(complaint),
    );
  }

  return {
    /** Credits that these people began with. */
    firstCredits: peopleCount * firstCredits,

    /** Spreads what they do over the time, in bursts of a few seconds as well as minutes apart. */
    live(milliseconds: number): void {
      for (const [number, { userId, clipIds }] of people.entries())
        for (let done = 0; done < actsEach; ) {
          const clipId = random.pick(clipIds);
          const burst = Math.min(actsEach - done, Math.ceil(random.between(2, 20)));
          // Every second one starts and stops in a loop, before anything can be finished.
          const [waits, pause] = number % 2 === 0 ? [0.4, minute / 4] : [0.02, minute / 8];
          for (let index = 0, at = agenda.now + random() * milliseconds; index < burst; index += 1) {
            agenda.beginAt(at, () => act({ userId, clipId, waits }));
            at += random.between(300, pause);
          }
          done += burst;
        }
    },
  };
}
