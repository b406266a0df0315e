import { check } from './check.client';
import { examineConnections, examineStorage } from './examine-storage.client';
import type { Finding, FindingGroup } from './findings';

/** Looks at everything Echoes needs of this browser. `tapped`: inside a person's tap, where sound may really start. */
export async function examine({ tapped }: { tapped: boolean }): Promise<FindingGroup[]> {
  // Sound first: the tap counts only until something else was waited for.
  const sound = examineSound(tapped);
  const [pictures, video, sounds, storage, connections] = await Promise.all([
    examinePictures(),
    examineVideo(),
    sound,
    examineStorage(),
    examineConnections(),
  ]);
  return [
    { title: 'This device', findings: examineDevice() },
    { title: 'Photos', findings: pictures },
    { title: 'Clips and films', findings: video },
    { title: 'Sound', findings: sounds },
    { title: 'Storage', findings: storage },
    { title: 'Connection', findings: connections },
  ];
}

function examineDevice(): Finding[] {
  const { userAgent, hardwareConcurrency, maxTouchPoints, language } = navigator;
  const { deviceMemory } = navigator as { deviceMemory?: number };
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const prefers = ['reduced-motion: reduce', 'color-scheme: dark'].filter(
    (each) => matchMedia(`(prefers-${each})`).matches,
  );
  const known = (what: string, detail: string): Finding => ({ what, state: 'fact', detail });
  return [
    known('Browser', userAgent),
    known('Window', `${innerWidth} x ${innerHeight} at ${devicePixelRatio}, ${maxTouchPoints} touch points`),
    known(
      'Processors',
      `${hardwareConcurrency ?? 'unknown'}, memory ${deviceMemory ? `${deviceMemory} GB` : 'not told'}`,
    ),
    known('Settings', [language, timeZone, ...prefers].join(', ')),
  ];
}

/** The smallest pictures there are; what a format can hold is not asked. */
const samples = {
  WebP: 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA',
  AVIF: 'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAAAIAAAACAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQ0MAAAAABNjb2xybmNseAACAAIAAYAAAAAXaXBtYQAAAAAAAAABAAEEAQKDBAAAACVtZGF0EgAKCBgANogQEAwgMg8f8D///8WfhwB8+ErK42A=',
} as const;

function examinePictures(): Promise<Finding[]> {
  const opened = async (blob: Blob, options?: ImageBitmapOptions) => {
    const picture = await createImageBitmap(blob, options);
    const size = `${picture.width} x ${picture.height}`;
    picture.close();
    return size;
  };
  const sample = (name: keyof typeof samples) =>
    new Blob([Uint8Array.from(atob(samples[name]), (letter) => letter.charCodeAt(0))], {
      type: `image/${name.toLowerCase()}`,
    });
  const drawn = async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 8;
    canvas.height = 6;
    canvas.getContext('2d')?.fillRect(0, 0, 8, 6);
    return new Promise<Blob>((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('nothing drawn'))), 'image/jpeg'),
    );
  };
  return Promise.all([
    check('JPEG written and opened', async () => opened(await drawn())),
    check('Turned as its camera was held', async () => {
      await opened(await drawn(), { imageOrientation: 'from-image' });
      return '';
    }),
    check('WebP opened', () => opened(sample('WebP'))),
    check('AVIF opened', () => opened(sample('AVIF'))),
    check('HEIC converted here', async () => {
      // The smallest module: eight bytes of mark and version.
      await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
      return 'WebAssembly runs';
    }),
    check('Photos prepared beside the page', async () => {
      if (typeof OffscreenCanvas === 'undefined') return { state: 'partly', detail: 'on the page instead' };
      const canvas = new OffscreenCanvas(1, 1);
      canvas.getContext('2d')?.fillRect(0, 0, 1, 1);
      await canvas.convertToBlob({ type: 'image/jpeg' });
      return 'in a worker';
    }),
  ]);
}

function examineVideo(): Promise<Finding[]> {
  const video = document.createElement('video');
  const plays = (type: string) => async () => played(video.canPlayType(type));
  // Only keeping a film as a file needs it.
  const encodes = async (supported: () => Promise<{ supported?: boolean }>) => {
    const isOffered = await supported().then(
      (answer) => answer.supported === true,
      () => false,
    );
    return isOffered ? 'offered' : { state: 'partly' as const, detail: 'not offered' };
  };
  return Promise.all([
    check('H.264 clips', plays('video/mp4; codecs="avc1.640028"')),
    check('Clips at the same time as sound', async () => {
      // The film plays muted videos inside the page, beside its own music.
      if (!('playsInline' in video)) return { state: 'partly', detail: 'may open the whole screen' };
      return '';
    }),
    check('Every frame is told', async () => {
      if (!('requestVideoFrameCallback' in video)) return { state: 'partly', detail: 'by the clock instead' };
      return '';
    }),
    check('Films written as H.264', () =>
      encodes(async () =>
        VideoEncoder.isConfigSupported({ codec: 'avc1.4d0028', width: 720, height: 1280, bitrate: 4e6, framerate: 30 }),
      ),
    ),
    check('Films written with AAC sound', () =>
      encodes(async () =>
        AudioEncoder.isConfigSupported({
          codec: 'mp4a.40.2',
          sampleRate: 48_000,
          numberOfChannels: 2,
          bitrate: 128_000,
        }),
      ),
    ),
    check('Whole screen', async () => {
      if (!document.fullscreenEnabled) return { state: 'partly', detail: 'fills the window instead' };
      return '';
    }),
    check('Screen stays awake', async () => {
      if (!('wakeLock' in navigator)) return { state: 'partly', detail: 'not offered' };
      return '';
    }),
  ]);
}

async function examineSound(tapped: boolean): Promise<Finding[]> {
  const context = typeof AudioContext === 'undefined' ? null : new AudioContext();
  const started = context && tapped ? context.resume() : null;
  const findings = await Promise.all([
    check('AAC music', async () => {
      return played(document.createElement('audio').canPlayType('audio/mp4; codecs="mp4a.40.2"'));
    }),
    check('Sound', async () => {
      if (!context) throw new Error('no AudioContext');
      const { sampleRate, baseLatency, outputLatency } = context;
      const about = `${sampleRate} Hz, on its way for ${Math.round(1000 * (outputLatency || baseLatency || 0))} ms`;
      if (!started) return { state: 'partly', detail: `${about}; press “Check again” to hear whether it starts` };
      const begun = performance.now();
      await started;
      // A clock that says that it runs may stand all the same.
      while (context.currentTime === 0) await new Promise(requestAnimationFrame);
      return `${about}, started in ${Math.round(performance.now() - begun)} ms`;
    }),
  ]);
  await context?.close().catch(() => undefined);
  return findings;
}

/** The surest answer a browser gives is "probably". */
function played(answer: CanPlayTypeResult) {
  if (answer === '') throw new Error('not played');
  return answer === 'probably' ? '' : { state: 'partly' as const, detail: 'this browser is not sure' };
}
