import { Link, type LinkProps } from '@remix-run/react';
import { type ButtonHTMLAttributes, Fragment } from 'react';
import { Icon, type IconName } from './icon';

/**
 * `primary` is the next step of a screen, of which it has one; `danger` deletes; `quiet` is everything else; `plain` has no
 * edge, for what is seldom pressed.
 */
export type ButtonKind = 'primary' | 'quiet' | 'danger' | 'plain';

/** `large` for a page's main action, `small` beside text or in a table. */
export type ButtonSize = 'large' | 'normal' | 'small';

const base =
  'inline-flex items-center justify-center gap-2 rounded-control font-semibold text-center text-balance transition select-none active:scale-[0.98] disabled:opacity-55 disabled:active:scale-100';

// One set each, since a second utility for the same property would silently win or lose.
const sizes: Record<ButtonSize, string> = {
  large: 'min-h-14 px-8 text-17',
  normal: 'min-h-12 px-6 text-17',
  small: 'min-h-11 px-4 text-15',
};

const kinds: Record<ButtonKind, string> = {
  primary: 'bg-light-fill text-on-light enabled:hover:brightness-105',
  quiet: 'border border-edge text-ink hover:bg-raised',
  danger: 'border border-edge text-bad hover:bg-raised',
  plain: 'text-quiet hover:bg-line hover:text-ink',
};

/** The classes of a button, for another element than `<button>`. */
export function buttonClass(kind: ButtonKind = 'primary', className = '', size: ButtonSize = 'normal'): string {
  return `${base} ${sizes[size]} ${kinds[kind]} ${className}`;
}

interface ButtonLook {
  kind?: ButtonKind;
  size?: ButtonSize;
  icon?: IconName;
}

/** A button, at least 44 px tall. Its type is `button` by default. */
export function Button({
  kind,
  size,
  icon,
  className,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & ButtonLook) {
  return (
    <button type="button" {...rest} className={buttonClass(kind, className, size)}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** The words of a button, which break only between their parts: "Bring to life · 1 credit · about 40 s". */
export function Parts({ children }: { children: string }) {
  const parts = children.split(' · ');
  return (
    <span>
      {parts.map((part, at) => (
        <Fragment key={part}>
          {at > 0 && ' '}
          <span className="whitespace-nowrap">{at < parts.length - 1 ? `${part} ·` : part}</span>
        </Fragment>
      ))}
    </span>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  kind,
  size,
  icon,
  className,
  children,
  ...rest
}: LinkProps & ButtonLook & { className?: string }) {
  return (
    <Link {...rest} className={buttonClass(kind, className, size)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

/** The classes of a round 44 px button. */
export const iconButtonClass =
  'inline-grid size-11 shrink-0 place-items-center rounded-full transition-[background-color,scale] hover:bg-line active:scale-95 disabled:opacity-45';

/** A round 44 px button with an icon; `label` is its accessible name and its tooltip. */
export function IconButton({
  icon,
  label,
  className = '',
  ...rest
}: Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> & { icon: IconName; label: string }) {
  return (
    <button type="button" title={label} {...rest} aria-label={label} className={`${iconButtonClass} ${className}`}>
      <Icon name={icon} />
    </button>
  );
}
