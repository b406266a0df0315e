import { Icon } from './icon';

/** The owner's message in maintenance mode, and what it means. In the flow of the page, so that it covers nothing. */
export function MaintenanceStrip({ message }: { message: string }) {
  return (
    // It keeps clear of a phone's notch in place of the header below it.
    <aside
      aria-label="Maintenance"
      className="border-b border-line bg-raised pt-[env(safe-area-inset-top)] [&~header]:pt-0"
    >
      <p className="column flex items-start gap-3 py-3 text-15">
        <Icon name="clock" className="mt-0.5" />
        <span className="min-w-0 wrap-anywhere">
          <bdi className="font-medium">{message}</bdi>{' '}
          <span className="text-quiet">
            Until then nothing new begins. Clips under way go on arriving, and your films still play.
          </span>
        </span>
      </p>
    </aside>
  );
}
