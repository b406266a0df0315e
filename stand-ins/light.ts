/** The light at one moment: a gain for each column of the picture, and a shift of colour in levels. */
export type Light = { gains: Float32Array; warmth: number };

/**
 * The light at `seconds` of a clip: brightness varies by two per cent, the colour shifts between warm and cool, and one
 * soft beam crosses the picture during the clip.
 */
export function lightAt(seconds: number, progress: number, width: number): Light {
  const breath = 1 + 0.02 * Math.sin((2 * Math.PI * seconds) / 4.2);
  const beam = -0.2 + 1.4 * progress;
  const gains = new Float32Array(width);
  for (let x = 0; x < width; x += 1) {
    const away = (x / width - beam) / 0.28;
    gains[x] = breath + 0.05 * Math.exp(-away * away);
  }
  return { gains, warmth: 1.6 * Math.sin((2 * Math.PI * seconds) / 5.6) };
}
