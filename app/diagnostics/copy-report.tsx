import { useId, useState } from 'react';
import { Button } from '~/components/button';
import { useAnnounce } from '~/components/live-region';

/** The report as a person may read it before they send it, and the button that copies it. */
export function CopyReport({ text }: { text: string }) {
  const id = useId();
  const announce = useAnnounce();
  const [outcome, setOutcome] = useState<'copied' | 'selected' | null>(null);

  async function copy() {
    const field = document.getElementById(id) as HTMLTextAreaElement;
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    if (!copied) field.select();
    setOutcome(copied ? 'copied' : 'selected');
    announce(copied ? 'Copied.' : 'The report is selected. Copy it from there.');
  }

  return (
    <section className="grid justify-items-start gap-4">
      <h2 className="text-25">Send it to us</h2>
      <p className="max-w-text text-quiet">
        Copy this and put it into your message. It names no photo, no person and no link that opens anything.
      </p>
      <label htmlFor={id} className="sr-only">
        Report
      </label>
      <textarea
        id={id}
        readOnly
        rows={8}
        value={text}
        className="w-full rounded-control border border-edge bg-ground px-4 py-3 font-mono text-13 text-ink"
      />
      <Button icon={outcome === 'copied' ? 'check' : 'copy'} onClick={copy}>
        {outcome === 'copied' ? 'Copied' : 'Copy all'}
      </Button>
      {outcome === 'selected' && <p className="text-15 text-quiet">It is selected: copy it from there.</p>}
    </section>
  );
}
