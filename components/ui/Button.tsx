import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { Spinner } from './Spinner';

const buttonClass =
  'base:relative inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap base:rounded-md font-medium transition-[background-color,border-color,color,box-shadow] duration-100 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0';

const variants = {
  primary: 'bg-accent text-on-accent base:shadow-xs hover:bg-accent-hover',
  secondary:
    'border base:border-line-strong/70 bg-raised text-ink base:shadow-xs hover:border-line-strong hover:bg-sunken',
  ghost: 'text-muted hover:bg-hover hover:text-ink',
  danger: 'bg-danger text-on-accent base:shadow-xs hover:bg-danger-hover',
  'danger-ghost': 'text-danger-ink hover:bg-danger-soft',
  link: 'h-auto! px-0! text-accent-ink underline-offset-4 hover:underline',
};

const sizes = {
  sm: 'h-8 px-2.5 base:text-xs',
  md: 'h-9 px-3.5 base:text-sm',
  lg: 'h-11 px-5 base:text-base',
  icon: 'size-9',
  'icon-sm': 'size-8',
};

type ButtonProps = ComponentProps<'button'> & {
  variant?: keyof typeof variants;
  size?: keyof typeof sizes;
  /** Render the only child (a link) with the look of a button. */
  asChild?: boolean;
  /** Shows a spinner and refuses clicks, keeping focus where it is. */
  loading?: boolean;
};

export function Button({
  variant = 'secondary',
  size = 'md',
  asChild,
  loading,
  className,
  onClick,
  children,
  ...props
}: ButtonProps) {
  const classes = cn(buttonClass, variants[variant], sizes[size], className);
  if (asChild) {
    return (
      <Slot.Root className={classes} onClick={onClick} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      className={classes}
      aria-busy={loading || undefined}
      aria-disabled={loading || undefined}
      onClick={loading ? (event) => event.preventDefault() : onClick}
      {...props}
    >
      {loading && <Spinner />}
      {children}
    </button>
  );
}
