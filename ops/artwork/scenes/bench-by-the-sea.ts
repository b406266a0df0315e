import { couple, light } from './bench-couple.ts';
import {
  glow,
  grass,
  limb,
  moved,
  outline,
  oval,
  paper,
  random,
  ridge,
  type Scene,
  shape,
  torn,
  wash,
} from './draw.ts';

const sun = { x: 812, y: 742 };

/** Two old people on a bench, seen from behind, watching the sun go into the sea. */
export const benchByTheSea: Scene = {
  name: 'bench-by-the-sea',
  draw(seconds) {
    return [
      { id: 'sky', depth: 0, body: sky() },
      { id: 'sun', depth: 0.06, body: sunBody() },
      { id: 'headland', depth: 0.16, body: headland(seconds) + gulls(seconds) },
      { id: 'sea', depth: 0.3, body: sea(seconds) },
      { id: 'dune', depth: 0.6, body: dune(seconds) },
      { id: 'bench', depth: 0.72, body: bench(seconds) },
      { id: 'grass', depth: 1, body: foreground(seconds) },
    ];
  },
};

function sky(): string {
  const clouds: readonly (readonly [number, number, number, number, string])[] = [
    [230, 250, 420, 30, '#6d8587'],
    [820, 330, 520, 34, '#8d8b84'],
    [-260, 380, 620, 40, '#8f8d86'],
    [1380, 210, 560, 36, '#6f8689'],
    [420, 470, 560, 26, '#cf9c83'],
    [980, 560, 460, 20, '#eab184'],
    [40, 610, 380, 16, '#eeb886'],
    [1500, 500, 560, 26, '#d3a085'],
  ];
  return (
    wash('bench-sky', [
      [0, '#24505d'],
      [0.2, '#3d6a72'],
      [0.36, '#9a8c83'],
      [0.46, '#e39d78'],
      [0.53, '#fbc981'],
      [0.56, '#fde0a4'],
    ]) +
    clouds
      .map(([x, y, wide, high, fill], index) => shape(cloud(index + 3, x, y, wide, high), fill, 'fill-opacity=".55"'))
      .join('')
  );
}

function cloud(seed: number, x: number, y: number, wide: number, high: number): string {
  const next = random(seed);
  const top = Array.from({ length: 9 }, (_, index): [number, number] => {
    const along = index / 8;
    return [x - wide / 2 + along * wide, y - Math.sin(along * Math.PI) * high * (0.7 + next() * 0.6)];
  });
  return outline([
    [x - wide / 2 - 60, y + 4, 1],
    ...top,
    [x + wide / 2 + 80, y + 5, 1],
    [x + wide / 4, y + high * 0.34],
    [x - wide / 4, y + high * 0.26],
  ]);
}

function sunBody(): string {
  return (
    glow('bench-halo', sun.x, sun.y, 620, [
      [0, '#fff1c4', 0.95],
      [0.18, '#ffdc95', 0.6],
      [0.5, '#ffb873', 0.22],
      [1, '#ffb873', 0],
    ]) + shape(oval(sun.x, sun.y - 26, 92, 92), '#fff3d0')
  );
}

function headland(seconds: number): string {
  const far = torn(
    21,
    '#a97f7a',
    '#e8b08c',
    (x) => 764 - 92 * Math.exp(-(((x + 240) / 420) ** 2)) - 36 * Math.exp(-(((x - 1480) / 360) ** 2)),
    3,
  );
  const lamp = 0.55 + 0.45 * Math.max(0, Math.sin(seconds * 1.3)) ** 3;
  const tower =
    shape(outline('62,694! 70,588! 96,588! 104,694!'), '#8c6569') +
    shape(outline('66,588! 66,578! 100,578! 100,588!'), '#7a555c') +
    shape(outline('72,578! 72,556! 94,556! 94,578!'), '#ffe2a0') +
    shape(outline('68,556! 83,538! 98,556!'), '#7a555c');
  const near = torn(
    25,
    '#8c6569',
    '#d79a82',
    (x) => 790 - 100 * Math.exp(-(((x - 20) / 130) ** 2)) - 176 * Math.exp(-(((x + 420) / 300) ** 2)),
    3,
  );
  return (
    far +
    glow('bench-lamp', 83, 567, 90, [
      [0, '#fff0c0', lamp],
      [0.4, '#ffd890', lamp * 0.4],
      [1, '#ffd890', 0],
    ]) +
    tower +
    near
  );
}

function sea(seconds: number): string {
  const boat = moved(
    Math.sin(seconds * 0.25) * 14,
    Math.sin(seconds * 0.9) * 1.5,
    paper(outline('286,776! 318,676! 326,776!'), '#f3c9a0', light, 0.5) +
      paper(outline('280,776! 276,704 312,676!'), '#c98f7c', light, 0.3) +
      shape(outline('262,782! 338,782! 324,800! 276,800!'), '#6b4f58'),
  );
  const rows = [
    { y: 764, fill: '#d59a78', edge: '#fbd49a', swell: 1.5 },
    { y: 806, fill: '#b98579', edge: '#e9b08a', swell: 3 },
    { y: 862, fill: '#8d7478', edge: '#cf9682', swell: 5 },
    { y: 930, fill: '#5f6670', edge: '#ae8a80', swell: 7 },
    { y: 1010, fill: '#3c545f', edge: '#7f8488', swell: 10 },
  ];
  const water = rows.map(
    ({ y, fill, edge, swell }, index) =>
      moved(
        Math.sin(seconds * 0.5 + index * 1.7) * (4 + index * 4),
        Math.sin(seconds * 0.8 + index) * 2.4,
        torn(40 + index * 3, fill, edge, (x) => y + Math.sin(x / (70 + index * 22) + index * 2) * swell, 2.5, 0.05),
      ) +
      glitter(index, y, seconds) +
      (index === 0 ? boat : ''),
  );
  return water.join('');
}

function glitter(row: number, y: number, seconds: number): string {
  const next = random(row + 90);
  let path = '';
  for (let index = 0; index < 20; index++) {
    const spread = 36 + row * 34;
    const x = sun.x + (next() + next() - 1) * spread * 2.1;
    const top = y + 8 + next() * (36 + row * 11);
    const twinkle = Math.max(0, Math.sin(seconds * (1.4 + next() * 1.8) + next() * 6.3));
    const wide = (8 + next() * 22 + row * 5) * twinkle;
    if (wide > 3) path += `${glint(x, top, wide, 1.3 + row * 0.55)}`;
  }
  return shape(path, '#ffe9b4', `fill-opacity="${(0.9 - row * 0.09).toFixed(2)}"`);
}

const glint = (x: number, y: number, half: number, thick: number) =>
  `M${(x - half).toFixed(1)} ${y.toFixed(1)}Q${x.toFixed(1)} ${(y - thick).toFixed(1)} ${(x + half).toFixed(1)} ${y.toFixed(1)}Q${x.toFixed(1)} ${(y + thick).toFixed(1)} ${(x - half).toFixed(1)} ${y.toFixed(1)}Z`;

const duneLine = (x: number) =>
  1150 +
  Math.sin((x + 200) / 420) * 26 -
  70 * Math.exp(-(((x + 520) / 380) ** 2)) -
  50 * Math.exp(-(((x - 1620) / 320) ** 2));

function dune(seconds: number): string {
  const far = (x: number) =>
    1086 - 44 * Math.exp(-(((x - 60) / 300) ** 2)) - 58 * Math.exp(-(((x - 1180) / 380) ** 2)) + Math.sin(x / 260) * 10;
  return (
    grass(61, '#3a454c', far, 62, 15, seconds * 1.5) +
    torn(62, '#323f47', '#8b7a76', far, 3) +
    grass(64, '#25323a', duneLine, 60, 13, seconds * 1.5 + 1) +
    torn(65, '#222e36', '#7d6a66', duneLine, 3)
  );
}

function bench(seconds: number): string {
  const breath = Math.sin(seconds * 1.1) * 1.5;
  const wood = '#31262a';
  const slat = (y: number, high: number) =>
    paper(
      outline(`226,${y}! 540,${y - 3} 850,${y}! 850,${y + high}! 540,${y + high - 2} 226,${y + high}!`),
      wood,
      light,
      0.9,
    );
  const leg = (x: number, lean: number) =>
    paper(limb(`${x},962,11 ${x + lean * 0.3},1080,11 ${x + lean},1196,9`), '#261d21', light, 0.8);
  const shadow = shape(oval(500, 1196, 420, 26, -1), '#0c1216', 'fill-opacity=".55"');
  const all =
    leg(278, -22) +
    leg(802, 22) +
    paper(outline('220,1112! 860,1112! 878,1140! 202,1140!'), '#2a2024', light, 0.8) +
    couple(breath) +
    slat(968, 30) +
    slat(1018, 30) +
    slat(1068, 28) +
    paper(limb('232,946,12 234,1120,12'), wood, light, 0.8) +
    paper(limb('848,946,12 846,1120,12'), wood, light, 0.8);
  return shadow + moved(-59, -119, all, 1.1);
}

function foreground(seconds: number): string {
  const line = (x: number) =>
    1330 +
    Math.sin(x / 300 + 1) * 24 -
    90 * Math.exp(-(((x - 40) / 220) ** 2)) -
    70 * Math.exp(-(((x - 1100) / 240) ** 2));
  const near = (x: number) => line(x) + 4;
  return (
    grass(71, '#151d23', line, 130, 12, seconds * 1.7) +
    shape(ridge(72, 2, near), '#131a20') +
    wash(
      'bench-dark',
      [
        [0, '#0d1216', 0],
        [1, '#0d1216', 0.75],
      ],
      1180,
      420,
    )
  );
}

function gulls(seconds: number): string {
  return [
    [250, 470, 1.1, 0],
    [330, 430, 0.8, 1.3],
    [420, 510, 0.7, 2.6],
    [-420, 420, 1, 0.5],
    [1420, 440, 0.9, 2],
  ]
    .map(([x = 0, y = 0, size = 1, phase = 0]) => {
      const flap = Math.sin(seconds * 5 + phase * 3) * 9;
      const wing = (side: 1 | -1) => limb(`0,0,2.6 ${side * 18},${-13 - flap * 0.6},3 ${side * 42},${-6 + flap},0.8`);
      return moved(
        x + seconds * 16,
        y + Math.sin(seconds * 0.9 + phase) * 8,
        shape(wing(1) + wing(-1), '#4f5c64'),
        size,
      );
    })
    .join('');
}
