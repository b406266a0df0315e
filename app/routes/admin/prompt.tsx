import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import * as v from 'valibot';
import { adminAction } from '~/admin/admin-action';
import { AdminLayout, type Column, Facts, Moment, Pages, Part, Table } from '~/admin/admin-layout';
import { mostNoteLetters, type PromptVersion, shareOf, shareText } from '~/admin/prompt/prompt';
import { GoBack, PromptText, QualityNote, Result } from '~/admin/prompt/prompt-parts';
import { liveText } from '~/admin/prompt/prompt-words';
import { type Unsaved, WritePrompt } from '~/admin/prompt/write-prompt';
import { readFlash } from '~/flash';
import { fieldsOf, numberField, personText } from '~/form-fields';
import { lettersNeverCut, systemText } from '~/settings/system-prompt';

const versionsPerPage = 20;
const noteText = v.pipe(personText(mostNoteLetters), v.trim(), v.minLength(1));

export const meta: MetaFunction = () => [{ title: 'System prompt · Admin · Echoes' }];

/** The live version, all versions (older than `before`), and their figures. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin, settings } = context.services;
  const { isFresh } = await auth.requireAdmin(request);
  const asked = new URL(request.url).searchParams.get('before') ?? '';
  const before = /^\d{1,7}$/.test(asked) ? Number(asked) : undefined;
  const { versions } = admin.prompt;
  const live = await admin.prompt.live.read();
  const [{ presets }, itself, next, found] = await Promise.all([
    settings.read(),
    versions.find(live.version),
    versions.next(),
    versions.list({ before, limit: versionsPerPage + 1 }),
  ]);
  const rows = found.slice(0, versionsPerPage);
  const older = found.length > versionsPerPage ? rows.at(-1)?.version : undefined;
  return {
    isFresh,
    live,
    itself,
    next,
    rows,
    older,
    isFirst: before === undefined,
    neverCut: lettersNeverCut(presets),
  };
}

/** POST `text`, `note` and the `expected` number: saves a version that is not live. A repeated post saves it once. */
export const action = adminAction(
  {},
  async ({ adminId, requestId, request, services: { admin } }): Promise<string | Unsaved> => {
    const sent = fieldsOf(await request.formData());
    const read = v.safeParse(
      v.object({ text: systemText, note: noteText, expected: v.optional(numberField(2, 999_999), '2') }),
      sent,
    );
    if (!read.success) {
      const wrong = new Set(read.issues.map((issue) => v.getDotPath(issue)));
      const errors = {
        ...(wrong.has('text') && { text: 'Write 1 to 600 letters of plain text.' }),
        ...(wrong.has('note') && { note: 'Say in 1 to 300 letters what is different.' }),
      };
      return { text: String(sent.text ?? ''), note: String(sent.note ?? ''), errors };
    }
    const version = await admin.prompt.versions.save({ ...read.output, adminId, requestId });
    return `/admin/prompt/${version}`;
  },
);

const share = (name: string, count: keyof PromptVersion['quality'], of: 'ended' | 'ready'): Column<PromptVersion> => ({
  name,
  figures: true,
  cell: ({ quality }) => (
    <span className="block min-w-[7rem]">
      {shareText(shareOf(quality[count], of === 'ready' ? quality.ready : quality.ready + quality.failed))}
    </span>
  ),
});

const columns = (liveVersion: number): Column<PromptVersion>[] => [
  {
    name: 'Version',
    cell: ({ version }) => (
      <Link to={`/admin/prompt/${version}`} className="link inline-flex min-h-11 items-start whitespace-nowrap">
        {version === liveVersion ? `${version}, live` : version}
      </Link>
    ),
  },
  {
    name: 'Written',
    cell: ({ author, createdAt }) => (
      <>
        {createdAt !== null && <Moment at={createdAt} />} <span className="block text-quiet">{author?.name}</span>
      </>
    ),
  },
  { name: 'Note', cell: ({ note }) => <span className="block max-w-text min-w-[12rem] wrap-anywhere">{note}</span> },
  { name: 'Generations', figures: true, cell: ({ quality }) => quality.generations },
  share('Ready', 'ready', 'ended'),
  share('Failed', 'failed', 'ended'),
  share('Approved', 'approved', 'ready'),
  share('Wrong face', 'wrongFace', 'ready'),
  share('Odd movement', 'oddMovement', 'ready'),
  share('Something else', 'other', 'ready'),
];

export default function AdminPrompt() {
  const { isFresh, live, itself, next, rows, older, isFirst, neverCut } = useLoaderData<typeof loader>();
  const unsaved = useActionData<Unsaved>();
  const [search] = useSearchParams();
  return (
    <AdminLayout title="System prompt" isFresh={isFresh} path="/admin/prompt">
      <Part title={`Live: version ${live.version}`}>
        <Result words={liveText(readFlash(search), live.version, live)} />
        <PromptText text={live.text} />
        <Facts
          facts={[
            ['Since', live.since === null ? 'The beginning' : <Moment key="since" at={live.since} />],
            ['Made live by', live.by?.name ?? 'It is part of Echoes'],
            ['Its author', itself?.author?.name ?? 'Echoes'],
            ['Written', itself?.createdAt ? <Moment key="written" at={itself.createdAt} /> : 'With Echoes itself'],
            ['Note', itself?.note ?? ''],
          ]}
        />
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          {live.previous !== null && <GoBack previous={live.previous} settingVersion={live.settingVersion} />}
          <Link to={`/admin/prompt/${live.version}`} className="link inline-flex min-h-11 items-center font-medium">
            See how version {live.version} does
          </Link>
        </div>
      </Part>
      <Part title="Write a new version">
        <p className="max-w-text text-quiet">Saving does not make it live: try it first.</p>
        <WritePrompt key={next} next={next} from={live.text} neverCut={neverCut} unsaved={unsaved} />
      </Part>
      <Part title="All versions">
        <Table
          caption="Versions of the system prompt"
          columns={columns(live.version)}
          rows={rows}
          keyOf={({ version }) => version}
          empty="No version is as old as that."
        />
        <QualityNote />
        <Pages isFirst={isFirst} path="/admin/prompt" older={older ? `?before=${older}` : null} />
      </Part>
    </AdminLayout>
  );
}
