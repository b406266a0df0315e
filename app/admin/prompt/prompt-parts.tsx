import { Form } from '@remix-run/react';
import { Facts } from '~/admin/admin-layout';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { FramedPhoto } from '~/photos/framed-photo';
import {
  type DifferencePart,
  mostNoteLetters,
  type Quality,
  type SampleGeneration,
  shareOf,
  shareText,
} from './prompt';
import { stateText } from './prompt-words';

/** A text of the system prompt. */
export function PromptText({ text }: { text: string }) {
  return <p className="max-w-text border-s-2 border-line ps-4 whitespace-pre-wrap wrap-anywhere">{text}</p>;
}

/** The flash message of a part of the page. */
export function Result({ words }: { words: string | null }) {
  return (
    <div role="status">{words && <p className="max-w-text border-s-2 border-light ps-4 font-medium">{words}</p>}</div>
  );
}

/** The difference of two texts, word by word: new words underlined, removed ones struck through. */
export function Difference({ parts }: { parts: readonly DifferencePart[] }) {
  let at = 0;
  return (
    <p className="max-w-text border-s-2 border-line ps-4 whitespace-pre-wrap wrap-anywhere">
      {parts.map(({ text, kind }) => {
        const key = at;
        at += text.length;
        if (kind === 'same') return <span key={`${key} same`}>{text}</span>;
        return kind === 'added' ? (
          <ins key={`${key} added`} className="mx-0.5 bg-good/15 text-ink underline decoration-2 underline-offset-4">
            <span className="sr-only"> new: </span>
            {text}
          </ins>
        ) : (
          <del key={`${key} removed`} className="mx-0.5 bg-bad/15 text-quiet line-through decoration-2">
            <span className="sr-only"> gone: </span>
            {text}
          </del>
        );
      })}
    </p>
  );
}

/** The figures of a version, as counts and shares. */
export function QualityFacts({ quality }: { quality: Quality }) {
  const { generations, ready, failed, approved, wrongFace, oddMovement, other } = quality;
  const ended = ready + failed;
  return (
    <>
      <Facts
        facts={[
          ['Generations', generations],
          ['Ready, of those that ended', shareText(shareOf(ready, ended))],
          ['Failed, of those that ended', shareText(shareOf(failed, ended))],
          ['Approved, of those that are ready', shareText(shareOf(approved, ready))],
          ['Said to have a wrong face', shareText(shareOf(wrongFace, ready))],
          ['Said to move oddly', shareText(shareOf(oddMovement, ready))],
          ['Said to be wrong in another way', shareText(shareOf(other, ready))],
          ['Stopped or under way', generations - ended],
        ]}
      />
      <QualityNote />
    </>
  );
}

/** How to read the shares. */
export function QualityNote() {
  return (
    <p className="max-w-text text-15 text-quiet">
      In brackets stand the bounds between which the true share lies nineteen times in twenty. Where those of two
      versions overlap, they may well be equally good. Of fewer than twenty, only the count is given. Generations of
      samples count too.
    </p>
  );
}

/** The sample photos with their newest generations of one version, in a row; stacked on a phone. */
export function SampleGenerations({ shown }: { shown: readonly SampleGeneration[] }) {
  return (
    <ul className="grid gap-6 md:grid-cols-3 md:max-w-[44rem]">
      {shown.map(({ scene, name, made }) => (
        <li key={scene} className="grid grid-cols-[7rem_minmax(0,1fr)] items-start gap-3 md:grid-cols-1">
          {made?.videoUrl ? (
            <video
              src={made.videoUrl}
              poster={`/scenes/${scene}-480.jpg`}
              aria-label={`The clip of ${name.toLowerCase()}`}
              controls
              muted
              playsInline
              preload="metadata"
              className="aspect-9/16 w-full rounded-photo bg-line object-cover"
            />
          ) : (
            <FramedPhoto
              url={`/scenes/${scene}-480.jpg`}
              size={{ width: 480, height: 640 }}
              frame={{ x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 }}
              shape="9:16"
              className="rounded-photo"
            />
          )}
          <p className="grid gap-1 text-15">
            <span className="font-medium">{name}</span>
            <span className="tabular text-quiet" data-sample-state={made?.state ?? 'none'}>
              {stateText(made)}
            </span>
          </p>
        </li>
      ))}
    </ul>
  );
}

/** Makes a version live, with a reason for the audit log. */
export function GoLive({ version, settingVersion }: { version: number; settingVersion: number }) {
  return (
    <Form method="post" action={`/admin/prompt/${version}/live`} className="grid max-w-text gap-4 justify-items-start">
      <input type="hidden" name="seenVersion" value={settingVersion} />
      <Field
        label="Why"
        name="reason"
        required
        minLength={3}
        maxLength={mostNoteLetters}
        hint="It stands in the audit log."
        className="w-full"
      />
      <Button type="submit">Make version {version} live</Button>
    </Form>
  );
}

/** A button back to the version that was live before. */
export function GoBack({ previous, settingVersion }: { previous: number; settingVersion: number }) {
  return (
    <Form method="post" action={`/admin/prompt/${previous}/live`}>
      <input type="hidden" name="seenVersion" value={settingVersion} />
      <input type="hidden" name="reason" value={`Back to version ${previous}`} />
      <Button type="submit" kind="quiet">
        Back to version {previous}
      </Button>
    </Form>
  );
}
