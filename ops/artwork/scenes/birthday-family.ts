import { type Light, limb, moved, outline, oval, paper, shape, turned } from './draw.ts';

/** Everyone is drawn looking right, lit from the candles at the right; who sits opposite is drawn mirrored. */
const light: Light = { x: 3.2, y: -1.2, edge: '#ffce7e' };

/** Drawn looking left instead. */
export const mirrored = (body: string) => `<g transform="translate(1080 0) scale(-1 1)">${body}</g>`;

/** The birthday boy, leaning in to blow. */
export function boy(seconds: number): string {
  const lean = 2 + Math.sin(seconds * 1.2) * 1.2;
  const puff = 1 + 0.05 * Math.sin(seconds * 2.4);
  const skin = '#d98f63';
  const shirt =
    paper(outline('208,1100! 196,1000 206,910 240,862 286,846 330,862 356,920 366,1000 362,1100!'), '#4f7f80', light) +
    [900, 942, 984]
      .map((y, index) =>
        shape(limb(`${219 - index * 2},${y + 10},6 280,${y + 16},8 ${348 + index * 3},${y + 4},6`), '#e8d3b2'),
      )
      .join('');
  const neck = paper(limb('286,866,26 294,820,25'), '#b06f50', light, 0.7);
  const face =
    paper(
      outline(
        '246,770 244,724 264,690 304,678 342,690 360,716 363,734 367,744 380,760! 370,768 379,775 385,782 377,788 370,802 350,824 316,832 276,822',
      ),
      skin,
      light,
    ) +
    shape(limb('342,741,1.2 352,746,2.6 362,741,1.2'), '#5a3029') +
    shape(limb('338,720,1.4 350,713,2.6 362,717,1.4'), '#6d3b2c') +
    shape(oval(346, 786, 19 * puff, 16 * puff), '#ea8a62', 'fill-opacity=".75"') +
    paper(oval(278, 766, 12, 18, -6), '#c57c57', light, 0.5);
  const hair =
    paper(
      outline(
        '366,716 346,700 318,712 296,740 286,756 262,756 256,800 240,780 230,730 242,680 282,652 330,654 362,680',
      ),
      '#5b3328',
      light,
    ) + shape(limb('258,700,1 290,678,3 330,674,1') + limb('250,730,1 276,704,3 310,692,1'), '#472821');
  const hat = turned(
    -13,
    290,
    664,
    paper(outline('238,668! 292,520! 346,668! 292,680'), '#d9605a', light) +
      shape(outline('252,632! 260,610! 332,632! 338,648!'), '#f0c070') +
      shape(outline('270,584! 277,562! 310,572! 317,592!'), '#f0c070') +
      paper(oval(292, 518, 15, 15), '#f3dcb4', light, 0.6),
  );
  const arm =
    paper(limb('252,912,31 262,1000,28 330,1040,22'), '#457273', light, 0.9) +
    paper(limb('316,1034,18 372,1040,16 404,1036,15 418,1032,10'), skin, light, 0.7);
  return turned(lean, 280, 1060, shirt + neck + face + hair + hat) + arm;
}

/** His mother behind him, a hand on his back. */
export function mother(seconds: number): string {
  const breath = Math.sin(seconds * 1) * 2;
  const skin = '#c77b57';
  const hairBack = paper(outline('92,560 66,640 60,740 84,830 130,850 176,800 180,700 150,600'), '#3d2429', light);
  const body = paper(outline('24,1100! 20,960 40,860 92,802 150,790 206,812 236,880 250,1100!'), '#a34a55', light);
  const neck =
    paper(limb('148,806,27 152,750,24'), '#a8623f', light, 0.6) +
    shape(outline('112,800 150,790 190,806 164,836 130,828'), skin);
  const face =
    paper(
      outline(
        '110,660 112,610 138,578 178,576 204,598 211,626 215,640 228,657! 218,665 220,673 214,678 217,687 208,706 184,722 150,718 124,698',
      ),
      skin,
      light,
    ) +
    shape(limb('190,644,1 200,650,2.6 210,644,1'), '#4a2a26') +
    shape(limb('187,624,1.4 199,617,2.4 210,622,1.4'), '#3d2429') +
    shape(limb('196,684,1.2 206,687,2.6 216,677,1.2'), '#8d3d3a') +
    shape(oval(184, 676, 14, 9), '#e4805e', 'fill-opacity=".6"');
  const hair =
    paper(
      outline(
        '212,612 196,592 170,602 150,640 140,700 148,770 120,820 84,800 78,720 84,630 110,566 160,544 202,562 216,592',
      ),
      '#4a2b2d',
      light,
    ) +
    shape(
      limb('110,620,1 128,580,3 176,566,1') +
        limb('100,700,1 108,640,3 132,600,1') +
        limb('112,780,1 114,720,3 126,660,1'),
      '#38201f',
    ) +
    shape(oval(150, 716, 5, 9), '#ffd98a');
  const arm =
    paper(limb('92,860,34 110,950,31 180,960,25 226,926,19'), '#8f3f4c', light, 0.8) +
    paper(limb('224,930,16 246,908,15 262,892,9'), skin, light, 0.7);
  return moved(14, breath, hairBack + body + neck + turned(5, 150, 720, face + hair)) + moved(14, breath, arm);
}

/** His grandfather, clapping. */
export function grandfather(seconds: number): string {
  const clap = Math.max(0, Math.sin(seconds * 5)) * 12;
  const skin = '#d08a66';
  const body =
    paper(outline('96,1100! 92,960 112,850 160,796 224,780 286,800 324,870 336,980 336,1100!'), '#7b6a52', light) +
    shape(outline('252,800 286,806 312,860 290,900'), '#e8dcc8') +
    shape(outline('266,812! 296,822! 286,840! 270,836!'), '#a34a55');
  const neck = paper(limb('232,800,31 246,752,29'), '#a9694c', light, 0.6);
  const face =
    paper(
      outline(
        '196,660 198,608 226,574 268,570 298,592 306,622 309,638 326,658! 312,668 314,680 308,688 310,700 300,720 270,736 234,730 208,706',
      ),
      skin,
      light,
    ) +
    paper(outline('290,672 316,670 328,682 306,690 282,688'), '#efe6dc', light, 0.5) +
    shape(limb('284,640,1.2 294,636,2.6 304,641,1.2'), '#5a3029') +
    paper(limb('278,614,3 292,608,4.6 306,614,2.6'), '#efe6dc', light, 0.3) +
    shape(limb('286,700,1.2 298,704,2.6 306,697,1.2'), '#8d3d3a') +
    `<path d="${oval(296, 640, 17, 16)}M279 638L232 634" fill="none" stroke="#4a3230" stroke-width="3.6"/>` +
    paper(oval(226, 652, 12, 19, -4), '#bd7854', light, 0.5) +
    paper(outline('218,690 206,720 186,690 178,640 188,600 208,590 214,620 208,650'), '#e3d8cf', light, 0.8);
  const hat = turned(
    -9,
    240,
    580,
    paper(outline('192,586! 244,456! 296,578! 244,592'), '#5f8786', light) +
      shape(
        oval(236, 548, 10, 10) +
          oval(258, 526, 9, 9) +
          oval(242, 500, 7, 7) +
          oval(270, 562, 10, 10) +
          oval(214, 572, 9, 9),
        '#f3dcb4',
      ) +
      paper(oval(244, 452, 14, 14), '#f0b25c', light, 0.6),
  );
  const far =
    paper(limb(`270,870,26 316,940,24 350,900,18 ${366 + clap * 0.5},862,15`), '#655641', light, 0.6) +
    turned(14, 370, 850, paper(oval(370 + clap * 0.5, 842, 15, 30, 16), '#b3714f', light, 0.6));
  const near =
    paper(limb(`180,880,36 220,970,33 300,962,24 ${336 - clap},892,18`), '#7b6a52', light, 0.9) +
    paper(oval(346 - clap, 852, 16, 33, 14), skin, light, 0.7) +
    paper(limb(`${338 - clap},872,8 ${326 - clap},852,7 ${328 - clap},838,5`), skin, light, 0.5);
  return moved(0, Math.sin(seconds * 1.1) * 2, body + neck + turned(4, 240, 720, face + hat)) + far + near;
}

/** Two guests on this side of the table, dark against the candles. */
export function guests(seconds: number): string {
  const dark: Light = { x: 2.8, y: -3.4, edge: '#f0a050' };
  const child = (hair: string, coat: string, pom: string) =>
    paper(outline('10,1640! 8,1480 30,1390 90,1350 150,1340 212,1352 270,1392 292,1480 292,1640!'), coat, dark) +
    paper(limb('150,1360,34 150,1310,32'), '#4a2a2c', dark, 0.5) +
    paper(oval(150, 1236, 82, 92), hair, dark) +
    paper(oval(68, 1246, 12, 20, -6), '#5b3330', dark, 0.6) +
    paper(oval(232, 1246, 12, 20, 6), '#7a4336', dark, 0.9) +
    paper(outline('92,1180! 150,1000! 210,1178! 150,1196'), pom, dark) +
    paper(oval(150, 998, 17, 17), '#d7a878', dark, 0.7);
  const bob = Math.sin(seconds * 1.7) * 5;
  return (
    moved(-66, 66 + bob, child('#2a181d', '#2d1f2b', '#6d3a47')) +
    mirrored(moved(-30, 106 - bob, child('#33201f', '#2b2533', '#3f5558'))) +
    moved(-560, 90, child('#2a181d', '#2d1f2b', '#3f5558')) +
    mirrored(moved(-520, 80, child('#2a181d', '#302230', '#6d3a47')))
  );
}
