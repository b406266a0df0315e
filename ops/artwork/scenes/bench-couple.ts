import { type Light, limb, moved, outline, oval, paper, shape, turned } from './draw.ts';

/** The low sun at the right. */
export const light: Light = { x: 3.2, y: -3.2, edge: '#f2a25c' };

/** He, and she leaning on him under his arm; `breath` lifts them, in stage units. */
export function couple(breath: number): string {
  const his = '#2b3a45';
  const hers = '#6b3038';
  // He: broad, a little stooped, flat cap; his arm lies along her back.
  const him =
    paper(
      outline('520,1130! 512,1010 516,920 540,872 586,846 634,836 684,850 732,882 752,940 756,1030 746,1130!'),
      his,
      light,
    ) +
    paper(outline('598,860 604,800 600,770 676,770 672,800 678,860 638,874'), '#7a4a3e', light, 0.8) +
    shape(limb('618,826,1 638,832,2.4 660,826,1') + limb('610,812,1 622,816,1.8 634,815,1'), '#5f3731') +
    paper(outline('582,852 606,838 640,846 678,838 696,856 664,880 612,880'), '#22303a', light, 0.8) +
    paper(
      outline('584,748 592,708 638,690 684,708 694,748 690,782 678,800! 660,790 638,806 616,790 600,800! 588,782'),
      '#6a6261',
      light,
      0.8,
    ) +
    shape(
      limb('600,786,1 604,762,2.4 602,744,1') +
        limb('620,784,1 622,762,2.4 621,746,1') +
        limb('640,798,1 640,770,2.6 640,748,1') +
        limb('660,784,1 658,762,2.4 659,746,1') +
        limb('679,786,1 674,762,2.4 676,744,1'),
      '#544d4e',
    ) +
    paper(oval(583, 766, 10, 18, -8), '#66403a', light, 0.6) +
    paper(oval(695, 766, 10, 18, 8), '#7d4d40', light, 0.9) +
    paper(outline('572,742 580,698 624,668 668,670 700,702 704,742 668,730 610,730'), '#3c3134', light) +
    shape(limb('640,668,1.2 646,700,2.2 642,734,1.2') + limb('574,738,2 608,726,3.4 668,726,3.4 702,738,2'), '#2a2226');
  // She: smaller, her head on his shoulder, hair in a bun, a shawl.
  const tilt = 15;
  const strands =
    limb('384,800,1 410,784,2.4 448,800,1') +
    limb('378,832,1 384,806,2.4 400,790,1') +
    limb('428,766,1 460,784,2.6 474,816,1') +
    limb('450,860,1 470,846,2.4 476,828,1');
  const bun = limb('396,846,1 418,822,3 452,834,1') + limb('404,858,1 430,842,3 456,848,1');
  const head =
    paper(outline('372,822 382,772 424,752 470,768 484,816 474,862 430,886 386,868'), '#7b7271', light) +
    shape(strands, '#675f60') +
    paper(oval(424, 840, 37, 32, -4), '#857b79', light, 0.5) +
    shape(bun, '#6c6364') +
    paper(oval(484, 822, 8, 15, 10), '#7d4d40', light, 0.7);
  const her =
    paper(
      outline('320,1130! 314,1030 324,960 350,918 392,894 438,886 486,900 524,932 540,1000 540,1130!'),
      hers,
      light,
    ) +
    paper(outline('402,898 408,862 462,858 468,898 434,912'), '#6b4239', light, 0.7) +
    turned(tilt, 434, 880, moved(6, 8, head)) +
    paper(
      outline('338,936 386,890 432,902 486,886 530,928 540,974 486,1010 436,1064 384,1010 326,980'),
      '#a8493f',
      light,
    ) +
    fringe();
  const arm =
    paper(limb('566,884,34 508,934,32 430,968,27 368,964,21'), his, light, 0.45) +
    paper(limb('372,964,20 350,958,18 334,964,10'), '#8a5746', light, 0.8);
  return moved(0, breath, him) + moved(0, breath * 0.6, her + arm);
}

function fringe(): string {
  return Array.from({ length: 11 }, (_, index) => {
    const along = index / 10;
    const [x, y] =
      along < 0.5 ? [330 + along * 212, 984 + along * 160] : [436 + (along - 0.5) * 200, 1064 - (along - 0.5) * 170];
    return shape(limb(`${x},${y - 4},2.4 ${x + 2},${y + 22},1.2`), '#8f3b35');
  }).join('');
}
