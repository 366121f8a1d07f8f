'use client';

import { Check, Minus } from 'lucide-react';
import { Checkbox as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn';

type CheckboxProps = Omit<ComponentProps<typeof Radix.Root>, 'onCheckedChange'> & {
  onCheckedChange: (checked: boolean) => void;
};

/** Tri-state: `checked` may be `'indeterminate'`. */
export function Checkbox({ checked, onCheckedChange, className, ...props }: CheckboxProps) {
  const Mark = checked === 'indeterminate' ? Minus : Check;
  return (
    <Radix.Root
      checked={checked}
      onCheckedChange={(next) => onCheckedChange(next === true)}
      className={cn(
        'base:grid size-4.5 shrink-0 place-items-center rounded-sm border shadow-xs transition-colors hover:border-accent disabled:opacity-50',
        checked ? 'border-accent bg-accent text-on-accent' : 'border-line-strong bg-raised',
        className,
      )}
      {...props}
    >
      <Radix.Indicator>
        <Mark aria-hidden strokeWidth={3} className="size-3" />
      </Radix.Indicator>
    </Radix.Root>
  );
}
