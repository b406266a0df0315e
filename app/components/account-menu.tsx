import { Form, Link, useLocation } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { iconButtonClass } from './button';
import { Icon, type IconName } from './icon';

const itemClass =
  'flex min-h-11 w-full items-center gap-3 px-4 text-start text-15 font-medium whitespace-nowrap hover:bg-line';

/**
 * The menu at the end of the header of every signed-in page: the account, and signing out. It opens without scripts; with
 * them Escape, a press outside and another page close it.
 */
export function AccountMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const { key } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each navigation closes the menu
  useEffect(() => {
    menu.current?.removeAttribute('open');
  }, [key]);
  useEffect(() => {
    const closeOutside = ({ target }: Event) => {
      if (target instanceof Node && !menu.current?.contains(target)) menu.current?.removeAttribute('open');
    };
    const closeByKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !menu.current?.open) return;
      menu.current.removeAttribute('open');
      menu.current.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    document.addEventListener('keydown', closeByKey);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
      document.removeEventListener('keydown', closeByKey);
    };
  }, []);
  return (
    <details ref={menu} className="relative -me-2">
      <summary
        aria-label="Your account"
        title="Your account"
        className={`${iconButtonClass} list-none [&::-webkit-details-marker]:hidden`}
      >
        <Icon name="circle-user" />
      </summary>
      <div className="absolute end-2 top-full z-20 mt-1 min-w-44 overflow-hidden rounded-control border border-line bg-raised py-1 shadow-float">
        <Link to="/account" className={itemClass}>
          <Item icon="circle-user">Account</Item>
        </Link>
        <Form method="post" action="/sign-out" reloadDocument>
          <button type="submit" className={itemClass}>
            <Item icon="log-out">Sign out</Item>
          </button>
        </Form>
      </div>
    </details>
  );
}

function Item({ icon, children }: { icon: IconName; children: string }) {
  return (
    <>
      <Icon name={icon} className="shrink-0 text-quiet" />
      {children}
    </>
  );
}
