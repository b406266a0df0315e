/**
 * Shapes in the style of cut paper, of which all scenes are made. A shape is an SVG path; a sheet of paper is a path with a lit edge
 * on the side the light comes from and a shadow on the other. Every function is pure: the same
 * arguments draw the same picture.
 */

/** `[x, y]`, or `[x, y, 1]` where the outline turns a sharp corner. */
export type Point = readonly [x: number, y: number, corner?: 0 | 1];
/** A joint of a limb: where it is and half its thickness there. */
export type Joint = readonly [x: number, y: number, half: number];
/** One sheet. `depth` is 0 for what is infinitely far (it does not move with the camera) and 1 for what is near. */
export type Layer = { readonly id: string; readonly depth: number; readonly body: string };
/** Where the light stands: the side the edges shine on, and the colour of that shine. */
export type Light = { readonly x: number; readonly y: number; readonly edge: string };
export type Scene = {
  readonly name: string;
  /** The layers from far to near at `seconds` of the scene's life. */
  draw(seconds: number): readonly Layer[];
};

/** The drawing is wider than the photo: the photo is 0..1080, the wide film sees all of it. Both are 1440 high. */
const stage = { left: -740, right: 1820, width: 2560, height: 1440, photoWidth: 1080 } as const;

/** A stream of numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const short = (value: number) => String(Math.round(value * 10) / 10);

function pointsOf(drawn: string): readonly Point[] {
  return drawn.split(' ').map((word): Point => {
    const [x = Number.NaN, y = Number.NaN] = word.replace('!', '').split(',').map(Number);
    return [x, y, word.endsWith('!') ? 1 : 0];
  });
}

function jointsOf(drawn: string): readonly Joint[] {
  return drawn.split(' ').map((word): Joint => {
    const [x = Number.NaN, y = Number.NaN, half = Number.NaN] = word.split(',').map(Number);
    return [x, y, half];
  });
}

/** A smooth outline through the points (Catmull-Rom), sharp only at corners; written `'x,y x,y! x,y'`, `!` a corner. */
export function outline(drawn: string | readonly Point[], closed = true): string {
  const points = typeof drawn === 'string' ? pointsOf(drawn) : drawn;
  const count = points.length;
  const at = (index: number): Point => {
    const wrapped = closed ? (index + count) % count : Math.max(0, Math.min(count - 1, index));
    return points[wrapped] ?? [0, 0];
  };
  const first = at(0);
  let path = `M${short(first[0])} ${short(first[1])}`;
  for (let index = 0; index < (closed ? count : count - 1); index++) {
    const [before, from, to, after] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    const out = from[2] ? 0 : 1 / 6;
    const into = to[2] ? 0 : 1 / 6;
    const handles = [
      from[0] + (to[0] - before[0]) * out,
      from[1] + (to[1] - before[1]) * out,
      to[0] - (after[0] - from[0]) * into,
      to[1] - (after[1] - from[1]) * into,
      to[0],
      to[1],
    ];
    path += `C${handles.map(short).join(' ')}`;
  }
  return closed ? `${path}Z` : path;
}

/** An arm, a leg, a branch: a smooth line through the joints, as thick as each joint says, round at both ends; written `'x,y,half ...'`. */
export function limb(drawn: string | readonly Joint[]): string {
  const joints = typeof drawn === 'string' ? jointsOf(drawn) : drawn;
  const spine: Joint[] = [];
  const at = (index: number): Joint => joints[Math.max(0, Math.min(joints.length - 1, index))] ?? [0, 0, 0];
  for (let index = 0; index < joints.length - 1; index++) {
    const around = [at(index - 1), at(index), at(index + 1), at(index + 2)] as const;
    for (let step = 0; step < 8; step++) {
      const along = step / 8;
      const mix = (axis: 0 | 1 | 2) =>
        spline(along, around[0][axis], around[1][axis], around[2][axis], around[3][axis]);
      spine.push([mix(0), mix(1), Math.max(0.5, mix(2))]);
    }
  }
  spine.push(at(joints.length - 1));
  const left: Point[] = [];
  const right: Point[] = [];
  spine.forEach(([x, y, half], index) => {
    const previous = spine[Math.max(0, index - 1)] ?? [x, y, half];
    const next = spine[Math.min(spine.length - 1, index + 1)] ?? [x, y, half];
    const angle = Math.atan2(next[1] - previous[1], next[0] - previous[0]);
    left.push([x + Math.sin(angle) * half, y - Math.cos(angle) * half]);
    right.push([x - Math.sin(angle) * half, y + Math.cos(angle) * half]);
    if (index === 0) left.unshift([x - Math.cos(angle) * half, y - Math.sin(angle) * half]);
    if (index === spine.length - 1) left.push([x + Math.cos(angle) * half, y + Math.sin(angle) * half]);
  });
  return outline([...left, ...right.reverse()]);
}

function spline(t: number, a: number, b: number, c: number, d: number): number {
  return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
}

/** An ellipse as a path, turned by `degrees`. */
export function oval(x: number, y: number, across: number, down: number, degrees = 0): string {
  const turn = (degrees * Math.PI) / 180;
  const [dx, dy] = [Math.cos(turn) * across, Math.sin(turn) * across];
  const arc = `A${short(across)} ${short(down)} ${short(degrees)} 1 1 `;
  return `M${short(x - dx)} ${short(y - dy)}${arc}${short(x + dx)} ${short(y + dy)}${arc}${short(x - dx)} ${short(y - dy)}Z`;
}

/** One path with one colour. */
export function shape(path: string, fill: string, more = ''): string {
  return `<path d="${path}" fill="${fill}"${more && ` ${more}`}/>`;
}

/** A cut sheet: a soft shadow away from the light, the lit cut edge towards it, then the sheet. */
export function paper(path: string, fill: string, light: Light, edge = 1): string {
  const [dx, dy] = [light.x * edge, light.y * edge];
  return (
    shape(path, '#000', `fill-opacity=".16" transform="translate(${short(-dx * 1.8)} ${short(-dy * 1.8)})"`) +
    shape(path, light.edge, `transform="translate(${short(dx)} ${short(dy)})"`) +
    shape(path, fill)
  );
}

/** A ground, hill or wave across the whole stage: `height(x)` with a torn, fibrous upper edge. */
export function ridge(seed: number, rough: number, height: (x: number) => number, bottom = 1700): string {
  const next = random(seed);
  const points: string[] = [];
  let drift = 0;
  for (let x = stage.left - 160; x <= stage.right + 160; x += 9) {
    drift = drift * 0.82 + (next() - 0.5) * rough;
    points.push(`${short(x)} ${short(height(x) + drift + (next() - 0.5) * rough * 0.35)}`);
  }
  return `M${stage.left - 160} ${bottom}L${points.join('L')}L${stage.right + 160} ${bottom}Z`;
}

/** A torn sheet across the stage: a pale fibrous edge, and the sheet just inside it. */
export function torn(
  seed: number,
  fill: string,
  edge: string,
  height: (x: number) => number,
  width = 5,
  shadow = 0.12,
): string {
  const behind = ridge(seed, 5, (x) => height(x) - width);
  return (
    shape(behind, '#000', `fill-opacity="${shadow}" transform="translate(0 -8)"`) +
    shape(behind, edge) +
    shape(ridge(seed + 1, 4, height), fill)
  );
}

/** The whole stage in a vertical gradient; stops are `[offset, colour, opacity?]`. */
export function wash(
  id: string,
  stops: readonly (readonly [number, string, number?])[],
  y = -160,
  height = 1760,
): string {
  return `<defs><linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="0" y1="${y}" x2="0" y2="${y + height}">${stopsOf(stops)}</linearGradient></defs><rect x="${stage.left - 160}" y="${y}" width="${stage.width + 320}" height="${height}" fill="url(#${id})"/>`;
}

/** A round glow: brightest in the middle, nothing at `radius`. `squash` flattens it. */
export function glow(
  id: string,
  x: number,
  y: number,
  radius: number,
  stops: readonly (readonly [number, string, number?])[],
  squash = 1,
): string {
  return `<defs><radialGradient id="${id}" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="${short(radius)}">${stopsOf(stops)}</radialGradient></defs><circle r="${short(radius)}" fill="url(#${id})" transform="translate(${short(x)} ${short(y)}) scale(1 ${squash})"/>`;
}

function stopsOf(stops: readonly (readonly [number, string, number?])[]): string {
  return stops
    .map(
      ([offset, colour, opacity = 1]) =>
        `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${short(opacity * 100)}%"/>`,
    )
    .join('');
}

/** Blades of grass along a ground line, leaning with the wind. */
export function grass(
  seed: number,
  fill: string,
  ground: (x: number) => number,
  tall: number,
  step: number,
  wind: number,
): string {
  const next = random(seed);
  let path = '';
  for (let x = stage.left - 100; x < stage.right + 100; x += step * (0.4 + next())) {
    const [high, lean, foot] = [tall * (0.35 + next() ** 2), (next() - 0.35) * tall * 0.6, ground(x) + 14];
    const tip = lean + Math.sin(wind + x / 90 + next()) * high * 0.09;
    path += `M${short(x - 4)} ${short(foot)}Q${short(x + lean * 0.2)} ${short(foot - high * 0.6)} ${short(x + tip)} ${short(foot - high - 12)}Q${short(x + lean * 0.2 + 6)} ${short(foot - high * 0.5)} ${short(x + 5)} ${short(foot)}Z`;
  }
  return shape(path, fill);
}

/** A group moved, turned (degrees, about x y) and scaled as one. */
export function turned(degrees: number, x: number, y: number, body: string): string {
  return `<g transform="rotate(${(Math.round(degrees * 1000) / 1000).toString()} ${short(x)} ${short(y)})">${body}</g>`;
}

/** A group moved. */
export function moved(x: number, y: number, body: string, scale = 1): string {
  return `<g transform="translate(${short(x)} ${short(y)})${scale === 1 ? '' : ` scale(${scale})`}">${body}</g>`;
}

/** What the camera sees: a window onto the stage, and how far it has travelled and come nearer. */
export type View = { x: number; y: number; width: number; height: number; panX: number; panY: number; zoom: number };

/** The photo as it was taken: the 3:4 middle of the stage, the camera at rest. */
export const photoView: View = { x: 0, y: 0, width: 1080, height: 1440, panX: 0, panY: 0, zoom: 1 };

/** The layers as one SVG document. Near layers move more than far ones. */
export function documentOf(layers: readonly Layer[], view: View = photoView): string {
  const [middleX, middleY] = [540, 720];
  const groups = layers.map(({ id, depth, body }) => {
    const scale = 1 + (view.zoom - 1) * (0.35 + 0.65 * depth);
    const [x, y] = [middleX * (1 - scale) - view.panX * depth, middleY * (1 - scale) - view.panY * depth];
    const still = scale === 1 && x === 0 && y === 0;
    const place = still ? '' : ` transform="translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${scale.toFixed(5)})"`;
    return `<g id="layer-${id}"${place}>${body}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view.x} ${view.y} ${view.width} ${view.height}">\n${groups.join('\n')}\n</svg>\n`;
}

/** The second of each scene's life at which its photo was taken. */
export const photoSeconds = 0.6;
