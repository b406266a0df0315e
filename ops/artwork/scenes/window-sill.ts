import { light } from './armchair.ts';
import { limb, outline, oval, paper, shape, turned } from './draw.ts';

/** The sill with the cat, whose tail twitches, and the flower pot. */
export function sill(seconds: number): string {
  const twitch = Math.sin(seconds * 1.6) * 9;
  const cat = '#3d2c35';
  const tail = turned(twitch, 196, 846, paper(limb('190,846,13 178,900,12 186,950,11 214,972,8'), cat, light, 0.8));
  const body =
    paper(outline('152,858! 150,800 168,746 200,716 232,720 250,770 262,858!'), cat, light) +
    paper(outline('206,740 190,702 194,668 198,636! 218,654 244,654 266,638! 268,676 262,706 238,728'), cat, light);
  const pot =
    paper(outline('440,858! 432,792! 520,792! 512,858!'), '#b35f49', light) +
    paper(outline('426,780! 526,780! 524,800! 428,800!'), '#c06b51', light, 0.7);
  const leaf = (x: number, y: number, lean: number) =>
    turned(
      Math.sin(seconds * 1.2 + x) * 1.5,
      476,
      790,
      paper(
        outline(
          `474,790! ${474 + (x - 474) * 0.3 - lean},${(y + 790) / 2} ${x},${y}! ${474 + (x - 474) * 0.6 + lean},${(y + 800) / 2}`,
        ),
        '#43584c',
        light,
        0.7,
      ),
    );
  const bloom = (x: number, y: number) =>
    paper(oval(x, y, 13, 12), '#d9655c', light, 0.6) +
    paper(oval(x + 15, y + 5, 11, 10), '#c9524f', light, 0.6) +
    paper(oval(x + 4, y - 12, 11, 10), '#e57a68', light, 0.6);
  const plant =
    leaf(420, 700, 18) +
    leaf(540, 710, 18) +
    leaf(446, 660, 16) +
    leaf(510, 650, 16) +
    leaf(478, 640, 14) +
    leaf(398, 756, 14) +
    leaf(556, 760, 14) +
    bloom(446, 648) +
    bloom(514, 640) +
    bloom(478, 622);
  const board =
    paper(outline('64,854! 616,854! 628,886! 52,886!'), '#dcc2a3', light, 0.9) +
    shape(outline('64,886! 616,886! 604,908! 76,908!'), '#26393f', 'fill-opacity=".6"');
  return plant + pot + board + body + tail;
}
