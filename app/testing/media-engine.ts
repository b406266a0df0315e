// Media elements and audio of a browser, in virtual time, as far as the player uses them. By default they behave as
// WebKit on a phone does: before `play()` only a video's metadata is loaded, and `canplaythrough` never fires.
import type { VirtualTime } from './virtual-time';

/** A file as the imitated network serves it. A video of `seconds`; its decoder fails at `brokenAtSeconds`. */
export interface MediaFile {
  seconds?: number;
  brokenAtSeconds?: number;
  bytes?: number;
}

/** How the imitated browser behaves; a test may change it while the film plays. */
export interface EngineBehaviour {
  /** Muted videos play only after a tap (Low Power Mode). */
  needsTapForVideo: boolean;
  /** `resume()` works only inside a tap. */
  needsTapForSound: boolean;
  /** How long a video needs from `play()` to its first picture. */
  startMs: number;
  seekMs: number;
  /** Seconds of a video that pass in a second: below 1 where the device is too slow for it. */
  speed: number;
  /** The picture of an image never finishes decoding. */
  stuckImages: boolean;
  /** How long audio needs from `resume()` to running; Infinity for never. */
  soundStartMs: number;
  latencySeconds: number;
}

export class MediaEngine {
  readonly behaviour: EngineBehaviour = {
    needsTapForVideo: false,
    needsTapForSound: true,
    startMs: 60,
    seekMs: 20,
    speed: 1,
    stuckImages: false,
    soundStartMs: 100,
    latencySeconds: 0.03,
  };
  readonly videos: ImitatedVideo[] = [];
  readonly contexts: ImitatedAudioContext[] = [];
  /** Everything called inside the last tap. */
  readonly callsInTap: string[] = [];
  readonly files = new Map<string, MediaFile>();
  readonly document = Object.assign(new EventTarget(), {
    visibilityState: 'visible' as DocumentVisibilityState,
    createElement: (name: string) => (name === 'video' ? this.#makeVideo() : this.#makeElement()),
  });
  readonly window = new EventTarget();
  #inTap = false;

  constructor(readonly time: VirtualTime) {}

  /** A person's tap: what `act` does before it returns is inside it. */
  tap(act: () => void): void {
    this.callsInTap.length = 0;
    this.#inTap = true;
    act();
    this.#inTap = false;
  }

  noteCall(name: string): boolean {
    if (this.#inTap) this.callsInTap.push(name);
    return this.#inTap;
  }

  /** Hides or shows the page. */
  show(visibilityState: DocumentVisibilityState): void {
    this.document.visibilityState = visibilityState;
    this.document.dispatchEvent(new Event('visibilitychange'));
  }

  globals() {
    const { time, document, window } = this;
    const engine = this;
    return {
      ...time.globals(),
      document,
      window,
      navigator: {},
      AudioContext: class extends ImitatedAudioContext {
        constructor() {
          super(engine);
        }
      },
      GainNode: class {
        gain = new ImitatedGain();
        constructor(readonly context: ImitatedAudioContext) {}
        connect = <Node>(node: Node) => node;
        disconnect = () => undefined;
      },
      AudioBufferSourceNode: ImitatedSource,
      OfflineAudioContext: class {
        decodeAudioData = async () => ({ duration: 600 });
      },
    };
  }

  #makeElement(): ImitatedElement {
    const element = new ImitatedElement();
    element.decodes = () => !this.behaviour.stuckImages;
    return element;
  }

  #makeVideo(): ImitatedVideo {
    const video = new ImitatedVideo(this);
    this.videos.push(video);
    return video;
  }
}

export class ImitatedElement extends EventTarget {
  style: Record<string, string> = {};
  dataset: Record<string, string> = {};
  children: ImitatedElement[] = [];
  parent: ImitatedElement | null = null;
  hidden = false;
  #attributes = new Map<string, string>();

  appendChild(child: ImitatedElement) {
    this.children.push(child);
    child.parent = this;
    return child;
  }
  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((each) => each !== this);
    this.parent = null;
  }
  get src() {
    return this.#attributes.get('src') ?? '';
  }
  set src(address: string) {
    this.setAttribute('src', address);
  }
  setAttribute(name: string, value: string) {
    this.#attributes.set(name, value);
  }
  hasAttribute(name: string) {
    return this.#attributes.has(name);
  }
  removeAttribute(name: string) {
    this.#attributes.delete(name);
  }
  decodes = () => true;
  /** Of an image. */
  decode(): Promise<void> {
    if (!this.decodes()) return new Promise(() => undefined);
    return this.hasAttribute('src') ? Promise.resolve() : Promise.reject(new DOMException('', 'EncodingError'));
  }
}

type Pending = { resolve: () => void; reject: (error: DOMException) => void };

export class ImitatedVideo extends ImitatedElement {
  paused = true;
  seeking = false;
  readyState = 0;
  error: { code: number } | null = null;
  duration = Number.NaN;
  /** Playback has stalled without an event. */
  stuck = false;
  #unlocked = false;
  #rate = 1;
  #pending: Pending[] = [];
  /** `currentTime` at the moment `#atMs`. */
  #from = 0;
  #atMs = 0;
  #timer: number | undefined;

  constructor(readonly engine: MediaEngine) {
    super();
  }

  get #file(): MediaFile | undefined {
    return this.engine.files.get(this.src);
  }
  get #moves() {
    return !this.paused && !this.seeking && this.readyState >= 3 && this.error === null && !this.stuck;
  }
  get #pace() {
    return this.#rate * this.engine.behaviour.speed;
  }
  get currentTime() {
    const passed = this.#moves ? ((this.engine.time.nowMs - this.#atMs) / 1000) * this.#pace : 0;
    return Math.min(this.#from + passed, this.duration || 0);
  }
  set currentTime(seconds: number) {
    this.#change(() => {
      this.#from = seconds;
      this.seeking = true;
    });
    const { src } = this;
    this.engine.time.setTimeout(() => {
      if (this.src !== src) return;
      this.#change(() => {
        this.seeking = false;
      });
      this.dispatchEvent(new Event('seeked'));
    }, this.engine.behaviour.seekMs);
  }
  get ended() {
    return this.duration > 0 && this.currentTime >= this.duration;
  }
  get playbackRate() {
    return this.#rate;
  }
  set playbackRate(rate: number) {
    this.#change(() => {
      this.#rate = rate;
    });
  }
  override set src(address: string) {
    this.setAttribute('src', address);
    this.load();
  }
  override get src() {
    return super.src;
  }

  load() {
    this.#abort();
    this.#change(() => {
      Object.assign(this, {
        paused: true,
        seeking: false,
        readyState: 0,
        error: null,
        duration: Number.NaN,
        stuck: false,
      });
      this.#from = 0;
    });
    const { src } = this;
    if (src) this.engine.time.setTimeout(() => this.src === src && this.#loadMetadata(), 10);
  }

  play(): Promise<void> {
    const inTap = this.engine.noteCall('play');
    if (this.engine.behaviour.needsTapForVideo && !inTap && !this.#unlocked)
      return Promise.reject(new DOMException('', 'NotAllowedError'));
    if (this.error) return Promise.reject(new DOMException('', 'NotSupportedError'));
    if (inTap) this.#unlocked = true;
    if (this.ended) this.#from = 0;
    this.#change(() => {
      this.paused = false;
    });
    if (this.readyState >= 3) return Promise.resolve();
    const { src } = this;
    if (src) {
      this.engine.time.setTimeout(() => {
        if (this.src !== src || this.readyState < 1 || this.readyState >= 3 || this.paused) return;
        this.#change(() => {
          this.readyState = 4;
        });
        for (const { resolve } of this.#pending.splice(0)) resolve();
      }, this.engine.behaviour.startMs);
    }
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }));
  }

  pause() {
    this.#abort();
    this.#change(() => {
      this.paused = true;
    });
  }

  /** Stalls or resumes playback without an event. */
  hold(stuck: boolean) {
    this.#change(() => {
      this.stuck = stuck;
    });
  }

  /** Drops picture and decoder, as a phone does to a page in the background. */
  purge() {
    this.#change(() => {
      this.readyState = 0;
    });
  }

  #loadMetadata() {
    const file = this.#file;
    if (file?.seconds === undefined) return this.#fail(4);
    this.duration = file.seconds;
    this.readyState = 1;
    this.dispatchEvent(new Event('loadedmetadata'));
  }

  #fail(code: number) {
    this.#change(() => {
      this.error = { code };
    });
    for (const { reject } of this.#pending.splice(0)) reject(new DOMException('', 'NotSupportedError'));
    this.dispatchEvent(new Event('error'));
  }

  #abort() {
    for (const { reject } of this.#pending.splice(0)) reject(new DOMException('', 'AbortError'));
  }

  /** Changes a condition of playback without moving `currentTime`. */
  #change(act: () => void) {
    const { currentTime } = this;
    this.#from = currentTime;
    this.#atMs = this.engine.time.nowMs;
    act();
    this.engine.time.cancel(this.#timer);
    const brokenAt = this.#file?.brokenAtSeconds;
    if (this.#moves && brokenAt !== undefined)
      this.#timer = this.engine.time.setTimeout(() => this.#fail(3), ((brokenAt - this.#from) / this.#pace) * 1000);
  }
}

class ImitatedGain {
  setValueAtTime = () => this;
  linearRampToValueAtTime = () => this;
  setTargetAtTime = () => this;
  cancelScheduledValues = () => this;
}

class ImitatedSource {
  loopStart = 0;
  loopEnd = 0;
  startedAt = Number.NaN;
  offset = 0;
  constructor(readonly context: ImitatedAudioContext) {}
  connect = <Node>(node: Node) => node;
  start(at: number, offset: number) {
    Object.assign(this, { startedAt: at, offset });
    this.context.sounding.add(this);
  }
  stop() {
    this.context.sounding.delete(this);
  }
}

export class ImitatedAudioContext extends EventTarget {
  state: AudioContextState = 'suspended';
  destination = {};
  baseLatency = 0.01;
  readonly sounding = new Set<ImitatedSource>();
  /** The state is `running`, but the clock does not move. */
  #stuck = false;
  /** A tap has unlocked sound. */
  #allowed = false;
  #seconds = 0;
  #atMs = 0;

  constructor(readonly engine: MediaEngine) {
    super();
    engine.contexts.push(this);
    engine.noteCall('AudioContext');
  }
  get outputLatency() {
    return this.engine.behaviour.latencySeconds;
  }
  get currentTime() {
    const moves = this.state === 'running' && !this.#stuck;
    return this.#seconds + (moves ? (this.engine.time.nowMs - this.#atMs) / 1000 : 0);
  }
  /** The second of the music that comes out of the loudspeaker now; null for silence. */
  get heardSecond(): number | null {
    const [source] = this.sounding;
    if (!source || this.state !== 'running' || this.#stuck) return null;
    return source.offset + this.currentTime - this.outputLatency - source.startedAt;
  }

  resume(): Promise<void> {
    const inTap = this.engine.noteCall('resume');
    if (this.state === 'running') return Promise.resolve();
    if (this.state === 'interrupted') return Promise.reject(new DOMException('', 'InvalidStateError'));
    const { needsTapForSound, soundStartMs } = this.engine.behaviour;
    if (inTap) this.#allowed = true;
    if ((needsTapForSound && !this.#allowed) || !Number.isFinite(soundStartMs)) return new Promise(() => undefined);
    return new Promise((resolve) => {
      this.engine.time.setTimeout(() => {
        if (this.state === 'suspended') this.become('running');
        resolve();
      }, soundStartMs);
    });
  }
  async suspend() {
    this.become('suspended');
  }
  async close() {
    this.become('closed');
  }
  /** Changes the state and fires `statechange`. */
  become(state: AudioContextState) {
    if (this.state === state || this.state === 'closed') return;
    this.#change(() => {
      this.state = state;
    });
    this.dispatchEvent(new Event('statechange'));
  }
  hold(stuck: boolean) {
    this.#change(() => {
      this.#stuck = stuck;
    });
  }
  #change(act: () => void) {
    this.#seconds = this.currentTime;
    this.#atMs = this.engine.time.nowMs;
    act();
  }
}
