import { useState } from 'react';
import { Button } from '~/components/button';
import { FramedPhoto } from '~/photos/framed-photo';
import { FrameEditor, type FramingProps, widthOnScreen, widthWithin } from './frame-editor';

/** The framed photo, over which a finger scrolls; "Adjust the frame" opens the editor in its place. */
export function Framing({
  photo,
  frame,
  shape,
  isProposed,
  onChange,
}: FramingProps & {
  /** Echoes has chosen the frame, and the person has not touched it. */
  isProposed: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="grid gap-2">
      {isOpen ? (
        <FrameEditor photo={photo} frame={frame} shape={shape} onChange={onChange} />
      ) : (
        <div className="mx-auto overflow-hidden rounded-photo" style={{ width: widthWithin(shape) }}>
          <FramedPhoto
            url={photo.url}
            size={photo}
            frame={frame}
            shape={shape}
            width={widthOnScreen(shape)}
            lazy={false}
          />
        </div>
      )}
      {isProposed && <p className="text-center text-13 text-quiet">Echoes has placed this frame around the faces.</p>}
      <Button
        kind="quiet"
        size="small"
        icon={isOpen ? 'check' : 'crop'}
        aria-expanded={isOpen}
        className="justify-self-center"
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? 'The frame is right' : 'Adjust the frame'}
      </Button>
    </div>
  );
}
