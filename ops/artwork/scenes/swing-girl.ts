import { type Light, limb, outline, oval, paper, shape, turned } from './draw.ts';

/** The sun ahead of her. */
export const light: Light = { x: 3.4, y: -3, edge: '#ffcf7a' };

/** Where the ropes hang from the branch. */
export const hook = { x: 470, y: 96 };

/** The girl, the plank and the ropes as they hang straight down; her hair flies at `seconds`. */
export function girl(seconds: number): string {
  const air = Math.sin(seconds * 1.55 + 2.95 + 1.4);
  const skin = '#a35c4a';
  const shade = '#8a4a42';
  const dress = '#f2b45f';
  const [seatX, seatY] = [hook.x, 1010];
  const rope = (dx: number, lean: number) =>
    shape(
      limb(`${hook.x + dx * 0.8},${hook.y},3 ${seatX + dx + lean},${seatY - 190},3 ${seatX + dx},${seatY},3`),
      '#4a2c30',
    );
  // She leans back, arms long, legs out straight and together: the way up.
  const legFar =
    paper(limb('500,996,29 590,996,25 646,984,19 700,958,15 742,938,12'), shade, light, 0.7) + shoe(744, 936, -30);
  const legNear =
    paper(limb('486,1004,31 584,1012,27 640,1004,20 696,990,16 744,978,12'), skin, light, 0.8) + shoe(748, 976, -18);
  const hair = Array.from({ length: 6 }, (_, index) => {
    const wave = Math.sin(seconds * 2.6 + index * 0.7) * 9;
    const reach = 118 - Math.abs(index - 2) * 13;
    return paper(
      limb(
        `388,${726 + index * 11},20 ${388 - reach * 0.45},${738 + index * 20 - air * 12},15 ${388 - reach},${770 + index * 24 + wave - air * 30},2.5`,
      ),
      index % 2 ? '#5e3030' : '#6d3833',
      light,
      0.6,
    );
  }).join('');
  const face =
    paper(
      outline(
        '382,748 384,704 410,674 446,670 472,690 479,716 483,728 497,746! 485,753 487,763 481,768 483,778 476,796 452,806 424,802 398,786',
      ),
      skin,
      light,
    ) +
    shape(limb('470,777,1.2 476,776,2 482,770,1.2'), '#6a312f') +
    shape(limb('455,731,1 462,735,2.2 470,731,1'), '#51282a') +
    shape(oval(452, 762, 13, 9), '#c4694f', 'fill-opacity=".75"');
  const cap = paper(
    outline('478,708! 462,696 444,706 428,728 424,762 408,792 384,784 370,744 376,696 404,660 446,652 476,674 486,700'),
    '#6d3833',
    light,
  );
  const bow = paper(
    outline('384,692! 356,668 348,698 384,698!') + outline('384,694! 366,724 350,712 380,690!'),
    '#d8525a',
    light,
    0.6,
  );
  const neck = paper(limb('424,790,20 420,830,22'), shade, light, 0.6);
  const skirtWave = air * 10;
  const body =
    paper(
      outline(
        `392,826 424,816 452,828 466,872 470,926 516,962 586,982 612,${992 + skirtWave * 0.3} 606,1036 566,${1048 + skirtWave} 520,1040 462,1044 414,${1034 + skirtWave} 398,1000 398,930 384,870`,
      ),
      dress,
      light,
    ) +
    shape(outline('470,930 516,966 596,988 600,998 520,984 474,950'), '#d8924d') +
    shape(outline('399,930 436,940 470,928 471,940 436,954 398,944'), '#d8525a');
  const armFar = paper(limb('440,842,15 470,858,13 492,838,12 488,806,10'), shade, light, 0.6);
  const armNear =
    paper(limb('412,846,20 424,886,17 452,882,14 462,842,11 460,822,11'), skin, light, 0.8) +
    paper(oval(461, 816, 15, 13, 20), skin, light, 0.6) +
    paper(outline('390,836 410,822 434,834 438,868 416,878 396,868'), dress, light, 0.7);
  const plank = paper(outline('416,1034! 560,1026! 562,1044! 418,1052!'), '#3c2228', light, 0.8);
  return (
    rope(18, 10) +
    legFar +
    armFar +
    neck +
    hair +
    body +
    plank +
    legNear +
    shape(outline('470,960 536,976 590,984 608,1000 602,1038 560,1044 500,1030 450,1036'), dress) +
    face +
    cap +
    bow +
    rope(-8, 2) +
    armNear
  );
}

function shoe(x: number, y: number, degrees: number): string {
  return turned(
    degrees,
    x,
    y,
    paper(
      outline(
        `${x - 14},${y - 18} ${x + 8},${y - 16} ${x + 20},${y - 34} ${x + 34},${y - 36} ${x + 36},${y - 14} ${x + 30},${y + 14} ${x - 12},${y + 15}`,
      ),
      '#b8434c',
      light,
      0.7,
    ),
  );
}
