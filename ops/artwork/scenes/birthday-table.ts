import { cake, table } from './birthday-cake.ts';
import { boy, grandfather, guests, mirrored, mother } from './birthday-family.ts';
import {
  glow,
  type Light,
  limb,
  moved,
  outline,
  oval,
  type Point,
  paper,
  random,
  type Scene,
  shape,
  turned,
  wash,
} from './draw.ts';

/** A boy about to blow out the candles, his mother behind him, his grandfather clapping. */
export const birthdayTable: Scene = {
  name: 'birthday-table',
  draw(seconds) {
    const flicker = 0.9 + 0.06 * Math.sin(seconds * 9) + 0.04 * Math.sin(seconds * 14.3 + 1);
    return [
      { id: 'wall', depth: 0.1, body: wall(flicker) },
      { id: 'bunting', depth: 0.28, body: balloons(seconds) + bunting(seconds) },
      { id: 'family', depth: 0.5, body: mother(seconds) + mirrored(grandfather(seconds)) + boy(seconds) },
      { id: 'table', depth: 0.68, body: table() },
      { id: 'cake', depth: 0.74, body: cake(seconds, flicker) },
      { id: 'guests', depth: 1, body: guests(seconds) },
      { id: 'glow', depth: 0.8, body: warmth(seconds, flicker) },
    ];
  },
};

function wall(flicker: number): string {
  const stars = random(3);
  let night = '';
  for (let index = 0; index < 26; index++)
    night += shape(
      oval(416 + stars() * 250, 276 + stars() * 200, 1.6 + stars() * 1.6, 1.6 + stars() * 1.6),
      '#ffe9c6',
      'fill-opacity=".8"',
    );
  const frame = 'M396 250H684V600H396ZM414 268V582H531V268ZM549 268V582H666V268Z';
  return (
    wash('party-wall', [
      [0, '#33263d'],
      [0.5, '#4c2f43'],
      [1, '#2c1c2b'],
    ]) +
    shape('M400 254H680V596H400Z', '#26395c') +
    shape('M400 470H680V596H400Z', '#3d4a6c', 'fill-opacity=".7"') +
    night +
    shape(oval(618, 340, 30, 30), '#fff0cc') +
    shape(oval(630, 332, 27, 27), '#26395c') +
    shape(outline('400,596! 400,560 450,540 520,566 600,536 680,566 680,596!'), '#1d2b47') +
    shape(frame, '#7a4b4c', 'fill-rule="evenodd"') +
    shape('M384 600H696V620H384Z', '#8a5652') +
    glow('party-halo', 540, 800, 900, [
      [0, '#ffc06a', 0.85 * flicker],
      [0.28, '#f79a55', 0.46 * flicker],
      [0.62, '#c9624f', 0.16],
      [1, '#c9624f', 0],
    ])
  );
}

function bunting(seconds: number): string {
  const colours = ['#d9605a', '#f0b25c', '#6f8f8e', '#e8d3b2', '#c07a86'];
  const hung: readonly (readonly [number, number])[] = [
    [-780, 60],
    [-330, 190],
    [120, 110],
    [560, 70],
    [990, 130],
    [1440, 190],
    [1860, 60],
  ];
  let body = '';
  for (let span = 0; span < hung.length - 1; span++) {
    const [from, to] = [hung[span] ?? [0, 0], hung[span + 1] ?? [0, 0]];
    const at = (along: number): Point => [
      from[0] + (to[0] - from[0]) * along,
      from[1] + (to[1] - from[1]) * along + Math.sin(along * Math.PI) * 96,
    ];
    for (let flag = 0; flag < 6; flag++) {
      const [x, y] = at((flag + 0.5) / 6);
      const [left, right] = [at((flag + 0.1) / 6), at((flag + 0.9) / 6)];
      const fill = colours[(flag + span * 2) % colours.length] ?? '#fff';
      body += turned(
        Math.sin(seconds * 1.1 + flag + span) * 4,
        x,
        y,
        paper(
          outline(`${left[0]},${left[1]}! ${right[0]},${right[1]}! ${x},${y + 84}!`),
          fill,
          { x: 0, y: 2.4, edge: '#ffd9a0' },
          0.9,
        ),
      );
    }
    body += `<path d="${outline([0, 0.25, 0.5, 0.75, 1].map(at), false)}" fill="none" stroke="#f3dcb4" stroke-width="3"/>`;
  }
  return body;
}

function balloons(seconds: number): string {
  const all: readonly (readonly [number, number, string, number])[] = [
    [120, 360, '#b5524f', 1],
    [30, 450, '#5f7f80', 0.86],
    [210, 440, '#d79a4f', 0.72],
    [950, 350, '#6a8583', 1],
    [1046, 440, '#c5685f', 0.9],
    [868, 430, '#cf8f90', 0.7],
    [-420, 430, '#b5524f', 1],
    [-520, 520, '#d79a4f', 0.8],
    [1500, 420, '#d79a4f', 1],
    [1600, 520, '#6a8583', 0.8],
  ];
  return all
    .map(([x, y, fill, size], index) => {
      const bob = Math.sin(seconds * 0.9 + index * 1.3) * 8;
      const lit: Light = x < 540 ? { x: 3, y: 2.6, edge: '#ffc98a' } : { x: -3, y: 2.6, edge: '#ffc98a' };
      return moved(
        x,
        y + bob,
        shape(limb('0,90,1.4 10,190,1.4 -8,300,1.4 4,420,1.2'), '#e9c79c', 'fill-opacity=".6"') +
          paper(outline('0,-92 56,-64 72,-4 44,58 8,86 -8,86 -44,58 -72,-4 -56,-64'), fill, lit) +
          shape(outline('-11,98! 0,84! 11,98!'), fill) +
          shape(oval(x < 540 ? 34 : -34, -30, 9, 20, x < 540 ? -24 : 24), '#fff', 'fill-opacity=".2"'),
        size,
      );
    })
    .join('');
}

function warmth(seconds: number, flicker: number): string {
  const next = random(17);
  let body = glow('party-bloom', 540, 740, 520, [
    [0, '#ffd487', 0.34 * flicker],
    [0.5, '#ffb45e', 0.12 * flicker],
    [1, '#ffb45e', 0],
  ]);
  for (let index = 0; index < 44; index++) {
    const [speed, start, size] = [22 + next() * 26, next() * 1200, 5 + next() * 6];
    const y = (start + seconds * speed) % 1200;
    const x = -700 + next() * 2440 + Math.sin(seconds + index) * 24;
    body += turned(
      seconds * 80 + index * 40,
      x,
      y,
      shape(
        `M${x - size} ${y - size * 0.5}h${size * 2}v${size}h${-size * 2}Z`,
        ['#f0b25c', '#d9605a', '#84a5a3', '#f3dcb4'][index % 4] ?? '#fff',
        'fill-opacity=".8"',
      ),
    );
  }
  return body;
}
