import { useEffect, useId, useState } from 'react';
import { Button } from './button';
import { useAnnounce } from './live-region';

/** A link to give away: to copy, and to send where the system has a share sheet. */
export function CopyLink({ label, url, shareText }: { label: string; url: string; shareText: string }) {
  const id = useId();
  const announce = useAnnounce();
  const [copied, setCopied] = useState(false);
  const [canShare, setCanShare] = useState(false);
  useEffect(() => setCanShare('share' in navigator), []);

  async function copy() {
    const field = document.getElementById(id) as HTMLInputElement;
    field.select();
    const done = await navigator.clipboard?.writeText(url).then(
      () => true,
      () => false,
    );
    setCopied(done === true);
    announce(done ? 'Copied.' : 'The address is selected. Copy it from there.');
  }

  return (
    <div className="grid gap-3">
      <label htmlFor={id} className="text-15 font-medium">
        {label}
      </label>
      <input
        id={id}
        readOnly
        value={url}
        onFocus={(event) => event.currentTarget.select()}
        className="min-h-12 w-full rounded-control border border-edge bg-ground px-4 text-15 text-ink"
      />
      <div className="grid gap-3 md:grid-flow-col md:auto-cols-fr">
        {canShare && (
          // Rejects when the system's share dialog is closed without sharing.
          <Button icon="share-2" onClick={() => navigator.share({ url, text: shareText }).catch(() => undefined)}>
            Send
          </Button>
        )}
        <Button kind={canShare ? 'quiet' : 'primary'} icon={copied ? 'check' : 'copy'} onClick={copy}>
          {copied ? 'Copied' : 'Copy link'}
        </Button>
      </div>
    </div>
  );
}
