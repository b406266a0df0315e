/** A way to move, written for family photos. `prompt` goes to the provider, the rest to the person. */
export interface Preset {
  id: string;
  name: string;
  /** One line that says what will be seen. */
  description: string;
  prompt: string;
}

/** The six ways to move, in the order they are offered; the first one is chosen until the person chooses. */
export const presets = [
  {
    id: 'gentle',
    name: 'Gentle',
    description: 'People breathe and blink, the camera comes a little closer.',
    prompt: 'The people breathe, blink and shift very slightly, calm and natural. The camera pushes in slowly.',
  },
  {
    id: 'still-faces',
    name: 'Faces still, camera moves',
    description: 'Nobody changes. Only the camera glides through the picture.',
    prompt:
      'Everybody keeps exactly the same face and pose, as in a photograph. Only the camera moves: it glides slowly, a pan right with soft parallax.',
  },
  {
    id: 'small-smile',
    name: 'A small smile',
    description: 'A look into the camera and the beginning of a smile.',
    prompt:
      'The people look towards the camera and begin to smile a little, warm and unhurried. The camera holds almost still, a slow drift.',
  },
  {
    id: 'wind-and-light',
    name: 'Wind and light',
    description: 'Hair, leaves and water move, light wanders over the scene.',
    prompt:
      'A light wind moves hair, clothes, leaves and water; soft light wanders across the scene. The people stay as they are. The camera tilts up slowly.',
  },
  {
    id: 'that-moment',
    name: 'That moment, going on',
    description: 'What they were doing goes on for a few seconds.',
    prompt:
      'The moment of the photograph goes on naturally for a few seconds: the people continue what they are doing, with small true movements. The camera pans left slowly.',
  },
  {
    id: 'step-back',
    name: 'Step back',
    description: 'The camera moves away and shows the whole place.',
    prompt:
      'The camera pulls out slowly and reveals the whole place. The people move only slightly, breathing and blinking.',
  },
] as const satisfies readonly Preset[];

export type PresetId = (typeof presets)[number]['id'];

/** The preset with this id, or null. */
export function findPreset(id: string): Preset | null {
  return presets.find((preset) => preset.id === id) ?? null;
}

/** Most characters a person may write in their own words. */
export const maxWordsLength = 500;
