// Runway's API as a local function in place of `fetch`; a test moves its tasks, no time passes.

/** A task of this Runway; the test writes `body`. */
export interface WireTask {
  id: string;
  /** The body of the submit. */
  request: Record<string, unknown>;
  /** Size of the picture that was fetched before the answer. */
  imageBytes: number;
  body: Record<string, unknown>;
}

/** The smallest valid MP4: all boxes, without content. */
export function videoBytes(size = 2_000): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size).fill(7);
  const boxes = [
    ['ftyp', 24],
    ['moov', 8],
    ['mdat', size - 32],
  ] as const;
  let at = 0;
  for (const [type, length] of boxes) {
    new DataView(bytes.buffer).setUint32(at, length);
    bytes.set(new TextEncoder().encode(type), at + 4);
    at += length;
  }
  return bytes;
}

const baseUrl = 'https://runway.test';
const outputHost = 'output.runway.test';

/** `openImage` fetches the picture's URL for the provider. */
export function createWire({ openImage }: { openImage: (url: string, method: 'HEAD' | 'GET') => Promise<Response> }) {
  const wire = {
    tasks: new Map<string, WireTask>(),
    /** Every request, as `POST /v1/image_to_video`. */
    requests: [] as string[],
    /** Runs before every request: may answer it, never resolve, or throw like a broken connection. */
    before: null as ((request: Request) => Promise<Response | null>) | null,
    /** Runs after every request: may throw, so that the answer is lost. */
    after: null as ((request: Request) => Promise<void>) | null,
    output: () => new Response(videoBytes(), { headers: { 'Content-Type': 'video/mp4', 'Content-Length': '2000' } }),
    /** The newest task. */
    get task(): WireTask {
      const task = [...wire.tasks.values()].at(-1);
      if (!task) throw new Error('no task yet');
      return task;
    },
    run(progress: number) {
      wire.task.body = { status: 'RUNNING', progress };
    },
    succeed() {
      wire.succeedWith(wire.task);
    },
    succeedWith(task: WireTask) {
      const output = [`https://${outputHost}/${task.id}.mp4?_jwt=x`];
      task.body = { status: 'SUCCEEDED', output, cost: { credits: 25 } };
    },
    fail(failureCode: string) {
      wire.task.body = { status: 'FAILED', failure: 'It failed.', failureCode, cost: { credits: 0 } };
    },
    fetch: async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const request = new Request(input, init);
      const url = new URL(request.url);
      wire.requests.push(`${request.method} ${url.pathname}`);
      const instead = await wire.before?.(request);
      if (instead) return instead;
      const response = await answer(request, url);
      await wire.after?.(request);
      return response;
    },
  };

  async function answer(request: Request, url: URL): Promise<Response> {
    if (url.host === outputHost) return wire.output();
    if (url.origin !== baseUrl) throw new TypeError(`unexpected request to ${url.origin}`);
    if (!/^Bearer key_0{128}$/.test(request.headers.get('Authorization') ?? ''))
      return Response.json({ error: 'You did not provide a valid API key.' }, { status: 401 });
    if (request.headers.get('X-Runway-Version') !== '2024-11-06')
      return Response.json({ error: 'version' }, { status: 400 });
    if (request.method === 'POST' && url.pathname === '/v1/image_to_video') return create(await request.json());
    const task = wire.tasks.get(url.pathname.replace('/v1/tasks/', ''));
    if (!task) return Response.json({ error: 'The task does not exist.' }, { status: 404 });
    if (request.method === 'DELETE') {
      wire.tasks.delete(task.id);
      return new Response(null, { status: 204 });
    }
    return Response.json({ id: task.id, createdAt: '2026-01-01T00:00:00.000Z', ...task.body });
  }

  async function create(request: Record<string, unknown>): Promise<Response> {
    const image = String(request.promptImage);
    let imageBytes = image.length;
    if (image.startsWith('https://')) {
      const head = await openImage(image, 'HEAD');
      if (head.status !== 200 || head.headers.get('Content-Type') !== 'image/jpeg')
        return Response.json({ error: 'Failed to fetch asset.' }, { status: 400 });
      imageBytes = (await (await openImage(image, 'GET')).arrayBuffer()).byteLength;
    }
    const id = crypto.randomUUID();
    wire.tasks.set(id, { id, request, imageBytes, body: { status: 'PENDING' } });
    return Response.json({ id, estimatedCost: { credits: 25 } });
  }
  return wire;
}

export type Wire = ReturnType<typeof createWire>;
