import { glow, type Light, limb, outline, oval, type Point, paper, shape, wash } from './draw.ts';

/** Light from the candles above. */
const flat: Light = { x: 0, y: -3, edge: '#ffe0a6' };

const candles = [416, 458, 500, 542, 584, 626, 664];

/** The table with its cloth, plates, glasses and presents. */
export function table(): string {
  const scallops = Array.from(
    { length: 30 },
    (_, index) => `Q${-870 + index * 96} 1190 ${-822 + index * 96} 1150`,
  ).join('');
  return (
    shape(outline('-900,1030! 1980,1030! 1980,1120! -900,1120!'), '#f0cfa4') +
    glow(
      'party-cloth',
      540,
      1072,
      620,
      [
        [0, '#fff0c8', 0.95],
        [0.5, '#ffd493', 0.5],
        [1, '#e6bd92', 0],
      ],
      0.066,
    ) +
    shape('M-900 1096H1980V1700H-900Z', '#8d4a4c') +
    shape(`M-900 1090V1150${scallops}L1980 1150V1090Z`, '#000', 'fill-opacity=".2" transform="translate(0 8)"') +
    shape(`M-900 1090V1150${scallops}L1980 1150V1090Z`, '#e6bd92') +
    shape('M-900 1088H1980V1097H-900Z', '#fff0cd') +
    wash(
      'party-cloth-dark',
      [
        [0, '#2a1620', 0],
        [0.6, '#22121b', 0.85],
        [1, '#1b0e16', 1],
      ],
      1130,
      420,
    ) +
    present(792, 1062, '#5f8786', '#f0c070') +
    present(900, 1066, '#b5524f', '#f3dcb4') +
    present(-300, 1062, '#5f8786', '#f0c070') +
    present(1380, 1064, '#d79a4f', '#7b2f45') +
    plate(190) +
    plate(690, 0.8) +
    glass(96) +
    glass(744)
  );
}

const plate = (x: number, size = 1) =>
  paper(oval(x, 1064, 70 * size, 12 * size), '#fff1d8', flat, 0.6) +
  shape(oval(x, 1062, 46 * size, 7 * size), '#ecd2ac');

const glass = (x: number) =>
  paper(outline(`${x - 24},962! ${x + 24},962! ${x + 17},1062! ${x - 17},1062!`), '#e9b46a', flat, 0.5) +
  shape(outline(`${x - 22},984! ${x + 22},984! ${x + 16},1058! ${x - 16},1058!`), '#d9703f', 'fill-opacity=".85"') +
  shape(limb(`${x + 8},1040,2.6 ${x + 22},930,2.6`), '#f7e4c2');

function present(x: number, foot: number, fill: string, ribbon: string): string {
  const toCake: Light = { x: x < 540 ? 3 : -3, y: -2, edge: '#ffdc9a' };
  return (
    paper(`M${x - 50} ${foot - 84}h100v84h-100Z`, fill, toCake) +
    paper(`M${x - 56} ${foot - 98}h112v24h-112Z`, fill, toCake, 0.7) +
    shape(`M${x - 9} ${foot - 98}h18v98h-18Z`, ribbon) +
    paper(
      outline(`${x},${foot - 98}! ${x - 40},${foot - 132} ${x - 44},${foot - 104}`) +
        outline(`${x},${foot - 98}! ${x + 40},${foot - 132} ${x + 44},${foot - 104}`),
      ribbon,
      toCake,
      0.5,
    )
  );
}

/** The cake on its stand, its candles burning; `flicker` (about 0.8 to 1) is how bright. */
export function cake(seconds: number, flicker: number): string {
  const tier = (left: number, right: number, top: number, bottom: number, fill: string, icing: string) => {
    const drips: Point[] = [];
    const count = Math.round((right - left) / 27);
    for (let index = count; index >= 0; index--)
      drips.push([left + ((right - left) * index) / count, top + (index % 2 ? 20 : 46) + ((index * 7) % 5) * 4]);
    return (
      paper(
        outline(
          `${left},${top}! ${right},${top}! ${right},${bottom - 8} ${right - 12},${bottom}! ${left + 12},${bottom}! ${left},${bottom - 8}`,
        ),
        fill,
        flat,
      ) +
      paper(
        outline([[left - 3, top + 10], [left + 10, top - 4], [right - 10, top - 4], [right + 3, top + 10], ...drips]),
        icing,
        flat,
        0.7,
      )
    );
  };
  const stand =
    shape(oval(540, 1070, 210, 16), '#5b2f2f', 'fill-opacity=".4"') +
    paper(outline('500,1030! 580,1030! 604,1066! 476,1066!'), '#d8c3a4', flat, 0.7) +
    paper(oval(540, 1028, 210, 16), '#f3e2c6', flat, 0.9);
  const fruit = Array.from({ length: 9 }, (_, index) =>
    paper(oval(378 + index * 40.5, 930, 13, 12), index % 2 ? '#c23f49' : '#d9605a', flat, 0.6),
  ).join('');
  const lit = candles
    .map((x, index) => {
      const [sway, tall] = [
        Math.sin(seconds * 8 + index * 2.1) * 3 + Math.sin(seconds * 3 + index) * 3,
        1 + Math.sin(seconds * 11 + index * 1.7) * 0.1,
      ];
      const y = 744 + (index % 2) * 6;
      return (
        paper(`M${x - 7} ${y}h14v70h-14Z`, index % 2 ? '#e9c9b0' : '#84a5a3', flat, 0.5) +
        shape(`M${x - 7} ${y + 20}l14 -10v10l-14 10ZM${x - 7} ${y + 48}l14 -10v10l-14 10Z`, '#d9605a') +
        shape(`M${x - 1.5} ${y}v-9h3v9Z`, '#4a2a26') +
        glow(`party-flame-${index}`, x + sway * 0.5, y - 28, 100, [
          [0, '#fff0bd', 0.75 * flicker],
          [0.3, '#ffc766', 0.34 * flicker],
          [1, '#ffb04e', 0],
        ]) +
        shape(
          outline(
            `${x},${y - 4}! ${x - 11},${y - 20} ${x + sway * 0.5 - 5},${y - 38 * tall} ${x + sway},${y - 58 * tall}! ${x + sway * 0.5 + 6},${y - 36 * tall} ${x + 11},${y - 20}`,
          ),
          '#ffb545',
        ) +
        shape(
          outline(`${x},${y - 5}! ${x - 6},${y - 17} ${x + sway * 0.6},${y - 40 * tall}! ${x + 6},${y - 17}`),
          '#fff6d4',
        )
      );
    })
    .join('');
  return (
    stand +
    tier(352, 728, 936, 1026, '#efc9a2', '#fff0dc') +
    fruit +
    tier(396, 684, 814, 930, '#d98a84', '#fff3e2') +
    lit
  );
}
