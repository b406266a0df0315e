import type { ClipView, GenerationView } from '~/projects/views';

/** A queued generation without anything special; `given` replaces fields. */
export function generation(given: Partial<GenerationView> = {}): GenerationView {
  return {
    id: 'gen_1',
    state: 'queued',
    progress: null,
    heldBack: false,
    createdAt: 0,
    stateAt: 0,
    durationSeconds: 5,
    presetId: 'gentle',
    words: '',
    cost: 1,
    paidBy: 'credits',
    stopping: 'free',
    failureReason: null,
    videoUrl: null,
    ...given,
  };
}

/** A clip without generations; `given` replaces fields. */
export function clip(given: Partial<ClipView> = {}): ClipView {
  return {
    id: 'clp_1',
    projectId: 'prj_1',
    position: 'a0',
    version: 1,
    status: 'still',
    photo: { id: 'pho_1', url: '/photo.jpg', width: 1080, height: 1440, takenAt: null, colour: null },
    frame: { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 },
    frameOrigin: 'middle',
    presetId: 'gentle',
    words: '',
    latest: null,
    ready: null,
    approved: null,
    isLeftAsPhoto: false,
    addedAt: 0,
    keptApartAt: null,
    ...given,
  };
}
