import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { AdminLayout, Facts, Moment, Part } from '~/admin/admin-layout';
import {
  Difference,
  GoBack,
  GoLive,
  PromptText,
  QualityFacts,
  Result,
  SampleGenerations,
} from '~/admin/prompt/prompt-parts';
import { liveText, trialOf, trialText } from '~/admin/prompt/prompt-words';
import { creditsInWords } from '~/components/balance';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { useReload } from '~/components/reload';
import { readFlash } from '~/flash';
import { useLive } from '~/live/use-live';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Version ${data?.found.version ?? ''} · System prompt · Admin · Echoes` },
];

/** One version: its difference from the live one (or from `against`), its figures, and three samples made with it. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  const { id: userId, isFresh } = await auth.requireAdmin(request);
  const { versions, live: lives, trials, difference } = admin.prompt;
  const version = numberOf(params.version);
  const asked = numberOf(new URL(request.url).searchParams.get('against'));
  const [found, live] = await Promise.all([versions.find(version), lives.read()]);
  if (!found) throw new Response(null, { status: 404 });
  // By default the live version is compared with the one before it, every other version with the live one.
  const other = asked || (live.version === version ? (live.previous ?? 0) : live.version);
  const [against, price, samples] = await Promise.all([
    other === version ? null : versions.find(other),
    trials.price(userId),
    trials.newest({ userId, version }),
  ]);
  return {
    ...{ isFresh, found, live, price, samples },
    against: against && { version: against.version, parts: difference(against.text, found.text) },
    requestKey: crypto.randomUUID(),
  };
}

/** A version's number, or 0, which no version has. */
function numberOf(text: string | null | undefined): number {
  return /^\d{1,7}$/.test(text ?? '') ? Number(text) : 0;
}

export default function AdminPromptVersion() {
  const { isFresh, found, live, price, samples, against, requestKey } = useLoaderData<typeof loader>();
  const { version, author, createdAt, note } = found;
  const [search] = useSearchParams();
  const reload = useReload();
  useLive({
    onFrame: (frame) => {
      const isSample = frame.type === 'clip' && samples.shown.some(({ clipId }) => clipId === frame.clip.id);
      if (isSample || frame.type === 'balance') void reload();
    },
  });
  const isLive = version === live.version;
  const code = readFlash(search);
  const trial = trialOf(code);
  // Once all three are made, "on their way" is no longer true.
  const isOver = trial?.stopped === null && !samples.isOpen;
  const trialMessage = trial === null || isOver ? null : trialText({ ...trial, price });
  return (
    <AdminLayout title={`System prompt, version ${version}`} isFresh={isFresh} path={`/admin/prompt/${version}`}>
      <Part title={isLive ? 'Live now' : 'Not live'}>
        <PromptText text={found.text} />
        <Facts
          facts={[
            ['Note', note],
            ['Author', author?.name ?? 'Echoes'],
            ['Written', createdAt === null ? 'With Echoes itself' : <Moment key="written" at={createdAt} />],
            ['Live now', `Version ${live.version}`],
          ]}
        />
      </Part>
      <Part title={against ? `What differs from version ${against.version}` : 'What differs'}>
        {against && <Difference parts={against.parts} />}
        <p className="max-w-text text-15 text-quiet">
          {against
            ? 'Underlined is new, struck through is gone.'
            : 'There is no other version to compare it with here.'}
        </p>
        <Form method="get" className="flex flex-wrap items-end gap-4">
          <Field label="Compare with version" name="against" type="number" min={1} required className="w-44" />
          <Button type="submit" kind="quiet">
            Compare
          </Button>
        </Form>
      </Part>
      <Part title="Three sample photos">
        <Result words={trialMessage} />
        <SampleGenerations shown={samples.shown} />
        <Form method="post" action={`/admin/prompt/${version}/trials`} className="grid justify-items-start gap-2">
          <input type="hidden" name="requestKey" value={requestKey} />
          <Button type="submit" kind={isLive ? 'quiet' : 'primary'} disabled={samples.isOpen}>
            Try on three photos · {creditsInWords(price.credits)}
          </Button>
          <p className="max-w-text text-15 text-quiet">
            Real clips, paid with your own credits: you have {creditsInWords(price.balance)}.{' '}
            {samples.projectId && (
              <Link to={`/projects/${samples.projectId}`} className="link">
                Open the film of samples
              </Link>
            )}
          </p>
        </Form>
      </Part>
      <Part title={isLive ? 'This version is live' : 'Go live'}>
        <Result words={liveText(code, version, live)} />
        {!isLive && <GoLive version={version} settingVersion={live.settingVersion} />}
        {isLive && live.previous !== null && <GoBack previous={live.previous} settingVersion={live.settingVersion} />}
        <p className="max-w-text text-15 text-quiet">
          Clips started after going live get the new text within five seconds. Those under way keep theirs.
        </p>
      </Part>
      <Part title="How it does">
        <QualityFacts quality={found.quality} />
      </Part>
    </AdminLayout>
  );
}
