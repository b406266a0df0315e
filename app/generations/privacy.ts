import type { CancelOutcome } from '~/providers/video-provider';

/** From "nothing is left there" to "we do not know". */
const promises: Readonly<Record<CancelOutcome, number>> = {
  canceled: 0,
  forgotten: 0,
  gone: 0,
  requested: 1,
  'too-late': 2,
  unsupported: 3,
  unreachable: 4,
};

/** Of two answers to being asked to forget, the one that promises less. */
export function lesserPromise(one: CancelOutcome | undefined, other: CancelOutcome): CancelOutcome {
  return one === undefined || promises[other] > promises[one] ? other : one;
}

/** What a film service is called in public, and what it says about what it was given. */
interface Service {
  name: string;
  /** What it has done once it has confirmed a deletion; null where it cannot be asked for one. */
  deleted: string | null;
  /** What becomes of its copy where nobody can have it deleted. */
  otherwise: string;
}

const services: Readonly<Record<string, Service>> = {
  runway: {
    name: 'Runway',
    deleted: 'Runway has deleted its copy.',
    otherwise: 'Runway could not be asked to delete its copy. Its links to the clip end within two days.',
  },
  luma: {
    name: 'Luma',
    deleted: 'Luma has deleted its record of it.',
    otherwise: 'Luma could not be asked to delete its copy, and does not say how long it keeps one.',
  },
  fal: {
    name: 'fal',
    deleted: null,
    otherwise: 'fal cannot be asked to delete at once. We told it to keep nothing for longer than a day.',
  },
  replicate: {
    name: 'Replicate',
    deleted: null,
    otherwise: 'Replicate deletes pictures and clips by itself after an hour.',
  },
  veo: {
    name: 'Google Veo',
    deleted: null,
    otherwise: 'Google Veo cannot be asked to delete at once. It keeps the clip for two days.',
  },
};

/** One time that a photo left Echoes for a film service. Times in ms since 1970. */
export interface Handover {
  generationId: string;
  /** Its public name. */
  service: string;
  sentAt: number;
  /** When it told what became of its copy, or null. */
  endedAt: number | null;
  /**
   * `open`: not told yet. `deleted`: it has deleted its copy. `kept`: nobody can have it deleted at once. `never`: it was
   * asked for a clip, and neither fetched the photo nor said that it has it.
   */
  end: 'open' | 'deleted' | 'kept' | 'never';
  /** What became of its copy, as a sentence. */
  text: string;
}

/** One time that somebody at Echoes opened this photo or a clip of it, and why. `at` in ms since 1970. */
interface Opening {
  at: number;
  what: 'photo' | 'clip';
  reason: string;
}

/** Where a photo went: to which film services, and who at Echoes looked at it; each newest first. */
export interface PhotoLog {
  handovers: Handover[];
  openings: Opening[];
}

/** What is known of a try's way to its film service and back. */
export interface HandoverFacts {
  generationId: string;
  provider: string;
  isUnderWay: boolean;
  isCleanedUp: boolean;
  sentAt: number | null;
  /** Whether the service ever said that it has it. */
  wasTaken: boolean;
  /** Whether the photo left: it was fetched, or travelled with the request. */
  hasLeft: boolean;
  forgotten: { at: number; outcome: string } | null;
}

/** A try's handover in plain words; null where its photo never left. */
export function handover(facts: HandoverFacts): Handover | null {
  const { generationId, provider, isUnderWay, isCleanedUp, sentAt, wasTaken, hasLeft, forgotten } = facts;
  if (sentAt === null) return null;
  const { name, deleted, otherwise } = serviceOf(provider);
  const told = (end: Handover['end'], text: string, endedAt: number | null = null): Handover => ({
    ...{ generationId, service: name, sentAt },
    ...{ end, text, endedAt },
  });
  if (isUnderWay)
    return told(
      'open',
      `${name} has it until the clip is made.${deleted === null ? '' : ' Then we have it deleted there.'}`,
    );
  if (forgotten) {
    const outcome = forgotten.outcome as CancelOutcome;
    return deleted !== null && promises[outcome] === 0
      ? told('deleted', deleted, forgotten.at)
      : told('kept', otherwise, forgotten.at);
  }
  if (!isCleanedUp && deleted !== null) return told('open', `${name} is being asked to delete its copy.`);
  if (wasTaken) return told('kept', otherwise);
  return hasLeft
    ? told('kept', `${name} did not confirm that it took it. ${otherwise}`)
    : told('never', `${name} never said that it took it, and we did not see it fetch the photo.`);
}

function serviceOf(provider: string): Service {
  const known = Object.hasOwn(services, provider) ? services[provider] : undefined;
  return known ?? { name: 'A film service', deleted: null, otherwise: 'It does not say how long it keeps its copy.' };
}
