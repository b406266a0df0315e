import { pause } from './waking';

/**
 * What the strip of the page is told: how many answers are awaited again, because too many were asked for or not, and that
 * a post was refused as one too many or its answer was lost.
 */
export type PageDataNews = { waiting: number; isTooMany: boolean } | { post: 'lost' | 'too-many' };

/** The event of the window that carries `PageDataNews`. */
export const pageDataEvent = 'echoes-page-data';

/** How often a post is sent, and how often another page is requested whose server has failed. */
const attempts = 3;

/** The server asks to wait a moment. */
const tooManyRequests = 429;

/**
 * Keeps a page that is standing when an answer is lost. Remix would put the error page in its place. Requests for the data
 * of pages are sent again until they are answered, with growing pauses and as soon as the page wakes. A form post, each of
 * which changes nothing when it arrives twice, is sent again twice; then the page stays and loads its data anew.
 */
export function keepStandingPage(): void {
  const ask = fetch;
  let waiting = 0;
  const tell = (news: PageDataNews) => dispatchEvent(new CustomEvent(pageDataEvent, { detail: news }));

  async function askUntilAnswered(url: URL, init: RequestInit): Promise<Response> {
    const isPost = (init.method ?? 'GET') !== 'GET';
    const isStanding = url.pathname === dataPathOf(location.pathname);
    for (let attempt = 0; ; attempt++) {
      let isTooMany = false;
      const isLast = attempt + 1 >= attempts;
      try {
        // Read to its end: an answer that breaks off is lost too.
        const answer = await whole(await ask(url, init));
        isTooMany = answer.status === tooManyRequests;
        if (answer.status < 500 && !isTooMany) return answer;
        // Another page than the standing one may say that it failed.
        if (!isPost && !isStanding && isLast) return answer;
      } catch (error) {
        if (init.signal?.aborted) throw error;
      }
      // The admin panel's posts are not all made to arrive twice.
      if (isPost && (isLast || url.pathname.startsWith('/admin'))) {
        tell({ post: isTooMany ? 'too-many' : 'lost' });
        return backToStandingPage();
      }
      tell({ waiting: ++waiting, isTooMany });
      await pause({ attempt, signal: init.signal ?? undefined });
      tell({ waiting: --waiting, isTooMany });
      init.signal?.throwIfAborted();
    }
  }

  const patient: typeof fetch = (input, init = {}) =>
    input instanceof URL && input.origin === location.origin && input.pathname.endsWith('.data')
      ? askUntilAnswered(input, init)
      : ask(input, init);
  Object.assign(window, { fetch: patient });
}

/** The path at which Remix reads the data of a page. */
function dataPathOf(pathname: string): string {
  return pathname === '/' ? '/_root.data' : `${pathname.replace(/\/$/, '')}.data`;
}

async function whole(answer: Response): Promise<Response> {
  if (answer.body === null) return answer;
  const { status, statusText, headers } = answer;
  return new Response(await answer.arrayBuffer(), { status, statusText, headers });
}

/** The answer by which Remix stays on the standing page and loads its data, as the server would send it. */
function backToStandingPage(): Response {
  const values = ['redirect', location.pathname + location.search, 'status', 302, 'revalidate', true, 'reload', false];
  const text = JSON.stringify([{ _1: 2, _3: 4, _5: 6, _7: 8, _9: 6 }, ...values, 'replace']);
  return new Response(text, { status: 202, headers: { 'Content-Type': 'text/x-script' } });
}
