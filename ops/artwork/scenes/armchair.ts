import { type Light, limb, moved, outline, oval, paper, shape, turned } from './draw.ts';

/** The window is at her left hand. */
export const light: Light = { x: -3.2, y: -2.4, edge: '#f8bd7c' };

/** The chair and its back; its near arm is drawn with her. */
export function chair(): string {
  const cloth = '#34615f';
  const legs = [590, 900]
    .map((x) => paper(limb(`${x},1230,13 ${x + (x > 700 ? 10 : -6)},1316,8`), '#2a1e22', light, 0.7))
    .join('');
  return (
    legs +
    paper(
      outline('700,1180 716,960 730,760 752,640 812,592 884,604 926,680 936,860 926,1080 916,1230 820,1250 720,1240'),
      cloth,
      light,
    ) +
    paper(outline('560,1140 580,1108 720,1096 900,1110 916,1240 740,1256 572,1248'), '#2c5553', light, 0.8) +
    shape(outline('766,700 806,648 866,652 892,720 896,900 860,960 776,900'), '#3d6e69', 'fill-opacity=".7"')
  );
}

/** Reading glasses, shawl, and the old photo she looks at; breathing at `seconds`. */
export function grandmother(seconds: number): string {
  const breath = Math.sin(seconds * 1.1) * 1.6;
  const nod = Math.sin(seconds * 0.7) * 1.2;
  const skin = '#cf8f6d';
  const shade = '#a9684f';
  const skirt =
    paper(
      outline(
        '770,1040 700,1010 580,1006 508,1024 484,1070 476,1180 462,1290 520,1304 600,1300 624,1240 640,1160 760,1160 800,1120',
      ),
      '#47405c',
      light,
    ) + shape(limb('540,1040,3 520,1150,7 508,1290,4') + limb('600,1060,3 576,1160,7 570,1290,4'), '#38324b');
  const shoes =
    paper(outline('418,1326! 424,1300 470,1286 520,1292 524,1326!'), '#7f3f43', light, 0.8) +
    paper(outline('500,1332! 508,1306 550,1292 596,1298 600,1332!'), '#6d353b', light, 0.8);
  const body = paper(
    outline('612,770 650,736 706,736 760,780 790,870 798,980 780,1080 690,1090 610,1070 600,980 590,880 596,810'),
    '#8d6a8a',
    light,
  );
  const shawl =
    paper(
      outline('606,772 640,728 690,720 740,744 786,810 810,920 800,1030 760,980 716,930 660,910 622,860 600,820'),
      '#c9a06b',
      light,
    ) +
    Array.from({ length: 9 }, (_, index) =>
      shape(limb(`${648 + index * 18},${904 + index * 14},2.4 ${644 + index * 18},${930 + index * 14},1.4`), '#b1864f'),
    ).join('') +
    shape(limb('640,760,2 690,780,4 740,840,4 782,940,2') + limb('624,800,2 670,830,4 720,890,3 764,960,2'), '#b1864f');
  const neck = paper(limb('668,748,27 652,700,24 640,660,22'), shade, light, 0.6);
  const face =
    paper(
      outline(
        '566,606 572,570 602,548 640,546 672,570 678,620 660,664 628,694 602,700 584,692 579,676 572,669 575,660 569,652 556,642! 567,622',
      ),
      skin,
      light,
    ) +
    shape(limb('578,622,1 586,628,2.4 596,623,1'), '#5d3730') +
    shape(limb('574,604,1.4 586,598,2.4 598,602,1.4'), '#b9a79c') +
    shape(limb('577,670,1 586,671,2 596,664,1'), '#8a4740') +
    shape(oval(606, 652, 15, 10), '#dd7f64', 'fill-opacity=".55"') +
    shape(limb('603,616,0.8 612,620,1.4 617,628,0.8'), '#a9684f') +
    `<path d="${oval(587, 624, 16, 14)}M603 622L650 618" fill="none" stroke="#4a3230" stroke-width="3.4"/>`;
  const hair =
    paper(
      outline('568,582 580,550 616,526 660,530 694,562 700,612 684,654 664,664 660,630 646,604 622,584 594,578'),
      '#e2d8d2',
      light,
    ) +
    paper(oval(690, 560, 36, 33, 12), '#d3c8c4', light) +
    shape(
      limb('672,552,1 692,542,2.6 712,556,1') +
        limb('670,568,1 692,558,2.6 714,572,1') +
        limb('598,560,1 640,556,2.6 672,590,1') +
        limb('610,572,1 648,580,2.4 672,620,1'),
      '#b7aaa8',
    ) +
    paper(oval(662, 624, 9, 15, 6), '#b9775c', light, 0.4) +
    shape(oval(660, 644, 4.4, 4.4), '#ffe9c0');
  const photo = turned(
    -13 + nod,
    470,
    890,
    paper('M408 806h118v142h-118Z', '#fdf3e2', light, 0.8) +
      shape('M418 816h98v100h-98Z', '#c98d63') +
      shape('M418 816h98v52q-30 8 -50 2t-48 6Z', '#efc08a') +
      shape(
        outline('436,916! 440,880 454,872 468,880 472,916!') +
          oval(454, 862, 9, 11) +
          outline('466,916! 470,888 482,880 494,888 498,916!') +
          oval(482, 870, 8.5, 10),
        '#5d3a3f',
      ),
  );
  const armFar =
    paper(limb('640,830,26 590,930,22 536,926,17 506,908,14'), '#765874', light, 0.6) +
    paper(limb('510,916,14 488,904,13 478,892,7'), shade, light, 0.6);
  const armNear =
    paper(limb('694,830,36 672,930,32 624,990,27 560,966,20 530,948,17'), '#8d6a8a', light, 0.9) +
    paper(limb('538,956,16 512,944,17 492,936,12'), skin, light, 0.7) +
    paper(limb('506,934,7 490,920,6.5 476,918,5'), skin, light, 0.5);
  return (
    shoes +
    skirt +
    moved(0, breath, body + neck + turned(nod - 7, 650, 690, face + hair) + shawl + armFar + photo + armNear) +
    paper(
      outline('588,1010 614,990 760,990 880,1004 900,1040 896,1230 820,1244 700,1240 650,1190 624,1080 592,1050'),
      '#396a66',
      light,
    ) +
    shape(oval(614, 1022, 18, 21), '#2c5553')
  );
}
