/** A way to move that a person picks. `prompt` goes to the provider, the rest to the person's page. */
export interface Preset {
  id: string;
  name: string;
  /** One line that tells a person what the clip will show. */
  description: string;
  prompt: string;
  /** On offer. One that is off stays in the list, since generations refer to it by its id. */
  on: boolean;
}

/** Most characters of each text of a preset, and the most presets. */
export const presetLimits = { name: 40, description: 120, prompt: 400 } as const;
export const mostPresets = 40;

/**
 * The presets until an admin changes the setting `presets`. The first one that is on is selected until the person picks
 * another.
 */
export const firstPresets: Preset[] = [
  {
    id: 'gentle',
    name: 'Gentle',
    description: 'People breathe and blink, the camera comes a little closer.',
    prompt: 'The people breathe, blink and shift very slightly, calm and natural. The camera pushes in slowly.',
    on: true,
  },
  {
    id: 'still-faces',
    name: 'Faces still, camera moves',
    description: 'Nobody changes. Only the camera glides through the picture.',
    prompt:
      'Everybody keeps exactly the same face and pose, as in a photograph. Only the camera moves: it glides slowly, a pan right with soft parallax.',
    on: true,
  },
  {
    id: 'small-smile',
    name: 'A small smile',
    description: 'A look into the camera and the beginning of a smile.',
    prompt:
      'The people look towards the camera and begin to smile a little, warm and unhurried. The camera holds almost still, a slow drift.',
    on: true,
  },
  {
    id: 'wind-and-light',
    name: 'Wind and light',
    description: 'Hair, leaves and water move, light wanders over the scene.',
    prompt:
      'A light wind moves hair, clothes, leaves and water; soft light wanders across the scene. The people stay as they are. The camera tilts up slowly.',
    on: true,
  },
  {
    id: 'that-moment',
    name: 'That moment, going on',
    description: 'What they were doing goes on for a few seconds.',
    prompt:
      'The moment of the photograph goes on naturally for a few seconds: the people continue what they are doing, with small true movements. The camera pans left slowly.',
    on: true,
  },
  {
    id: 'step-back',
    name: 'Step back',
    description: 'The camera moves away and shows the whole place.',
    prompt:
      'The camera pulls out slowly and reveals the whole place. The people move only slightly, breathing and blinking.',
    on: true,
  },
];
