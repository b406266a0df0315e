import type { StandIns } from './server.ts';
import { picture } from './testing.ts';

/** A small picture, and a valid request for a film of it. */
export const png = picture();
export const dataUri = `data:image/png;base64,${png.toString('base64')}`;
export const order = {
  model: 'gen4_turbo',
  promptImage: dataUri,
  promptText: 'pan left',
  ratio: '960:960',
  duration: 2,
};

/** The fields of all Runway answers together; a test reads those that it expects. */
export type Body = {
  id: string;
  status: string;
  error: string;
  issues: { code: string; path: (string | number)[]; message: string }[];
  output: string[];
  failureCode: string;
  cost: { credits: number };
  estimatedCost: { credits: number };
  progress?: number;
};

export type Answer = { status: number; body: Body };

/** A client of the Runway stand-in that sends both required headers. */
export function createCaller(standIns: () => StandIns) {
  async function call(
    method: string,
    path: string,
    body?: unknown,
    changes: Record<string, string> = {},
  ): Promise<Answer> {
    const { RUNWAYML_BASE_URL, RUNWAYML_API_SECRET } = standIns().vars;
    const response = await fetch(`${RUNWAYML_BASE_URL}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${RUNWAYML_API_SECRET}`,
        'x-runway-version': '2024-11-06',
        'content-type': 'application/json',
        ...changes,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : null) as Body };
  }

  const create = (changes: Record<string, unknown> = {}) =>
    call('POST', '/v1/image_to_video', { ...order, ...changes });

  /** Creates a task, waits for its end, and returns it. */
  async function ended(promptText: string): Promise<Body> {
    const { body } = await create({ promptText });
    await standIns().runway.settled(body.id);
    return (await call('GET', `/v1/tasks/${body.id}`)).body;
  }

  return { call, create, ended };
}
