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
  turned,
  wash,
} from './draw.ts';
import { couple, light } from './wedding-couple.ts';

const hung = [
  [-880, 200],
  [610, 312],
  [872, 446],
  [1900, 190],
] as const;

/** A bride and a groom kissing under a blossoming tree hung with lights. */
export const weddingKiss: Scene = {
  name: 'wedding-kiss',
  draw(seconds) {
    return [
      { id: 'sky', depth: 0, body: sky() },
      { id: 'hills', depth: 0.18, body: hills() },
      { id: 'tree', depth: 0.42, body: tree(seconds) },
      { id: 'lights', depth: 0.52, body: lights(seconds) },
      { id: 'couple', depth: 0.7, body: lawn(seconds) + couple(seconds) },
      { id: 'petals', depth: 0.85, body: petals(seconds) },
      { id: 'grass', depth: 1, body: near(seconds) },
    ];
  },
};

function sky(): string {
  return (
    wash('wedding-sky', [
      [0, '#3d3552'],
      [0.22, '#6b4c68'],
      [0.4, '#b86f78'],
      [0.53, '#f0a283'],
      [0.6, '#ffd0a0'],
    ]) +
    glow('wedding-halo', 210, 860, 700, [
      [0, '#fff0d0', 0.95],
      [0.2, '#ffdcab', 0.6],
      [0.5, '#ffb08a', 0.25],
      [1, '#ffb08a', 0],
    ]) +
    shape(oval(210, 846, 66, 66), '#fff3da')
  );
}

function hills(): string {
  return (
    torn(4, '#d28a80', '#ffc8a2', (x) => 876 - 50 * Math.sin((x + 500) / 330) - 20 * Math.sin(x / 120), 3, 0.04) +
    torn(6, '#a56a74', '#e6a08e', (x) => 940 + 34 * Math.sin((x + 100) / 280), 3, 0.05) +
    poplars(8, '#7d5266', (x) => 980 + 26 * Math.sin(x / 260)) +
    torn(11, '#7d5266', '#c38385', (x) => 980 + 26 * Math.sin(x / 260), 3, 0.06)
  );
}

function poplars(seed: number, fill: string, line: (x: number) => number): string {
  const next = random(seed);
  let path = '';
  for (let x = -860; x < 1960; x += 40 + next() * 190) {
    const [wide, high] = [14 + next() * 14, 90 + next() * 120];
    path += outline(
      `${x - wide},${line(x) + 14} ${x - wide * 0.9},${line(x) - high * 0.5} ${x},${line(x) - high}! ${x + wide * 0.9},${line(x) - high * 0.5} ${x + wide},${line(x) + 14}`,
    );
  }
  return shape(path, fill);
}

function tree(seconds: number): string {
  const bark = '#3f2b40';
  const trunk = limb('806,1250,82 792,1130,50 770,960,40 776,780,38 760,600,40 700,420,30 560,270,18 420,190,8');
  const right = limb('768,640,32 850,480,26 960,360,18 1060,280,8');
  const middle = limb('748,540,24 760,380,20 730,220,12');
  const clumps: readonly (readonly [number, number, number])[] = [
    [500, 90, 1],
    [760, 40, 1.1],
    [1010, 110, 1.1],
    [330, 190, 0.9],
    [880, 210, 1],
    [640, 210, 0.9],
    [1180, 260, 0.9],
    [480, 300, 0.62],
    [1010, 330, 0.8],
    [250, 60, 0.9],
  ];
  const crown = (fill: string, seed: number, dx: number, dy: number, size: number) =>
    clumps
      .map(([x, y, scale], index) =>
        turned(
          Math.sin(seconds * 0.8 + index) * 1,
          x,
          400,
          blossom(seed + index, x + dx, y + dy, scale * size, fill, size < 1 ? 15 : 44),
        ),
      )
      .join('');
  const away =
    blossom(300, -420, 60, 1.4, '#8a5068') +
    blossom(301, -680, 120, 1.3, '#7a4862') +
    blossom(302, -180, 10, 1, '#8a5068') +
    blossom(303, 1500, 80, 1.3, '#7a4862') +
    blossom(304, 1760, 150, 1.3, '#8a5068');
  return (
    away +
    crown('#7c4660', 200, 30, -30, 1.15) +
    paper(middle, bark, light) +
    paper(right, bark, light) +
    paper(trunk, bark, light) +
    crown('#b56a7c', 220, 0, 0, 1) +
    crown('#c98088', 260, -14, -14, 0.9) +
    crown('#e6a7a0', 240, -34, -40, 0.8)
  );
}

/** A cloud of blossom: many small rounded sheets, lit from the left. */
function blossom(seed: number, x: number, y: number, scale: number, fill: string, many = 40): string {
  const next = random(seed);
  let path = '';
  for (let index = 0; index < many; index++) {
    const [angle, far] = [next() * Math.PI * 2, Math.sqrt(next())];
    path += petal(
      x + Math.cos(angle) * far * 150 * scale,
      y + Math.sin(angle) * far * 96 * scale,
      (22 + next() * 20) * (0.6 + scale * 0.4),
      next() * 180,
    );
  }
  return shape(path, light.edge, 'fill-opacity=".45" transform="translate(-2.2 -2.4)"') + shape(path, fill);
}

function petal(x: number, y: number, long: number, degrees: number): string {
  return oval(x, y, long, long * 0.62, degrees);
}

function lights(seconds: number): string {
  let body = '';
  for (let index = 0; index < hung.length - 1; index++) {
    const [from, to] = [hung[index] ?? [0, 0], hung[index + 1] ?? [0, 0]];
    const span = to[0] - from[0];
    const sag = 34 + span * 0.13 + Math.sin(seconds * 0.9 + index) * 4;
    const count = Math.round(span / 72);
    const at = (along: number): [number, number] => [
      from[0] + (to[0] - from[0]) * along,
      from[1] + (to[1] - from[1]) * along + Math.sin(along * Math.PI) * sag,
    ];
    body += `<path d="${outline([0, 0.25, 0.5, 0.75, 1].map(at), false)}" fill="none" stroke="#2e2036" stroke-width="3"/>`;
    for (let bulb = 1; bulb < count; bulb++) {
      const [x, y] = at(bulb / count);
      const shine = 0.75 + 0.25 * Math.sin(seconds * 2.2 + index * 3 + bulb * 1.9);
      body +=
        glow(`wedding-bulb-${index}-${bulb}`, x, y + 13, 44, [
          [0, '#fff2c4', shine],
          [0.3, '#ffd487', shine * 0.45],
          [1, '#ffc070', 0],
        ]) +
        shape(oval(x, y + 13, 8, 10.5), '#fff4cf') +
        shape(oval(x, y + 3, 4, 4), '#2e2036');
    }
  }
  return body;
}

const ground = (x: number) =>
  1200 +
  14 * Math.sin((x + 100) / 240) -
  50 * Math.exp(-(((x + 520) / 380) ** 2)) -
  40 * Math.exp(-(((x - 1620) / 380) ** 2));

function lawn(seconds: number): string {
  return (
    grass(31, '#58405a', (x) => ground(x) - 110, 34, 14, seconds) +
    torn(32, '#533c56', '#a97280', (x) => ground(x) - 110, 3, 0.08) +
    grass(34, '#402f49', (x) => ground(x) - 20, 36, 13, seconds + 1) +
    torn(35, '#3c2c45', '#7d5a6e', (x) => ground(x) - 20, 3, 0.08) +
    shape(oval(590, 1268, 370, 24, 1), '#20162a', 'fill-opacity=".5"')
  );
}

function petals(seconds: number): string {
  const next = random(77);
  let body = '';
  for (let index = 0; index < 70; index++) {
    const [speed, size, start] = [38 + next() * 40, 5 + next() * 7, next() * 1500];
    const y = ((start + seconds * speed) % 1500) - 40;
    const x = -740 + next() * 2560 + Math.sin(seconds * 0.9 + index) * 40 - y * 0.12;
    body += shape(petal(x, y, size, seconds * 60 + index * 47), index % 3 ? '#f3b9b0' : '#fbdccb', 'fill-opacity=".9"');
  }
  return body;
}

function near(seconds: number): string {
  const line = (x: number) =>
    1356 + 16 * Math.sin(x / 230) - 90 * Math.exp(-(((x - 20) / 170) ** 2)) - 90 * Math.exp(-(((x - 1090) / 190) ** 2));
  const next = random(88);
  let flowers = '';
  for (let x = -860; x < 1960; x += 30 + next() * 70) {
    const high = 50 + next() * 90;
    const sway = Math.sin(seconds * 1.3 + x / 80) * 6;
    flowers +=
      shape(limb(`${x},${line(x) + 20},3 ${x + sway},${line(x) - high},2`), '#2a1d33') +
      moved(
        x + sway,
        line(x) - high,
        shape(
          [0, 72, 144, 216, 288]
            .map((turn) => oval(Math.cos(turn / 57.3) * 10, Math.sin(turn / 57.3) * 9, 9, 8))
            .join(''),
          next() < 0.5 ? '#c9747f' : '#e6a597',
        ) + shape(oval(0, 0, 5, 5), '#ffd9a0'),
        0.7 + next() * 0.5,
      );
  }
  return (
    flowers +
    grass(97, '#251a2f', line, 110, 12, seconds * 1.5) +
    shape(
      ridge(98, 2, (x) => line(x) + 6),
      '#21172b',
    ) +
    wash(
      'wedding-dark',
      [
        [0, '#150e1c', 0],
        [1, '#150e1c', 0.8],
      ],
      1180,
      420,
    )
  );
}
