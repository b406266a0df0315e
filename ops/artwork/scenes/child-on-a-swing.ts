import {
  glow,
  grass,
  limb,
  outline,
  oval,
  type Point,
  paper,
  random,
  ridge,
  type Scene,
  shape,
  torn,
  turned,
  wash,
} from './draw.ts';
import { girl, hook, light } from './swing-girl.ts';

const sun = { x: 800, y: 640 };

/** A girl on a swing under an old tree, at the top of her flight, over a meadow at dusk. */
export const childOnASwing: Scene = {
  name: 'child-on-a-swing',
  draw(seconds) {
    const swing = -9 + Math.sin(seconds * 1.55 + 2.95) * 11;
    return [
      { id: 'sky', depth: 0, body: sky() },
      { id: 'hills', depth: 0.2, body: hills() },
      { id: 'meadow', depth: 0.45, body: meadow(seconds, swing) },
      { id: 'swing', depth: 0.7, body: turned(swing, hook.x, hook.y, girl(seconds)) },
      { id: 'tree', depth: 0.78, body: tree(seconds) },
      { id: 'grass', depth: 1, body: near(seconds) },
    ];
  },
};

function sky(): string {
  return (
    wash('swing-sky', [
      [0, '#6d4a5e'],
      [0.16, '#a9636a'],
      [0.32, '#e08d6d'],
      [0.46, '#fbbf78'],
      [0.54, '#ffe0a0'],
    ]) +
    glow('swing-halo', sun.x, sun.y, 720, [
      [0, '#fff6d2', 1],
      [0.14, '#ffe7ab', 0.75],
      [0.45, '#ffc67d', 0.3],
      [1, '#ffb070', 0],
    ]) +
    shape(oval(sun.x, sun.y, 84, 84), '#fff7dc')
  );
}

function hills(): string {
  return (
    torn(3, '#e39a72', '#ffd79a', (x) => 742 - 60 * Math.sin((x + 300) / 380) - 30 * Math.sin(x / 170), 3, 0.05) +
    woods(7, '#b9706a', (x) => 800 - 46 * Math.sin((x - 200) / 300), 34) +
    torn(9, '#b9706a', '#eeaa80', (x) => 812 - 46 * Math.sin((x - 200) / 300), 3, 0.05) +
    torn(12, '#93575f', '#d78c72', (x) => 900 + 40 * Math.sin((x + 90) / 340), 3, 0.07)
  );
}

function woods(seed: number, fill: string, line: (x: number) => number, size: number): string {
  const next = random(seed);
  let path = '';
  for (let x = -900; x < 1980; x += size * (0.6 + next())) {
    if (Math.sin(x / 240) + next() * 0.8 > 0.35)
      path += oval(x, line(x) - size * 0.4, size * (0.5 + next() * 0.5), size * (0.7 + next() * 0.7));
  }
  return shape(path, fill);
}

const ground = (x: number) =>
  1092 +
  26 * Math.sin((x + 200) / 360) -
  60 * Math.exp(-(((x + 500) / 420) ** 2)) -
  40 * Math.exp(-(((x - 1600) / 420) ** 2));

function meadow(seconds: number, swing: number): string {
  const under = hook.x - Math.sin((swing * Math.PI) / 180) * 900;
  return (
    grass(31, '#744453', (x) => ground(x) - 66, 54, 15, seconds * 1.4) +
    torn(32, '#6b4050', '#bb7868', (x) => ground(x) - 66, 3) +
    flowers(33, (x) => ground(x) - 40, ['#f0a06e', '#ffd28a', '#d8727a'], seconds, 9) +
    grass(35, '#4d3040', (x) => ground(x) + 40, 70, 12, seconds * 1.4 + 2) +
    torn(36, '#472c3c', '#8e5a5c', (x) => ground(x) + 40, 3) +
    shape(oval(under + 40, 1196, 170, 20, -1), '#24141f', 'fill-opacity=".5"')
  );
}

function flowers(
  seed: number,
  line: (x: number) => number,
  colours: readonly string[],
  seconds: number,
  size: number,
): string {
  const next = random(seed);
  let body = '';
  for (let x = -880; x < 1960; x += 26 + next() * 60) {
    const [high, colour, big] = [
      24 + next() * 70,
      colours[Math.floor(next() * colours.length)] ?? '#fff',
      size * (0.5 + next() * 0.6),
    ];
    const sway = Math.sin(seconds * 1.4 + x / 90) * 5;
    const [top, foot] = [line(x) - high + 30, line(x) + 40];
    body +=
      shape(limb(`${x},${foot},1.6 ${x + 3 + sway * 0.4},${(top + foot) / 2},1.5 ${x + sway},${top},1.2`), '#4a2f3d') +
      shape(oval(x + sway, top, big, big * 0.8, next() * 40), colour);
  }
  return body;
}

function tree(seconds: number): string {
  const bark = '#38212c';
  const trunk = paper(
    outline(
      '-150,1230! -60,1160 -20,1000 -30,700 -60,400 -70,-80! 120,-80! 110,60 128,140 108,420 110,760 128,1010 176,1150 270,1226!',
    ),
    bark,
    light,
    1.2,
  );
  const branch = paper(limb('60,250,66 200,150,46 360,104,34 540,88,27 760,60,18 980,70,9 1090,50,4'), bark, light, 1);
  const joint = outline('-60,420! 104,420! 112,330 170,240 230,190 200,120 60,120 -60,200');
  const twig = paper(limb('640,76,14 740,130,9 850,150,3'), bark, light, 0.8);
  const leaves = (seed: number, fill: string, spots: readonly Point[]) =>
    spots
      .map(([x, y], index) =>
        turned(Math.sin(seconds * 0.9 + x / 200 + index) * 1.4, x, 0, clump(seed + index, x, y, fill)),
      )
      .join('');
  return (
    leaves(50, '#7c3f4a', [
      [250, 60],
      [560, 10],
      [900, 40],
      [1160, 30],
      [-260, 90],
      [-560, 30],
      [1420, -30],
    ]) +
    trunk +
    branch +
    shape(joint, bark) +
    twig +
    shape(limb(`${hook.x - 14},${hook.y - 6},5 ${hook.x + 22},${hook.y - 8},5`), '#6b4444') +
    leaves(70, '#552c3c', [
      [40, 60],
      [380, 0],
      [720, 10],
      [880, 140],
      [1040, 60],
      [-160, 160],
      [-420, 60],
      [-700, 20],
      [1300, 20],
      [170, 10],
    ]) +
    leaves(90, '#3b1f2e', [
      [-60, 30],
      [220, -10],
      [560, -30],
      [980, -20],
      [-320, 0],
      [-600, -40],
      [1260, -60],
    ])
  );
}

function clump(seed: number, x: number, y: number, fill: string): string {
  const next = random(seed);
  let path = '';
  for (let index = 0; index < 62; index++) {
    const [angle, far] = [next() * Math.PI * 2, Math.sqrt(next())];
    const [leafX, leafY] = [x + Math.cos(angle) * far * 190, y + Math.sin(angle) * far * 84];
    path += leaf(leafX, leafY, 32 + next() * 26, 40 + next() * 100);
  }
  return shape(path, light.edge, 'fill-opacity=".5" transform="translate(2.4 -2)"') + shape(path, fill);
}

function leaf(x: number, y: number, long: number, degrees: number): string {
  const turn = (degrees * Math.PI) / 180;
  const [dx, dy] = [Math.cos(turn) * long, Math.sin(turn) * long];
  return outline(
    `${x - dx / 2},${y - dy / 2}! ${x - dy * 0.26},${y + dx * 0.26} ${x + dx / 2},${y + dy / 2}! ${x + dy * 0.26},${y - dx * 0.26}`,
  );
}

function near(seconds: number): string {
  const line = (x: number) =>
    1320 + 30 * Math.sin(x / 260) - 80 * Math.exp(-(((x - 30) / 200) ** 2)) - 60 * Math.exp(-(((x - 1080) / 230) ** 2));
  return (
    flowers(96, (x) => line(x) - 90, ['#e58a5e', '#c4545f', '#f0b768'], seconds, 14) +
    grass(97, '#25151f', line, 140, 12, seconds * 1.7) +
    shape(
      ridge(98, 2, (x) => line(x) + 6),
      '#22131d',
    ) +
    wash(
      'swing-dark',
      [
        [0, '#190d15', 0],
        [1, '#190d15', 0.8],
      ],
      1160,
      440,
    )
  );
}
