import type { Binding } from './binding.ts';
import { pastMaintenance } from './owner.ts';
import type { Product } from './product.ts';
import type { Shop } from './shop.ts';
import { idOf, minute, type World } from './world.ts';

/** One generation that a person requests; repeated sends of it share the keys. */
export interface GenerationRequest {
  keys: Set<string>;
  generationId: string | null;
}

interface Person {
  userId: string;
  clipIds: string[];
}

const peopleCount = 20;
const clipsEach = 12;
const firstCredits = 80;

/** People press twice, lose their connection, return much later, cancel, and buy credits. */
export function createPeople({
  world,
  binding,
  product,
  shop,
}: {
  world: World;
  binding: Binding;
  product: Product;
  shop: Shop;
}) {
  const { random, agenda, mistake } = world;
  const requests: GenerationRequest[] = [];
  const people = Array.from({ length: peopleCount }, () => seedPerson(world, { credits: firstCredits, clipsEach }));

  function requestGeneration(): void {
    const { userId, clipIds } = random.pick(people);
    const clipId = random.pick(clipIds);
    const made: GenerationRequest = { keys: new Set(), generationId: null };
    requests.push(made);
    const firstKey = `press-${world.number()}`;

    async function send(attempt: number): Promise<void> {
      const requestKey = mistake?.requestKey?.(firstKey, attempt) ?? firstKey;
      made.keys.add(requestKey);
      const ask = () =>
        product.generations.start({ userId, clipId, requestKey, presetId: 'gentle', words: 'a slow walk' });
      // Both presses of a double click are under way at once.
      const answer = await binding.process(
        random.chance(0.1) ? async () => (await Promise.all([ask(), ask()]))[1] : ask,
      );
      if (answer === null || random.chance(world.faults.answerLost)) {
        if (attempt < 4) agenda.beginAt(agenda.now + random.between(500, 5_000), () => send(attempt + 1));
        return;
      }
      if (answer.outcome !== 'started' && answer.outcome !== 'duplicate') return;
      if (made.generationId !== null && made.generationId !== answer.generationId)
        world.report(
          'I7 one generation for each request',
          answer.generationId,
          `two generations for one request: ${made.generationId}`,
        );
      if (made.generationId === null && random.chance(0.06)) cancelLater(userId, answer.generationId);
      made.generationId = answer.generationId;
    }

    agenda.beginAt(agenda.now, () => send(0));
    if (random.chance(0.15)) agenda.beginAt(agenda.now + random.between(0, 300), () => send(1));
    // A suspended page repeats its stored request when it resumes.
    if (random.chance(0.05)) agenda.beginAt(agenda.now + random.between(1, 10) * minute, () => send(2));
  }

  function cancelLater(userId: string, generationId: string): void {
    agenda.beginAt(agenda.now + random.between(0, 120_000), async () => {
      world.tell(generationId, () => 'the person stops it');
      await binding.process(() => product.generations.cancel({ userId, generationId }));
    });
  }

  return {
    requests,

    /** After a restore, pages show the restored state: requests for lost generations may be repeated. */
    readAgain(): void {
      const there = new Set(world.database.all<{ id: string }>('SELECT id FROM generations').map(({ id }) => id));
      for (const made of requests)
        if (made.generationId !== null && !there.has(made.generationId)) made.generationId = null;
    },

    /** The people, for admins who are friends of theirs. */
    userIds: people.map(({ userId }) => userId),

    /** Credits that people began with. */
    firstCredits: peopleCount * firstCredits,

    /** Spreads this many requests, and the purchases they need, over the time. */
    live({ requestCount, milliseconds }: { requestCount: number; milliseconds: number }): void {
      for (let index = 0; index < requestCount; index += 1) {
        agenda.later(random() * milliseconds, requestGeneration);
        if (index % 12 === 0) agenda.later(random() * milliseconds, () => shop.buy(random.pick(people).userId));
      }
    },
  };
}

/** A person with this many credits, and a film of this many clips. */
export function seedPerson(world: World, { credits, clipsEach }: { credits: number; clipsEach: number }): Person {
  const { database } = world;
  const userId = idOf('usr', world.number());
  const add = (sql: string, ...params: (string | number)[]) => database.all(sql, params);
  add('INSERT INTO users (id, created_at) VALUES (?, 1)', userId);
  add('INSERT INTO credit_accounts (user_id) VALUES (?)', userId);
  add(
    `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, created_at)
     VALUES ('signup:' || ?1, ?1, 1, ?2, ?2, 'signup', 1)`,
    userId,
    credits,
  );
  return { userId, clipIds: seedFilm(world, { userId, clipsEach }) };
}

/** Gives a person a film of this many clips; returns them. */
export const seedFilm = (world: World, film: { userId: string; clipsEach: number }): string[] =>
  pastMaintenance(world, () => insertFilm(world, film));

function insertFilm(world: World, { userId, clipsEach }: { userId: string; clipsEach: number }): string[] {
  const { database } = world;
  const projectId = idOf('prj', world.number());
  const add = (sql: string, ...params: (string | number)[]) => database.all(sql, params);
  add(
    "INSERT INTO projects (id, user_id, title, created_at, updated_at) VALUES (?, ?, 'Summer', 1, 1)",
    projectId,
    userId,
  );
  return Array.from({ length: clipsEach }, () => {
    const [photoId, clipId] = [idOf('pho', world.number()), idOf('clp', world.number())];
    add(
      `INSERT INTO uploads (id, user_id, project_id, request_key, file_name, length_bytes, created_at, expires_at)
       VALUES (?1, ?2, ?3, ?1, 'a.jpg', 1, 1, 2)`,
      photoId,
      userId,
      projectId,
    );
    add(
      `INSERT INTO photos (id, user_id, project_id, media_key, size_bytes, width, height, created_at)
       VALUES (?1, ?2, ?3, ?1, 1, 1080, 1440, 1)`,
      photoId,
      userId,
      projectId,
    );
    add(
      "INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at) VALUES (?, ?, ?, ?, 'a0', 1)",
      clipId,
      userId,
      projectId,
      photoId,
    );
    return clipId;
  });
}
