import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { creditHistoryLine } from '~/credits/credit-history-lines';
import { csvHead, csvLine } from '~/credits/csv';
import { isEntryKind } from '~/credits/entry-words';
import { requireMethod } from '~/form-fields';

const linesAtOnce = 500;

/**
 * GET: the whole credit history as a CSV file, newest first; `kind` selects one kind of entry. It is read and sent page by
 * page, so that memory stays small however long it is.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  requireMethod(request, 'GET', 'HEAD');
  const {
    auth,
    credits: { ledger },
  } = context.services;
  const { id: userId } = await auth.requireUser(request);
  const asked = new URL(request.url).searchParams.get('kind');
  const kind = isEntryKind(asked) ? asked : undefined;
  const { APP_ORIGIN: origin } = context.config;
  const encoder = new TextEncoder();
  let beforeSeq: number | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => stream.enqueue(encoder.encode(csvHead)),
    async pull(stream) {
      const entries = await ledger.entries({ userId, kind, beforeSeq, limit: linesAtOnce });
      beforeSeq = entries.at(-1)?.seq;
      const text = entries.map((entry) => csvLine(creditHistoryLine(entry, String), { origin })).join('');
      if (text) stream.enqueue(encoder.encode(text));
      if (entries.length < linesAtOnce) stream.close();
    },
  });
  return new Response(request.method === 'HEAD' ? null : body, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="echoes-credits.csv"',
    },
  });
}
