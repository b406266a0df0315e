/**
 * The three tunes, written down. A line is bars divided by `|`, a note is `pitch/beats`, `-` is a rest.
 * A chord is its bass, then its notes from low to high.
 */
import type { Note } from './instruments.ts';

type Style = 'evening' | 'sunday' | 'letters';

export type Tune = {
  id: string;
  style: Style;
  beatsPerMinute: number;
  beatsPerBar: number;
  melody: string;
  chords: string;
};

export const tunes: readonly Tune[] = [
  {
    id: 'evening-light',
    style: 'evening',
    beatsPerMinute: 72,
    beatsPerBar: 4,
    melody: `-/1 F#5/1 A5/2 | E5/3 C#5/1 | D5/2 F#5/1 E5/1 | C#5/3 -/1 | B4/1 D5/1 F#5/2 | A5/2 F#5/1 E5/1 | G5/1.5 F#5/.5 E5/1 D5/1 | E5/3 -/1 |
      D5/1 G5/1 B5/2 | A5/2 E5/1 C#5/1 | C#5/1 E5/1 A5/2 | F#5/3 -/1 | A5/1.5 G5/.5 F#5/1 D5/1 | B4/1 D5/1 G5/2 | E5/2 D5/1 E5/1 | C#5/3 -/1 |
      -/1 F#5/1 A5/2 | C#6/1 B5/1 A5/2 | D6/2 A5/1 F#5/1 | E5/3 -/1 | D5/1 B4/1 G5/2 | F#5/2 E5/1 D5/1 | E5/1 F#5/1 G5/1 E5/1 | D5/2 C#5/2`,
    chords: `D2 A3 C#4 F#4 | C#3 A3 C#4 E4 | B2 A3 D4 F#4 | F#2 A3 C#4 E4 | G2 B3 D4 F#4 | F#2 A3 D4 F#4 | E2 G3 B3 D4 | A2 A3 D4 E4 |
      G2 B3 D4 F#4 | A2 A3 C#4 E4 | F#2 A3 C#4 E4 | B2 A3 D4 F#4 | G2 B3 D4 A4 | E2 G3 B3 D4 | A2 G3 D4 E4 | A2 G3 C#4 E4 |
      D2 A3 C#4 F#4 | C#3 A3 C#4 E4 | B2 A3 D4 F#4 | F#2 A3 C#4 E4 | G2 B3 D4 G4 | F#2 A3 D4 F#4 | E2 G3 B3 D4 | A2 G3 C#4 E4`,
  },
  {
    id: 'sunday',
    style: 'sunday',
    beatsPerMinute: 92,
    beatsPerBar: 4,
    melody: `D5/1 B4/.5 D5/.5 G5/2 | F#5/.5 E5/.5 D5/1 B4/2 | C5/1 E5/.5 G5/.5 E5/2 | D5/1.5 C5/.5 A4/2 | B4/1 D5/.5 G5/.5 D5/2 | E5/.5 D5/.5 B4/1 G4/2 | A4/1 C5/.5 E5/.5 D5/1 C5/1 | A4/1 F#4/1 D5/2 |
      D5/1 B4/.5 D5/.5 G5/2 | F#5/1 D5/1 B4/2 | G5/.5 F#5/.5 E5/1 D5/2 | A4/1 D5/.5 E5/.5 F#5/2 | G5/1 E5/.5 C5/.5 E5/2 | D5/1 B4/.5 G4/.5 B4/2 | C5/1 B4/.5 A4/.5 F#4/1 A4/1 | G4/3 -/1 |
      -/.5 B4/.5 E5/1 G5/2 | F#5/1 D5/1 B4/2 | -/.5 C5/.5 E5/1 G5/2 | D5/3 -/1 | -/.5 A4/.5 C5/1 E5/2 | G5/1 E5/1 C5/2 | -/.5 D5/.5 F#5/1 A5/1 F#5/1 | E5/.5 D5/.5 C5/1 A4/2 |
      D5/1 B4/.5 D5/.5 G5/2 | F#5/.5 E5/.5 D5/1 B4/2 | C5/1 E5/.5 G5/.5 E5/2 | D5/1.5 C5/.5 A4/2 | B4/1 D5/.5 G5/.5 D5/2 | E5/1 G5/.5 E5/.5 C5/2 | C5/1 B4/.5 A4/.5 C5/1 E5/1 | D5/2 C5/1 A4/1`,
    chords: `G2 D3 G3 B3 | E2 D3 G3 B3 | C3 E3 G3 C4 | D3 F#3 A3 D4 | B2 D3 G3 B3 | E2 D3 G3 B3 | A2 E3 G3 C4 | D3 F#3 A3 C4 |
      G2 D3 G3 B3 | B2 D3 F#3 A3 | E2 D3 G3 B3 | D3 F#3 A3 D4 | C3 E3 G3 C4 | B2 D3 G3 B3 | D3 E3 F#3 C4 | G2 D3 G3 B3 |
      E2 E3 G3 B3 | B2 D3 F#3 B3 | C3 E3 G3 B3 | G2 D3 G3 B3 | A2 E3 G3 C4 | C3 E3 G3 C4 | D3 F#3 A3 D4 | D3 F#3 A3 C4 |
      G2 D3 G3 B3 | E2 D3 G3 B3 | C3 E3 G3 C4 | D3 F#3 A3 D4 | B2 D3 G3 B3 | C3 E3 G3 C4 | A2 E3 G3 C4 | D3 F#3 A3 C4`,
  },
  {
    id: 'letters',
    style: 'letters',
    beatsPerMinute: 84,
    beatsPerBar: 3,
    melody: `E5/2 A5/1 | G5/2 E5/1 | F5/1 E5/1 C5/1 | G4/2 C5/1 | D5/1 F5/1 A5/1 | E5/2 C5/1 | B4/2 A4/1 | G#4/2 B4/1 |
      E5/2 A5/1 | C6/2 B5/1 | A5/1 G5/1 F5/1 | E5/2 G5/1 | F5/1 E5/1 D5/1 | B4/1 D5/1 F5/1 | E5/2 D5/1 | B4/2 -/1 |
      A4/1 C5/1 F5/1 | D5/2 B4/1 | G5/2 E5/1 | C5/2 -/1 | A5/2 G5/1 | F5/1 D5/1 G5/1 | E5/1 B4/1 D5/1 | C5/2 -/1 |
      F5/2 A5/1 | G5/1 E5/1 D5/1 | F5/1 D5/1 C5/1 | E5/2 C5/1 | D5/1 C5/1 A4/1 | E5/2 C5/1 | B4/2 A4/1 | G#4/2 -/1`,
    chords: `A2 A3 C4 E4 | G2 A3 C4 E4 | F2 A3 C4 E4 | E2 G3 C4 E4 | D2 A3 C4 F4 | C3 A3 C4 E4 | E2 A3 B3 D4 | E2 G#3 B3 D4 |
      A2 A3 C4 E4 | G2 A3 C4 E4 | F2 A3 C4 E4 | E2 G3 C4 E4 | D2 A3 C4 F4 | G2 G3 B3 F4 | C3 G3 C4 E4 | E2 G#3 B3 D4 |
      F2 A3 C4 F4 | G2 G3 B3 D4 | E2 G3 C4 E4 | A2 A3 C4 E4 | F2 A3 C4 F4 | G2 G3 B3 D4 | G#2 G#3 B3 E4 | A2 A3 C4 E4 |
      F2 A3 C4 F4 | E2 G3 B3 D4 | D2 A3 C4 F4 | C3 G3 C4 E4 | D2 A3 C4 F4 | E2 A3 C4 E4 | E2 A3 B3 D4 | E2 G#3 B3 D4`,
  },
];

/** A note of a line before it is played: in beats from the start of the tune. */
export type Written = Pick<Note, 'pitch'> & { beat: number; beats: number };

/** The melody as notes. Throws where a bar has too many or too few beats. */
export function readMelody({ id, melody, beatsPerBar }: Tune): readonly Written[] {
  return melody.split('|').flatMap((bar, index) => {
    let beat = index * beatsPerBar;
    const notes = bar
      .trim()
      .split(/\s+/)
      .flatMap((word) => {
        const [name = '', length = ''] = word.split('/');
        const beats = Number(length);
        const written = name === '-' ? [] : [{ pitch: midi(name), beat, beats }];
        beat += beats;
        return written;
      });
    if (beat !== (index + 1) * beatsPerBar) throw new Error(`Bar ${index + 1} of ${id} has the wrong length`);
    return notes;
  });
}

/** The chords as pitches, one chord a bar, bass first. */
export function readChords({ chords }: Tune): readonly (readonly number[])[] {
  return chords.split('|').map((bar) => bar.trim().split(/\s+/).map(midi));
}

function midi(name: string): number {
  const steps = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
  const [, letter = '', sharp = '', octave = ''] = /^([A-G])(#?)(\d)$/.exec(name) ?? [];
  const step = steps[letter as keyof typeof steps];
  if (step === undefined) throw new Error(`${name} is not a note`);
  return 12 * (Number(octave) + 1) + step + (sharp ? 1 : 0);
}
