import { useEffect, useState } from 'react';
import { Button } from '~/components/button';
import { removedPhotos } from './this-device.client';

/** Says, until it is read, that photos which had not arrived were removed here when somebody else signed in. */
export function RemovedNote() {
  const [count, setCount] = useState(0);
  useEffect(() => setCount(removedPhotos()), []);
  if (count === 0) return null;
  return (
    <section
      aria-label="Removed photos"
      className="room fixed inset-x-4 bottom-[max(1rem,env(safe-area-inset-bottom))] z-30 mx-auto flex max-w-[34rem] items-center justify-between gap-4 rounded-control border border-line py-3 ps-5 pe-3 shadow-float"
    >
      <p role="status">
        {count === 1 ? 'One photo' : `${count} photos`} had not arrived when somebody else signed in here, and{' '}
        {count === 1 ? 'was' : 'were'} removed from this device.
        <span className="block text-15 text-quiet">Add {count === 1 ? 'it' : 'them'} again from your gallery.</span>
      </p>
      <Button
        kind="quiet"
        size="small"
        onClick={() => {
          removedPhotos({ forget: true });
          setCount(0);
        }}
      >
        OK
      </Button>
    </section>
  );
}
