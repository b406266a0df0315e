import type { Frame, Shape } from '~/photos/frame';
import type { CancelOutcome } from '~/providers/video-provider';

/** How little each outcome promises: from 0, nothing is left at the provider, to 4, unknown. */
const promises: Readonly<Record<CancelOutcome, number>> = {
  canceled: 0,
  forgotten: 0,
  gone: 0,
  requested: 1,
  'too-late': 2,
  unsupported: 3,
  unreachable: 4,
};

/** Of two outcomes of asking a provider to forget, the one that promises less. */
export function lesserPromise(one: CancelOutcome | undefined, other: CancelOutcome): CancelOutcome {
  return one === undefined || promises[other] > promises[one] ? other : one;
}

/** A provider's public name, and what it says about the pictures it was given. */
interface Service {
  name: string;
  /** The sentence once it has confirmed a deletion; null where it cannot be asked for one. */
  deleted: string | null;
  /** The sentence where its copy cannot be deleted on demand. */
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

/** A photo's one handover to a provider. Times in ms since 1970. */
export interface Handover {
  generationId: string;
  /** The provider's public name. */
  service: string;
  sentAt: number;
  /** When the provider answered about its copy, or null. */
  endedAt: number | null;
  /** The part of the photo that was handed over. */
  framed: { shape: Shape; frame: Frame };
  /**
   * `open`: not answered yet. `deleted`: the provider has deleted its copy. `kept`: its copy cannot be deleted on demand.
   * `never`: the provider neither fetched the photo nor accepted the submit.
   */
  end: 'open' | 'deleted' | 'kept' | 'never';
  /** The end as a sentence. */
  text: string;
}

/** An admin's access to the photo or a clip of it, with its reason. `at` in ms since 1970. */
interface MediaAccess {
  at: number;
  what: 'photo' | 'clip';
  reason: string;
}

/** The privacy log of a photo: its handovers to providers and admins' accesses, each newest first. */
export interface PhotoLog {
  handovers: Handover[];
  openings: MediaAccess[];
}

/** What the database holds about one generation's handover. */
export interface HandoverFacts extends Pick<Handover, 'framed'> {
  generationId: string;
  provider: string;
  isUnderWay: boolean;
  isCleanedUp: boolean;
  sentAt: number | null;
  /** Whether the provider accepted the submit. */
  wasTaken: boolean;
  /** Whether the photo left Echoes: it was fetched, or the request held it. */
  hasLeft: boolean;
  forgotten: { at: number; outcome: string } | null;
}

/** A generation's handover in plain words; null where no attempt was sent. */
export function handover(facts: HandoverFacts): Handover | null {
  const { generationId, provider, isUnderWay, isCleanedUp, sentAt, wasTaken, hasLeft, forgotten, framed } = facts;
  if (sentAt === null) return null;
  const { name, deleted, otherwise } = serviceOf(provider);
  const told = (end: Handover['end'], text: string, endedAt: number | null = null): Handover => ({
    ...{ generationId, service: name, sentAt, framed },
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
