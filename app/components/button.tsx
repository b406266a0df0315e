import { Link, type LinkProps } from '@remix-run/react';
import type { ButtonHTMLAttributes } from 'react';
import { Icon, type IconName } from './icon';

/** `primary` is the next step of a screen, of which it has one; `danger` deletes; `quiet` is everything else. */
export type ButtonKind = 'primary' | 'quiet' | 'danger';

const base =
  'inline-flex min-h-12 items-center justify-center gap-2 rounded-control px-6 text-17 font-semibold text-center text-balance transition select-none active:scale-[0.98] disabled:opacity-55 disabled:active:scale-100';

const kinds: Record<ButtonKind, string> = {
  primary: 'bg-light text-on-light enabled:hover:brightness-105',
  quiet: 'border border-edge text-ink hover:bg-raised',
  danger: 'border border-edge text-bad hover:bg-raised',
};

/** The classes of a button, for another element than `<button>`. */
export function buttonClass(kind: ButtonKind = 'primary', className = ''): string {
  return `${base} ${kinds[kind]} ${className}`;
}

/** A button, at least 48 px tall. Its type is `button` by default. */
export function Button({
  kind,
  icon,
  className,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { kind?: ButtonKind; icon?: IconName }) {
  return (
    <button type="button" {...rest} className={buttonClass(kind, className)}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  kind,
  icon,
  className,
  children,
  ...rest
}: LinkProps & { kind?: ButtonKind; icon?: IconName; className?: string }) {
  return (
    <Link {...rest} className={buttonClass(kind, className)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

/** A round 44 px button with an icon; `label` is its accessible name and its tooltip. */
export function IconButton({
  icon,
  label,
  className = '',
  ...rest
}: Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> & { icon: IconName; label: string }) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={`inline-grid size-11 shrink-0 place-items-center rounded-full transition hover:bg-line active:scale-95 disabled:opacity-45 ${className}`}
    >
      <Icon name={icon} />
    </button>
  );
}
