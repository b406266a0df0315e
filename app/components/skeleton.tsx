/** The shape of what is about to appear; give it its size through `className`. Still: nothing loops but films. */
export function Skeleton({ className = '' }: { className?: string }) {
  return <div aria-hidden="true" className={`rounded-photo bg-line ${className}`} />;
}
