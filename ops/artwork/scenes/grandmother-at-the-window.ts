import { chair, grandmother, light } from './armchair.ts';
import { glow, limb, moved, outline, oval, paper, random, type Scene, shape, torn, wash } from './draw.ts';
import { sill } from './window-sill.ts';

const pane = { left: 110, right: 570, top: 170, bottom: 850 };

/** A grandmother in her armchair by the evening window, an old photo in her hands, the cat on the sill. */
export const grandmotherAtTheWindow: Scene = {
  name: 'grandmother-at-the-window',
  draw(seconds) {
    return [
      { id: 'outside', depth: 0.05, body: outside(seconds) },
      { id: 'wall', depth: 0.34, body: wall() },
      { id: 'sill', depth: 0.42, body: sill(seconds) },
      { id: 'curtains', depth: 0.5, body: curtains(seconds) },
      { id: 'grandmother', depth: 0.7, body: floor() + chair() + grandmother(seconds) },
      { id: 'table', depth: 0.9, body: table(seconds) },
      { id: 'dust', depth: 1, body: dust(seconds) },
    ];
  },
};

function outside(seconds: number): string {
  const next = random(5);
  let roofs = '';
  for (let x = 40; x < 700; x += 84 + next() * 30) {
    const [y, wide] = [690 + next() * 40, 70 + next() * 24];
    roofs +=
      shape(outline(`${x},900! ${x},${y}! ${x + wide / 2},${y - 42}! ${x + wide},${y}! ${x + wide},900!`), '#b0706a') +
      shape(`M${x + 22} ${y + 22}h15v20h-15Z`, next() < 0.6 ? '#ffe0a0' : '#8d5760');
  }
  const bird = (x: number, y: number, phase: number) => {
    const flap = Math.sin(seconds * 5 + phase) * 8;
    return moved(
      x + seconds * 14,
      y,
      shape(limb(`-34,${-6 + flap},0.8 -15,-11,2.4 0,0,2.4 15,-11,2.4 34,${-6 + flap},0.8`), '#7d5563'),
    );
  };
  return (
    wash(
      'window-sky',
      [
        [0, '#6a6d83'],
        [0.22, '#c08c86'],
        [0.4, '#f4b47c'],
        [0.52, '#ffdb9a'],
      ],
      60,
      900,
    ) +
    glow('window-halo', 300, 560, 430, [
      [0, '#fff6d8', 1],
      [0.2, '#ffeab4', 0.7],
      [1, '#ffc880', 0],
    ]) +
    shape(oval(300, 560, 56, 56), '#fffae8') +
    torn(8, '#d9967a', '#ffd09a', (x) => 668 - 40 * Math.sin(x / 130), 3, 0.04) +
    roofs +
    bird(190, 330, 0) +
    bird(250, 300, 2) +
    torn(11, '#84545f', '#c98878', (x) => 790 + 12 * Math.sin(x / 60), 3, 0.05)
  );
}

function wall(): string {
  const { left, right, top, bottom } = pane;
  const hole = `M-900 -160H1980V1600H-900ZM${left} ${top}V${bottom}H${right}V${top}Z`;
  const pictures = [
    [720, 250, 130, 170],
    [880, 220, 150, 120],
    [884, 372, 104, 134],
    [1240, 240, 220, 280],
    [1500, 330, 150, 190],
    [-560, 240, 190, 240],
    [-320, 330, 130, 160],
  ] as const;
  const frames = pictures
    .map(
      ([x, y, wide, high], index) =>
        paper(`M${x} ${y}h${wide}v${high}h${-wide}Z`, '#5d3d3a', light, 0.9) +
        shape(`M${x + 11} ${y + 11}h${wide - 22}v${high - 22}h${22 - wide}Z`, '#d8b899') +
        portrait(x + wide / 2, y + high - 11, Math.min(wide, high) / 130, index),
    )
    .join('');
  const stripes = Array.from({ length: 40 }, (_, index) => -860 + index * 72)
    .filter((x) => x < left - 40 || x > right + 10)
    .map((x) => shape(`M${x} -160h26v1760h-26Z`, '#5a6f70', 'fill-opacity=".1"'))
    .join('');
  const bars = `M${left - 26} ${top - 26}H${right + 26}V${bottom + 20}H${left - 26}ZM${left} ${top}V${bottom}H${right}V${top}Z`;
  const cross =
    outline(`332,${top}! 348,${top}! 348,${bottom}! 332,${bottom}!`) +
    outline(`${left},402! ${right},402! ${right},416! ${left},416!`);
  return (
    `<defs><linearGradient id="window-wall" gradientUnits="userSpaceOnUse" x1="-200" y1="0" x2="1300" y2="300"><stop offset="0" stop-color="#3e5a5e"/><stop offset=".55" stop-color="#38525a"/><stop offset="1" stop-color="#22363f"/></linearGradient></defs>` +
    shape(hole, 'url(#window-wall)', 'fill-rule="evenodd"') +
    stripes +
    frames +
    shape(bars, '#000', 'fill-rule="evenodd" fill-opacity=".25" transform="translate(7 7)"') +
    shape(bars, '#e9d3b8', 'fill-rule="evenodd"') +
    shape(cross, '#e9d3b8') +
    shape(`M${left} ${top}h9v${bottom - top}h-9Z`, '#fff0d4') +
    glow('window-spill', 620, 760, 620, [
      [0, '#ffc27a', 0.3],
      [0.5, '#ffb070', 0.12],
      [1, '#ffb070', 0],
    ])
  );
}

function portrait(x: number, foot: number, size: number, index: number): string {
  const one = (dx: number, tall: number, fill: string) =>
    shape(
      outline(`${dx - 26},0! ${dx - 20},${-tall + 22} ${dx},${-tall + 8} ${dx + 20},${-tall + 22} ${dx + 26},0!`),
      fill,
    ) + shape(oval(dx, -tall - 6, 12, 14), fill);
  return moved(x, foot, index % 2 ? one(-16, 56, '#8a6258') + one(18, 44, '#a67868') : one(0, 66, '#8a6258'), size);
}

function curtains(seconds: number): string {
  const sway = Math.sin(seconds * 0.8) * 9;
  const cloth = '#a9524c';
  const fold = '#8a3f41';
  const left =
    paper(
      outline(
        `-30,96! 150,96! 158,260 140,430 96,590 ${60 + sway * 0.3},660 ${92 + sway},860 ${118 + sway},1060 ${20 + sway * 0.6},1072 -70,1056 -50,600`,
      ),
      cloth,
      { ...light, x: 3 },
    ) +
    [
      [20, 30],
      [62, 62],
      [104, 92],
    ]
      .map(([top = 0, foot = 0]) =>
        shape(limb(`${top},100,3 ${top - 4},380,9 ${30 + top * 0.25},640,4 ${foot + sway * 0.8},1050,10`), fold),
      )
      .join('') +
    paper(limb('-40,640,9 20,664,11 74,656,9'), '#e0b070', light, 0.5);
  const right =
    paper(
      outline(
        `530,96! 700,96! 716,600 726,860 716,1050 650,1066 ${590 - sway * 0.6},1056 ${606 - sway},860 634,660 596,590 552,430 530,260`,
      ),
      cloth,
      light,
    ) +
    [
      [578, 624],
      [620, 654],
      [662, 688],
    ]
      .map(([top = 0, foot = 0]) =>
        shape(
          limb(`${top},100,3 ${top + 6},380,9 ${640 + (top - 578) * 0.5},640,4 ${foot - sway * 0.5},1046,10`),
          fold,
        ),
      )
      .join('') +
    paper(limb('626,660,9 676,668,11 716,650,9'), '#e0b070', light, 0.5);
  return (
    left +
    right +
    paper(limb('-90,92,10 770,92,10'), '#4a3238', light, 0.8) +
    paper(oval(-96, 92, 19, 19), '#4a3238', light, 0.8) +
    paper(oval(776, 92, 19, 19), '#4a3238', light, 0.8)
  );
}

function floor(): string {
  return (
    shape('M-900 1200H1980V1700H-900Z', '#2c3238') +
    shape('M-900 1178H1980V1202H-900Z', '#41565a') +
    shape(outline('40,1216! 420,1216! 700,1440! 180,1460!'), '#e39a62', 'fill-opacity=".34"') +
    shape(
      outline('-120,1330 200,1268 640,1262 1040,1300 1180,1370 960,1440 200,1450 -80,1400'),
      '#7b3d3f',
      'fill-opacity=".62"',
    ) +
    shape(
      outline('-80,1334 220,1284 640,1278 1010,1312 1130,1370 940,1426 210,1436 -40,1396'),
      '#c98a62',
      'fill-opacity=".22"',
    ) +
    shape(oval(740, 1318, 330, 30), '#12191d', 'fill-opacity=".5"')
  );
}

function table(seconds: number): string {
  const steam = [0, 1]
    .map((index) => {
      const wave = seconds * 1.4 + index * 2;
      return shape(
        limb(
          `${214 + index * 22},1086,2 ${208 + index * 22 + Math.sin(wave) * 9},1050,6 ${222 + index * 22 + Math.sin(wave + 1.5) * 12},1010,5 ${214 + index * 22 + Math.sin(wave + 3) * 14},970,1`,
        ),
        '#fff0da',
        'fill-opacity=".34"',
      );
    })
    .join('');
  const cup =
    paper(outline('180,1096! 268,1096! 260,1146 244,1160! 204,1160! 188,1146'), '#e8d6c0', light) +
    `<path d="M266 1108q34 2 28 24t-36 16" fill="none" stroke="#d5bfa6" stroke-width="9"/>` +
    shape('M186 1118h76v9h-76Z', '#b3584f') +
    paper(oval(224, 1164, 70, 8), '#e8d6c0', light, 0.5);
  const top = paper(oval(220, 1182, 190, 22), '#5a3a36', light) + shape(limb('220,1190,15 220,1500,19'), '#35242a');
  const books =
    paper(outline('88,1176! 88,1148! 170,1148! 170,1176!'), '#8a4a48', light, 0.7) +
    paper(outline('96,1148! 94,1126! 160,1126! 162,1148!'), '#4f6d74', light, 0.7);
  return (
    top +
    books +
    steam +
    cup +
    wash(
      'window-dark',
      [
        [0, '#10181d', 0],
        [1, '#10181d', 0.8],
      ],
      1200,
      400,
    ) +
    `<defs><linearGradient id="window-side" gradientUnits="userSpaceOnUse" x1="700" y1="0" x2="1820" y2="0"><stop offset="0" stop-color="#131c22" stop-opacity="0"/><stop offset="1" stop-color="#131c22" stop-opacity=".55"/></linearGradient></defs><rect x="700" y="-160" width="1300" height="1760" fill="url(#window-side)"/>`
  );
}

function dust(seconds: number): string {
  const next = random(61);
  let body = '';
  for (let index = 0; index < 46; index++) {
    const [x, y, size] = [160 + next() * 640, 240 + next() * 960, 1.4 + next() * 2.6];
    const shine = 0.3 + 0.4 * Math.sin(seconds * (0.6 + next()) + index);
    if (shine > 0.05)
      body += shape(
        oval(x + Math.sin(seconds * 0.5 + index) * 22, y - ((seconds * 9) % 60), size, size),
        '#ffeec8',
        `fill-opacity="${shine.toFixed(2)}"`,
      );
  }
  return body;
}
