import type { ReactNode } from 'react';

/** What stands where nothing is yet: one sentence and the one thing to do. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-6 rounded-photo border border-line px-6 py-12 text-center">
      <p className="max-w-text font-title text-25 text-balance">{title}</p>
      {children}
    </div>
  );
}
