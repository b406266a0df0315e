import { type Light, limb, moved, outline, oval, paper, shape, turned } from './draw.ts';

/** The low winter sun at the left. */
export const light: Light = { x: -3.4, y: -3, edge: '#ffd9b8' };

/** It sits, looks up, breathes and wags at `seconds`. */
export function dog(seconds: number): string {
  const coat = '#b8613a';
  const dark = '#9a4c30';
  const cream = '#f3dcc4';
  const wag = Math.sin(seconds * 7) * 11;
  const nod = Math.sin(seconds * 0.9) * 2.2;
  const tail = turned(
    wag * 0.7,
    676,
    1212,
    paper(limb('664,1222,30 730,1214,30 782,1170,31 806,1112,24 800,1070,6'), coat, light) +
      shape(limb('786,1140,22 804,1104,17 799,1072,5'), cream),
  );
  const body = paper(
    outline(
      '444,860 430,930 436,1010 462,1080 500,1150 560,1244 640,1256 706,1248 728,1196 714,1120 676,1050 630,980 596,900 560,840 500,820',
    ),
    coat,
    light,
  );
  const haunch =
    paper(
      outline('612,1100 580,1150 572,1210 556,1236 516,1246 502,1262! 640,1266 704,1258 736,1208 722,1140 680,1096'),
      dark,
      light,
      0.7,
    ) + shape(outline('502,1264! 516,1246 556,1238 578,1250 580,1266!'), cream);
  const chest = shape(outline('446,874 430,930 438,1006 466,1074 500,1040 512,960 500,880'), cream);
  const legFar =
    paper(limb('506,1060,32 510,1150,23 506,1220,20 496,1246,19'), dark, light, 0.6) +
    shape(outline('474,1262! 478,1236 504,1226 528,1240 530,1262!'), '#dcc0a8');
  const legNear =
    paper(limb('474,1040,42 468,1120,28 462,1200,22 456,1244,20'), coat, light, 0.9) +
    paper(outline('426,1268! 432,1240 458,1226 486,1240 490,1268!'), cream, light, 0.6);
  const farEar = paper(outline('470,700 452,640 470,590! 510,640 524,690'), dark, light, 0.7);
  const head =
    paper(
      outline(
        '336,668 344,652 372,650 410,660 432,648 452,668 470,672 520,668 568,700 590,760 580,830 540,876 480,872 440,838 412,796 384,768 352,744 336,716',
      ),
      coat,
      light,
    ) +
    shape(
      outline(
        '336,668 344,652 372,652 404,672 424,706 440,752 470,800 480,850 470,868 436,832 410,796 384,768 352,744 336,716',
      ),
      cream,
    ) +
    paper(outline('330,676 330,652 348,642 364,650 360,672 344,684'), '#2a2328', light, 0.5) +
    shape(limb('350,690,1.6 372,716,3 404,722,3 420,712,1.4'), '#5f3630') +
    shape(oval(440, 690, 11, 12), '#2a1d20') +
    shape(oval(436.5, 685, 3.6, 3.6), '#fff6e6') +
    shape(limb('424,668,1.4 440,660,3 456,664,1.4'), '#8a4029');
  const ear =
    paper(outline('520,690 516,620 548,566! 584,624 598,690 590,740 552,740'), dark, light) +
    shape(outline('540,690 538,636 550,604! 568,640 572,700'), '#d98f6c');
  const scarf =
    paper(
      outline('424,858 452,840 500,868 556,864 594,826 612,858 594,904 540,932 480,926 436,900'),
      '#c33b3f',
      light,
    ) + shape(limb('440,876,2 490,902,5 548,900,5 598,862,2'), '#9d2c35');
  const flutter = Math.sin(seconds * 3) * 8;
  const end =
    paper(limb(`572,892,22 606,946,25 ${634 + flutter * 0.5},996,27 ${650 + flutter},1046,25`), '#c33b3f', light, 0.9) +
    shape(
      limb(`${622 + flutter * 0.5},1010,4 ${664 + flutter * 0.6},996,4`) +
        limb(`${628 + flutter * 0.8},1034,4 ${672 + flutter},1022,4`),
      '#f3dcc4',
    ) +
    paper(oval(578, 888, 30, 28), '#ab3038', light, 0.8);
  const breath = (seconds * 0.55) % 1;
  const puff = shape(
    oval(318 - breath * 60, 690 - breath * 46, 12 + breath * 26, 9 + breath * 18),
    '#fff',
    `fill-opacity="${(0.5 * Math.sin(breath * Math.PI)).toFixed(2)}"`,
  );
  return moved(
    20,
    0,
    tail + body + legFar + chest + legNear + haunch + turned(nod, 530, 850, farEar + head + ear) + scarf + end + puff,
  );
}
