import { useEffect, useState } from 'react';
import { creditsInWords } from '~/components/balance';
import { Button } from '~/components/button';
import { CopyLink } from '~/components/copy-link';
import { Day } from '~/components/day';
import { useAnnounce } from '~/components/live-region';
import { Sheet } from '~/components/sheet';
import { isOutcome, outcomeMessages } from '~/outcome-messages';
import { type ShareSheetView, type ShareView, shareDays } from '~/projects/share-views';
import { type Answer, get, send } from './post';

/** The sheet for sharing a film: makes its link, shows its views, chooses its preview, revokes it. */
export default function ShareSheet({
  projectId,
  title,
  onClose,
}: {
  projectId: string;
  title: string;
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const [view, setView] = useState<ShareSheetView | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let over = false;
    void get<ShareSheetView>(`/projects/${projectId}/shares`).then((answer) => {
      if (over) return;
      if (answer.ok) setView(answer.value);
      else setProblem(sentenceFor(answer));
    });
    return () => {
      over = true;
    };
  }, [projectId]);

  /** Awaits a change of the link and shows its new state, or why it was refused. */
  async function change(asked: Promise<Answer<{ share?: ShareView }>>, announcement: string) {
    setBusy(true);
    setProblem(null);
    const answer = await asked;
    setBusy(false);
    if (!answer.ok) return setProblem(sentenceFor(answer));
    setView((now) => now && { ...now, share: answer.value.share ?? null });
    announce(announcement);
  }

  /** Shows the chosen preview at once, and the previous one again when it was refused. */
  async function choose(share: ShareView, clipId: string | null) {
    const show = (previewClipId: string | null) =>
      setView((now) => (now?.share ? { ...now, share: { ...now.share, previewClipId } } : now));
    setProblem(null);
    show(clipId);
    const answer = await send(`/shares/${share.id}/preview`, { fields: { clipId: clipId ?? '' } });
    if (answer.ok) return announce(clipId ? 'Previews show this photo.' : 'Previews show no photo.');
    show(share.previewClipId);
    setProblem(sentenceFor(answer));
  }

  const share = view?.share ?? null;
  return (
    <Sheet open onClose={onClose} title="Share this film" place="middle">
      {!view && !problem && <Skeleton className="h-40" />}
      {view && !share && (
        <>
          <p className="text-quiet">
            Whoever has the link can watch this film, without an account. It ends by itself after {shareDays} days, and
            you can end it before.
          </p>
          <Button
            kind="primary"
            icon="link"
            disabled={busy}
            onClick={() => change(send(`/projects/${projectId}/shares`), 'The link is made.')}
          >
            Make a link
          </Button>
        </>
      )}
      {share && (
        <>
          <CopyLink label="Link to this film" url={share.url} shareText={title} />
          <p className="tabular text-15 text-quiet">
            {watchedInWords(share)} It ends on <Day at={share.expiresAt} />.
          </p>
          <Preview
            photos={view?.photos ?? []}
            chosen={share.previewClipId}
            onChoose={(clipId) => choose(share, clipId)}
          />
          <div className="grid justify-items-start gap-2 border-t border-line pt-4">
            <Button
              kind="danger"
              disabled={busy}
              onClick={() => change(send(`/shares/${share.id}/revocation`), 'The link has ended.')}
            >
              End this link
            </Button>
            <p className="text-13 text-quiet">It stops for everybody at once. A new link has another address.</p>
          </div>
        </>
      )}
      {view?.reward && <p className="text-15 text-quiet">{rewardInWords(view.reward)}</p>}
      {problem && (
        <p role="alert" className="border-s-2 border-bad ps-4">
          {problem}
        </p>
      )}
    </Sheet>
  );
}

function Preview({
  photos,
  chosen,
  onChoose,
}: {
  photos: ShareSheetView['photos'];
  chosen: string | null;
  onChoose: (clipId: string | null) => void;
}) {
  const choices = [{ clipId: null, url: null }, ...photos];
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="pb-2 text-15 font-medium">Photo shown where the link is posted</legend>
      <div className="-mx-1 flex gap-2 overflow-x-auto p-1">
        {choices.map(({ clipId, url }, index) => (
          <label
            key={clipId ?? 'none'}
            className="relative grid size-16 shrink-0 place-items-center overflow-hidden rounded-control border border-edge text-13 has-checked:outline-3 has-checked:outline-light has-focus-visible:outline-3 has-focus-visible:outline-ink"
          >
            <input
              type="radio"
              name="preview"
              checked={chosen === clipId}
              onChange={() => onChoose(clipId)}
              className="absolute inset-0 m-0 size-full appearance-none opacity-0"
            />
            {url ? (
              <img src={url} alt={`Clip ${index}`} loading="lazy" className="size-full object-cover" />
            ) : (
              <span>None</span>
            )}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function rewardInWords({ credits, viewers, most, left }: NonNullable<ShareSheetView['reward']>): string {
  const films = most === 1 ? 'one film' : `${most} films`;
  if (left === 0)
    return `You have been rewarded for ${films} within 30 days, which is the most. Sharing goes on as ever.`;
  const places = viewers === 1 ? 'one place' : `${viewers} different places`;
  return `You get ${creditsInWords(credits)} when this film has been watched to its end in ${places} other than yours. A place counts once in 30 days for all your films, and ${films} in 30 days at most.`;
}

function watchedInWords({ views, watched }: ShareView): string {
  if (views === 0) return 'Nobody has watched it yet.';
  const toTheEnd = watched === 0 ? '' : `, ${watched === views ? 'to the end' : `${watched} of them to the end`}`;
  return `Watched by ${views === 1 ? 'one person' : `${views} people`}${toTheEnd}.`;
}

function sentenceFor({ status, outcome }: { status: number; outcome: string | null }): string {
  if (isOutcome(outcome)) return outcomeMessages[outcome];
  if (status === 0) return 'There is no connection just now. Nothing has changed; try again in a moment.';
  return 'This did not work out, and nothing has changed. Try again in a moment.';
}

/** A placeholder for content that is loading; `className` gives its size. It does not move. */
function Skeleton({ className }: { className: string }) {
  return <div aria-hidden="true" className={`rounded-photo bg-line ${className}`} />;
}
