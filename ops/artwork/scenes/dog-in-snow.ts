import { glow, limb, outline, oval, type Point, paper, random, type Scene, shape, torn, wash } from './draw.ts';
import { dog, light } from './snow-dog.ts';

/** A red dog in a scarf sitting in fresh snow, looking up at the flakes. */
export const dogInSnow: Scene = {
  name: 'dog-in-snow',
  draw(seconds) {
    return [
      { id: 'sky', depth: 0, body: sky() },
      { id: 'mountains', depth: 0.12, body: mountains() },
      { id: 'forest', depth: 0.3, body: forest(seconds) },
      { id: 'firs', depth: 0.5, body: firs() },
      { id: 'dog', depth: 0.7, body: field() + dog(seconds) },
      { id: 'drift', depth: 0.9, body: drift() },
      { id: 'snowfall', depth: 1, body: snow(seconds) },
    ];
  },
};

function sky(): string {
  return (
    wash('snow-sky', [
      [0, '#4c6a8c'],
      [0.2, '#7f95ae'],
      [0.38, '#c9b7bb'],
      [0.5, '#f4c9ae'],
      [0.58, '#ffdfba'],
    ]) +
    glow('snow-halo', 190, 700, 640, [
      [0, '#fff5dd', 1],
      [0.18, '#ffe8c4', 0.65],
      [0.5, '#ffcfae', 0.25],
      [1, '#ffcfae', 0],
    ]) +
    shape(oval(190, 690, 62, 62), '#fffaf0')
  );
}

function peaks(points: readonly (readonly [number, number])[]): (x: number) => number {
  return (x) => {
    for (let index = 0; index < points.length - 1; index++) {
      const [from, to] = [points[index] ?? [0, 0], points[index + 1] ?? [0, 0]];
      if (x <= to[0]) return from[1] + ((to[1] - from[1]) * (x - from[0])) / (to[0] - from[0]);
    }
    return points[points.length - 1]?.[1] ?? 0;
  };
}

function mountains(): string {
  const far = peaks([
    [-1000, 640],
    [-620, 470],
    [-380, 620],
    [-120, 540],
    [90, 690],
    [340, 600],
    [560, 470],
    [760, 610],
    [900, 540],
    [1120, 680],
    [1400, 480],
    [1700, 620],
    [2100, 520],
  ]);
  const near = peaks([
    [-1000, 720],
    [-520, 640],
    [-160, 760],
    [260, 770],
    [480, 700],
    [820, 640],
    [1080, 740],
    [1500, 650],
    [2100, 740],
  ]);
  return torn(3, '#a9b0c4', '#f6dccb', far, 4, 0.04) + torn(5, '#8a9bb5', '#d9cfd0', near, 3, 0.05);
}

function fir(x: number, foot: number, high: number, fill: string, snow: string, seed: number): string {
  const next = random(seed);
  let body = shape(limb(`${x},${foot + 10},${high * 0.03} ${x},${foot - high * 0.2},${high * 0.025}`), '#2b3346');
  for (let tier = 0; tier < 5; tier++) {
    const [top, bottom] = [foot - high * (0.34 + tier * 0.165), foot - high * (0.06 + tier * 0.165)];
    const half = high * (0.27 - tier * 0.045);
    const ragged: Point[] = Array.from(
      { length: 7 },
      (_, index): Point => [
        x + half - (index / 6) * half * 2,
        bottom + (index % 2 ? -high * 0.02 : high * 0.018) + next() * high * 0.012,
        1,
      ],
    );
    body += paper(
      outline([
        [x, top - high * 0.02, 1],
        [x + half * 0.4, top + (bottom - top) * 0.55],
        ...ragged,
        [x - half * 0.4, top + (bottom - top) * 0.55],
      ]),
      fill,
      light,
      0.45,
    );
    body += shape(
      outline(
        `${x},${top - high * 0.025}! ${x + half * 0.3},${top + (bottom - top) * 0.42} ${x + half * 0.1},${top + (bottom - top) * 0.36} ${x - half * 0.16},${top + (bottom - top) * 0.6} ${x - half * 0.4},${top + (bottom - top) * 0.52} ${x - half * 0.72},${bottom - high * 0.022} ${x - half * 0.5},${top + (bottom - top) * 0.5}`,
      ),
      snow,
    );
  }
  return body;
}

function forest(seconds: number): string {
  const next = random(12);
  const line = (x: number) => 830 + 22 * Math.sin(x / 210);
  let trees = '';
  for (let x = -880; x < 1960; x += 34 + next() * 44) {
    if (Math.abs(x - 150) < 130 || Math.abs(x - 840) < 80) continue;
    trees += fir(x, line(x) + 14, 110 + next() * 110, '#687f9e', '#b9c3d3', Math.floor(next() * 999));
  }
  const warm = 0.8 + 0.2 * Math.sin(seconds * 1.7);
  const smoke = Array.from({ length: 7 }, (_, index) => {
    const age = (index + ((seconds * 0.45) % 1)) / 7;
    return shape(
      oval(874 + age * 46 + Math.sin(age * 7 + seconds * 0.5) * 9, 724 - age * 150, 8 + age * 22, 7 + age * 15),
      '#f2dcd3',
      `fill-opacity="${(0.55 * (1 - age)).toFixed(2)}"`,
    );
  }).join('');
  const cabin =
    smoke +
    paper(outline('776,850! 776,786! 894,786! 894,850!'), '#4a4456', light, 0.6) +
    paper(outline('866,760! 866,722! 882,722! 882,770!'), '#4a4456', light, 0.4) +
    paper(outline('758,796! 834,736! 912,796! 900,800! 834,756 770,800!'), '#e6e4ea', light, 0.5) +
    glow('snow-window', 818, 818, 90, [
      [0, '#ffdf9c', warm],
      [0.35, '#ffc778', warm * 0.5],
      [1, '#ffc778', 0],
    ]) +
    shape(outline('800,802! 836,802! 836,832! 800,832!'), '#ffe3a4') +
    shape('M817 802h3v30h-3ZM800 815h36v3h-36Z', '#6b5150') +
    shape(outline('856,850! 856,806! 878,806! 878,850!'), '#33303f');
  return trees + cabin + torn(16, '#b7c4d6', '#f7e4d6', line, 3, 0.05);
}

function firs(): string {
  const line = (x: number) => 960 + 30 * Math.sin((x + 150) / 300);
  const all: readonly (readonly [number, number])[] = [
    [-640, 420],
    [-420, 520],
    [-200, 440],
    [-20, 560],
    [118, 330],
    [1000, 540],
    [904, 300],
    [1180, 460],
    [1400, 560],
    [1640, 470],
  ];
  return (
    all.map(([x, high], index) => fir(x, line(x) + 20, high, '#3f5878', '#dfe3ea', index + 30)).join('') +
    torn(22, '#cfd9e6', '#fff0e2', line, 3, 0.06) +
    shape(outline('-900,1000 -300,990 200,1010 520,1040 200,1052 -400,1040'), '#fbe3d2', 'fill-opacity=".55"')
  );
}

function field(): string {
  const line = (x: number) => 1078 + 18 * Math.sin((x + 60) / 250);
  const prints = Array.from({ length: 9 }, (_, index) =>
    shape(
      oval(
        700 + index * 62 + (index % 2) * 14,
        1228 - index * 21 + (index % 2) * 15,
        15 - index * 0.8,
        7 - index * 0.4,
        -8,
      ),
      '#9fb1c9',
    ),
  ).join('');
  return (
    torn(26, '#dde5ee', '#fff6ec', line, 4, 0.06) +
    shape(outline('-900,1150 -200,1120 300,1140 620,1190 200,1230 -500,1220'), '#fff0e2', 'fill-opacity=".6"') +
    prints +
    shape(
      outline('420,1256 560,1236 760,1246 1000,1282 1180,1316 1000,1318 700,1296 470,1284'),
      '#8fa3c0',
      'fill-opacity=".7"',
    )
  );
}

function drift(): string {
  const line = (x: number) =>
    1300 +
    22 * Math.sin((x + 260) / 230) -
    50 * Math.exp(-(((x - 1060) / 240) ** 2)) -
    34 * Math.exp(-(((x - 30) / 190) ** 2));
  const next = random(44);
  let twigs = '';
  for (const x of [62, 96, 120, 990, 1024, -420, -380, 1480, 1530])
    twigs += shape(
      limb(
        `${x},${line(x) + 30},4 ${x + (next() - 0.5) * 40},${line(x) - 60 - next() * 60},3 ${x + (next() - 0.5) * 90},${line(x) - 130 - next() * 60},1.4`,
      ),
      '#47546f',
    );
  return (
    twigs +
    torn(46, '#b4c3d8', '#fdeadb', line, 4, 0.08) +
    wash(
      'snow-dark',
      [
        [0, '#3d5577', 0],
        [1, '#33496a', 0.85],
      ],
      1270,
      330,
    )
  );
}

function snow(seconds: number): string {
  const next = random(99);
  let body = '';
  for (let index = 0; index < 230; index++) {
    const near = next() ** 2;
    const [speed, size, start] = [50 + near * 90, 2.6 + near * 8, next() * 1560];
    const y = ((start + seconds * speed) % 1560) - 50;
    const x = -760 + next() * 2600 + Math.sin(seconds * 0.8 + index) * (12 + near * 22);
    body += shape(oval(x, y, size, size), '#fffaf4', `fill-opacity="${(0.5 + near * 0.4).toFixed(2)}"`);
  }
  return body;
}
