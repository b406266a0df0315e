/** A placeholder for content that is loading; `className` gives its size. It does not move. */
export function Skeleton({ className = '' }: { className?: string }) {
  return <div aria-hidden="true" className={`rounded-photo bg-line ${className}`} />;
}
