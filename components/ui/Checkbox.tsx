'use client';

import { Check, Minus } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from './cn';

type CheckboxProps = Omit<ComponentProps<'button'>, 'onChange'> & {
  checked: boolean | 'indeterminate';
  onCheckedChange: (checked: boolean) => void;
};

/** Tri-state: `checked` may be `'indeterminate'`. */
export function Checkbox({ checked, onCheckedChange, className, ...props }: CheckboxProps) {
  const Mark = checked === 'indeterminate' ? Minus : Check;
  return (
    // biome-ignore lint/a11y/useSemanticElements: an input has no third state and cannot hold the mark
    <button
      type="button"
      role="checkbox"
      aria-checked={checked === 'indeterminate' ? 'mixed' : checked}
      onClick={() => onCheckedChange(checked !== true)}
      // The pattern of WAI-ARIA: Space ticks, Enter does not.
      onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      className={cn(
        'base:grid size-4.5 shrink-0 place-items-center rounded-sm border shadow-xs transition-colors hover:border-accent disabled:opacity-50',
        checked ? 'border-accent bg-accent text-on-accent' : 'border-line-strong bg-raised',
        className,
      )}
      {...props}
    >
      {checked && <Mark aria-hidden strokeWidth={3} className="size-3" />}
    </button>
  );
}
