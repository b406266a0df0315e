import { crc32, deflateSync } from 'node:zlib';
import { Decoder, Demuxer } from 'node-av/api';

export type Clip = { width: number; height: number; seconds: number; codec: string; frames: Uint8Array[] };

/** Decodes a film with all its frames, as luma planes. */
export async function clipFrom(video: Uint8Array): Promise<Clip> {
  await using input = await Demuxer.open(Buffer.from(video));
  const stream = input.video();
  if (!stream) throw new Error('No picture in this file');
  using decoder = await Decoder.create(stream);
  const { width, height } = stream.codecpar;
  const frames: Uint8Array[] = [];
  for await (using frame of decoder.frames(input.packets(stream.index))) {
    if (frame) frames.push(new Uint8Array(frame.toBuffer().subarray(0, width * height)));
  }
  return { width, height, seconds: input.duration, codec: decoder.getCodec().name ?? '', frames };
}

/** A small PNG of colourful stripes and a disc, on which every camera move is visible. */
export function picture(width = 320, height = 240): Buffer {
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const inDisc = Math.hypot(x - width / 3, y - height / 3) < height / 4;
      const at = y * (width * 3 + 1) + 1 + x * 3;
      rows[at] = inDisc ? 240 : (x * 255) / width;
      rows[at + 1] = (Math.floor(x / 16) + Math.floor(y / 16)) % 2 ? 180 : 60;
      rows[at + 2] = inDisc ? 90 : (y * 255) / height;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A client for sign-in: keeps cookies with their paths, and follows no redirect. */
export function createBrowser() {
  const jar = new Map<string, { value: string; path: string }>();
  return async (address: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(address);
    const cookie = [...jar]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const path = /;\s*path=([^;]+)/i.exec(line)?.[1] ?? '/';
      if (value === '') jar.delete(name);
      else jar.set(name, { value, path });
    }
    return response;
  };
}
