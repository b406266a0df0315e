import { type Light, limb, outline, oval, paper, shape, turned } from './draw.ts';

/** The setting sun at the left. */
export const light: Light = { x: -3.2, y: -3, edge: '#ffc6a0' };

/** Both of them and the veil, swaying a little at `seconds`. */
export function couple(seconds: number): string {
  const sway = Math.sin(seconds * 0.9) * 0.5;
  return turned(sway, 540, 1260, veil(seconds) + groom() + bride(seconds));
}

function groom(): string {
  const suit = '#2c2a41';
  const skin = '#a4614f';
  // He stands to the right and bends down to her.
  const legs =
    paper(
      outline('596,940 690,940 704,1080 690,1254! 628,1254! 622,1090 600,1254! 560,1254! 574,1080'),
      '#25233a',
      light,
      0.8,
    ) +
    paper(
      outline('540,1266! 546,1250 596,1246 602,1266!') + outline('606,1270! 616,1252 690,1246 696,1270!'),
      '#191728',
      light,
      0.5,
    );
  const jacket = paper(
    outline(
      '560,700 592,668 640,654 688,672 718,720 730,800 722,900 728,1004 690,1020 600,1012 566,996 572,900 556,800',
    ),
    suit,
    light,
  );
  const shirt =
    shape(outline('588,674 606,662 604,700 574,770 566,720'), '#f1dcd0') +
    shape(outline('590,690 606,684 604,704 590,708'), '#7b2f45');
  const neck = paper(limb('634,676,31 612,622,28'), '#8a4d47', light, 0.6);
  const head = turned(
    -15,
    612,
    600,
    paper(
      outline(
        '562,566 566,532 590,512 628,508 660,528 668,572 656,616 624,640 588,650 570,642 567,626 560,620 562,611 556,604 544,594! 556,576',
      ),
      skin,
      light,
    ) +
      shape(limb('572,580,1 579,584,2.3 588,579,1'), '#4a2a30') +
      shape(limb('566,563,1.4 577,557,2.6 592,561,1.4'), '#3a2229') +
      paper(
        outline('560,548 568,516 600,494 640,494 674,520 682,570 668,618 644,632 642,596 628,586 620,556 596,540'),
        '#38222b',
        light,
      ) +
      paper(oval(630, 592, 10, 17, 8), '#96564a', light, 0.5),
  );
  return legs + jacket + shirt + neck + head;
}

function bride(seconds: number): string {
  const dress = '#f7e6dc';
  const fold = '#dcb9b4';
  const skin = '#c98468';
  const hem = Math.sin(seconds * 1.2) * 5;
  const skirt =
    paper(
      outline(
        `438,872 500,884 536,900 560,990 590,1110 622,1262! 520,1276 400,1274 280,1280 ${170 - hem},1288 ${110 - hem * 1.5},1284! 210,1226 300,1130 372,1000 410,900`,
      ),
      dress,
      light,
    ) +
    shape(limb('470,900,2 440,1020,6 370,1150,9 250,1270,3'), fold) +
    shape(limb('498,900,2 490,1040,6 456,1160,9 400,1270,4'), fold) +
    shape(limb('520,900,2 534,1040,5 540,1160,8 520,1270,4'), fold);
  const bodice =
    paper(
      outline('446,742 470,716 510,712 538,738 552,790 536,850 540,902 490,912 432,890 446,830 434,784'),
      dress,
      light,
      0.8,
    ) + shape(outline('436,872 490,890 538,880 540,900 490,910 432,892'), '#d98f95');
  const neck =
    paper(limb('484,726,26 492,676,20 500,640,20'), '#b8735c', light, 0.8) +
    shape(outline('452,738 474,712 514,712 534,738 496,752'), skin);
  const head = turned(
    13,
    500,
    630,
    paper(
      outline(
        '454,612 458,568 486,542 522,544 542,566 545,590 549,604 561,622! 551,630 553,639 547,644 549,652 541,668 518,678 486,672 462,648',
      ),
      skin,
      light,
    ) +
      shape(limb('526,606,1 534,611,2.3 543,606,1'), '#4a2a30') +
      shape(limb('524,588,1.2 535,583,2.2 545,588,1.2'), '#5b3430') +
      shape(oval(525, 634, 12, 8), '#dd7f6c', 'fill-opacity=".7"') +
      paper(
        outline('540,570 520,566 506,588 500,622 486,644 470,662 448,648 438,606 446,560 478,530 518,528 542,552'),
        '#6d3b34',
        light,
      ) +
      paper(oval(442, 634, 34, 31, 10), '#6d3b34', light) +
      shape(limb('424,624,1 442,612,2.6 464,626,1') + limb('424,642,1 442,632,2.6 464,644,1'), '#572d2b') +
      crownOf(),
  );
  const armFar =
    paper(limb('690,716,30 664,800,28 560,836,21 486,832,16'), '#322f49', light, 0.8) +
    paper(limb('492,832,16 462,836,18 440,850,8'), '#a4614f', light, 0.6) +
    shape(limb('498,818,5 500,846,5'), '#f1dcd0');
  const armNear =
    paper(limb('462,752,23 494,800,19 552,766,15 598,700,13 622,664,12'), skin, light, 0.9) +
    paper(limb('616,674,13 632,650,12 640,634,6'), skin, light, 0.6);
  return skirt + neck + bodice + head + armFar + armNear;
}

function crownOf(): string {
  return [
    [462, 548, '#f6d3c8'],
    [482, 534, '#e88f8f'],
    [506, 530, '#f6d3c8'],
    [446, 568, '#e88f8f'],
    [438, 592, '#f6d3c8'],
  ]
    .map(([x, y, fill]) => paper(oval(Number(x), Number(y), 12, 11), String(fill), light, 0.4))
    .join('');
}

function veil(seconds: number): string {
  const blow = Math.sin(seconds * 1.3) * 14;
  const path = outline(
    `470,560 430,590 392,700 350,850 ${276 - blow * 0.4},1010 ${170 - blow},${1130 + blow * 0.3} ${236 - blow * 0.6},1160 330,1120 410,1000 450,850 478,720`,
  );
  return (
    shape(path, '#fff4ea', 'fill-opacity=".5"') +
    shape(limb(`450,600,2 408,760,4 350,920,5 ${220 - blow},1120,2`), '#fffaf2', 'fill-opacity=".55"')
  );
}
