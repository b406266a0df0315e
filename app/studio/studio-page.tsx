import { useNavigate } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import { Buying } from '~/billing/buying';
import { Header } from '~/components/header';
import { lazyPart } from '~/components/lazy-part';
import { useAnnounce } from '~/components/live-region';
import { useNonce } from '~/components/nonce';
import { useSheet } from '~/components/use-sheet';
import { type Offers, waitSeconds } from '~/generations/timeline';
import { useLive } from '~/live/use-live';
import { rememberEarlyPhotos } from '~/photos/early-photos';
import { useUploads } from '~/photos/use-uploads';
import { useFreshClips } from '~/player/use-fresh-clips';
import type { PresetView } from '~/settings/preset-choice';
import { ChosenPhotos } from './chosen-photos';
import { FilmBar } from './film-bar';
import { FilmTitle } from './film-title';
import { blockedUntil, limitText } from './limits';
import type { StudioView } from './merge-view';
import { clipsToGo, nextAction, retryOfFailed, studioStatus } from './next-action';
import { NextStep } from './next-step';
import { NotePlace, useNote } from './note';
import { noMarks } from './photo-marks';
import { StudioFacts } from './studio-facts';
import { DropHere, StudioFilm } from './studio-film';
import { StudioStrip } from './studio-strip';
import { useCallAt } from './use-call-at';
import { useChanges } from './use-changes';
import { useComing } from './use-coming';
import { useDroppedPhotos } from './use-dropped-photos';
import { useFilmActs } from './use-film-acts';
import { useLooks } from './use-looks';
import { useProjectChanges } from './use-project-changes';
import { useStudio } from './use-studio';

const ClipPanel = lazyPart(() => import('./clip-panel'));
const Choosing = lazyPart(() => import('./choosing'));

/** The studio: the project's film, the next action, and the strip of its clips. */
export function StudioPage({
  loaded,
  offers: offersByShape,
  presets,
  packsOnSale,
}: {
  loaded: StudioView;
  offers: Offers;
  presets: readonly PresetView[];
  packsOnSale: readonly string[];
}) {
  const { project, clips, balance, isGone, actions, onFrame, onReconnect } = useStudio(loaded);
  const connection = useLive({ onFrame, onReconnect });
  const announce = useAnnounce();
  const [isReady, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  useChanges(clips, announce);
  const notes = useNote();
  const nonce = useNonce();

  const navigate = useNavigate();
  useEffect(() => {
    // A project that was deleted on another device has no studio any more.
    if (isGone) navigate('/projects', { replace: true });
  }, [isGone, navigate]);

  const { value: openId, show } = useSheet('clip');
  const alike = useSheet('alike');
  const all = useSheet('clips');
  const opened = clips.find((clip) => clip.id === openId) ?? null;
  const freshClips = useFreshClips(loaded.clips);

  const { uploads, add, device } = useUploads(project.id);
  const isOver = useDroppedPhotos(add);
  const input = useRef<HTMLInputElement>(null);
  const addPhotos = () => input.current?.click();
  const onArrived = connection === 'live' ? null : onReconnect;
  const { coming, uploading, here } = useComing({ uploads, clips, onArrived });

  const offers = offersByShape[project.shape];
  const offer = offers[project.clipSeconds] ?? null;
  const creditsPerClip = offer?.creditsPerClip ?? 1;
  const blocked = offer && blockedUntil(offer);
  const canMake = offer !== null && blocked === null;
  // The offers are loaded again when their limit ends.
  useCallAt(blocked, onReconnect);
  const looks = useLooks();
  const [marks, setMarks] = useState(noMarks);
  const openCard = (id: string) => (marks.stacks.some(({ top }) => top === id) ? alike.show(id) : show(id));
  // What nobody has chosen from a stack costs no credit.
  const offered = clips.filter(({ id }) => !marks.hidden.has(id));
  const action = nextAction({ clips: offered, uploading, balance, creditsPerClip, canMake });
  const acts = useFilmActs({ clips, actions, onClose: () => show(null), onAdd: add, notes });
  const { changeProject, changeShape } = useProjectChanges({ project, actions, notes });
  const rename = (title: string) => changeProject({ title });

  const isEmpty = clips.length === 0 && coming.length === 0;
  return (
    <div className={`transition-[padding] duration-[240ms] ${opened ? 'lg:pe-[30rem]' : ''}`}>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of early-photos.ts, under the page's nonce */}
      <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: rememberEarlyPhotos }} />
      <Header balance={balance} />
      <main id="main" className="column grid grid-cols-[minmax(0,1fr)] gap-2 pb-28 md:gap-8 md:pb-12">
        <input
          ref={input}
          type="file"
          multiple
          accept="image/*,.heic,.heif"
          aria-label="Add photos"
          tabIndex={-1}
          className="sr-only"
          onClick={device.warm}
          onChange={(event) => {
            add([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
        <div className="flex flex-col gap-3 md:flex-row md:flex-wrap md:gap-8">
          <StudioFilm
            isPlayBeside={action.kind === 'play'}
            project={project}
            clips={clips}
            coming={coming}
            onAddPhotos={addPhotos}
            onRefreshUrls={freshClips}
          />
          <div className="flex min-w-0 flex-col gap-3 md:max-w-[28rem] md:flex-[1_1_20rem] md:justify-center">
            <FilmTitle title={project.title} onChange={rename} />
            {!isEmpty && (
              <>
                <StudioFacts title={project.title} clips={clips} coming={coming} onTitle={rename} />
                <NextStep
                  action={action}
                  status={studioStatus({ clips: offered, balance, creditsPerClip, stopsLeft: offer?.stopsLeft ?? 1 })}
                  balance={balance}
                  seconds={(count) => (offer ? waitSeconds(offer, count) : 0)}
                  retry={retryOfFailed({ clips, balance, creditsPerClip, canMake })}
                  // The limit names a time of the person's time zone, which the server does not know.
                  limit={isReady && offer ? limitText(offer) : null}
                  projectId={project.id}
                  hasMusic={project.trackId !== null}
                  busy={acts.busy}
                  problem={acts.problem}
                  onAddPhotos={addPhotos}
                  onBring={(clipIds) => acts.startMany(() => actions.bringAllToLife(clipIds))}
                  onRetry={(retry) => acts.startMany(() => actions.tryFailedAgain(retry))}
                  onStopAll={acts.stopAll}
                  onOpen={show}
                  chosen={
                    action.kind === 'bring-to-life' && (
                      <ChosenPhotos {...{ clips, clipIds: action.clipIds, warnings: marks.warnings }} onOpen={show} />
                    )
                  }
                />
              </>
            )}
            <p role="status" className="hidden text-15 in-data-early-photos:block">
              Your photos are here. They join the film once this page has loaded.
            </p>
            <FilmBar
              project={project}
              offers={offers}
              isReady={isReady}
              onAddPhotos={addPhotos}
              onChange={changeProject}
            />
          </div>
        </div>
        {!isEmpty && (
          <StudioStrip
            clips={clips}
            shape={project.shape}
            uploads={coming}
            openId={openId}
            onOpen={openCard}
            marks={marks}
            onMove={acts.move}
            onAddPhotos={addPhotos}
          />
        )}
        {!isEmpty && (
          // Its height is kept for the row that comes with the script.
          <div className={clips.length > 1 ? 'min-h-11' : 'contents'}>
            {isReady && (
              <Choosing
                {...{ clips, project, here, looks, device, actions, notes, presets, balance }}
                isBusy={uploading > 0}
                offer={{ creditsPerClip, canMake, seconds: (count) => (offer ? waitSeconds(offer, count) : 0) }}
                onMarks={setMarks}
                onBring={(clipIds) => acts.startMany(() => actions.bringAllToLife(clipIds))}
                onMove={acts.move}
              />
            )}
          </div>
        )}
      </main>
      {isOver && <DropHere />}
      {isReady && (
        <>
          {opened && (
            <ClipPanel
              clip={opened}
              clips={clips}
              project={project}
              balance={balance}
              offer={offer}
              presets={presets}
              actions={actions}
              onShow={show}
              onRemove={(clip) => acts.remove(clip)}
              onReplace={acts.replace}
              notes={notes}
              looks={looks}
              onShape={changeShape}
            />
          )}
          <Buying
            clipsToGo={clipsToGo(offered)}
            balance={balance}
            creditsPerClip={creditsPerClip}
            onSale={packsOnSale}
            say={notes.say}
          />
        </>
      )}
      {!opened && all.value === null && (
        <NotePlace
          notes={notes}
          className="fixed inset-x-4 bottom-[calc(4.5rem+env(safe-area-inset-bottom))] z-30 md:bottom-6"
        />
      )}
    </div>
  );
}
