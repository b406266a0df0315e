/** A file of the icon set under `public/`; without a width it is the SVG itself. */
export type IconFile = { file: string; svg: string; width?: number };

const room = '#120f0c';

/**
 * The motif: a lit photo in a dark room, and its echo twice, fainter each time.
 * `room` fills the square; `inset` draws the motif smaller, to stay inside a launcher's mask, or larger where negative.
 */
function icon(corner: number, inset: number): string {
  const scale = (512 - inset * 2) / 512;
  const sheet = (x: number, y: number, more: string) =>
    `<rect x="${x}" y="${y}" width="196" height="262" rx="26" ${more}/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><defs>
<linearGradient id="lit" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#ffdc9c"/><stop offset=".55" stop-color="#f7b65c"/><stop offset="1" stop-color="#ea9540"/></linearGradient>
<radialGradient id="spill" cx=".42" cy=".5" r=".62"><stop offset="0" stop-color="#e9943f" stop-opacity=".5"/><stop offset="1" stop-color="#e9943f" stop-opacity="0"/></radialGradient>
<clipPath id="photo">${sheet(84, 125, '')}</clipPath></defs>
<rect width="512" height="512" rx="${corner}" fill="${room}"/><rect width="512" height="512" rx="${corner}" fill="url(#spill)"/>
<g transform="translate(${inset} ${inset}) scale(${scale})">${sheet(232, 125, 'fill="#f0a550" fill-opacity=".26"')}<rect x="150" y="117" width="212" height="278" rx="32" fill="${room}"/>${sheet(158, 125, 'fill="#f0a550" fill-opacity=".5"')}<rect x="76" y="117" width="212" height="278" rx="32" fill="${room}"/>${sheet(84, 125, 'fill="url(#lit)"')}
<g clip-path="url(#photo)"><circle cx="206" cy="222" r="34" fill="#fff6dd"/><path d="M84 326q52 -66 104 -22t92 -14v110H84Z" fill="#b65f3a"/><path d="M84 362q70 -40 120 -8t76 -10v60H84Z" fill="#5e2f2b"/></g></g></svg>
`;
}

export const iconFiles: readonly IconFile[] = [
  { file: 'favicon.svg', svg: icon(112, -62) },
  { file: 'icons/icon-192.png', svg: icon(112, -28), width: 192 },
  { file: 'icons/icon-512.png', svg: icon(112, -28), width: 512 },
  { file: 'icons/icon-maskable-512.png', svg: icon(0, 28), width: 512 },
  { file: 'icons/apple-touch-icon.png', svg: icon(0, -20), width: 180 },
];
