'use client';

import { ChevronDown } from 'lucide-react';
import { cn } from './cn';
import { type SelectProps, selectClass } from './selectOption';
import { useFirstUse } from './useFirstUse';

export type { SelectOption } from './selectOption';

/** More than these are searched rather than looked through. */
const mostToLookThrough = 10;

/**
 * One choice from a list; options that share a `group` stand together under its name. A plain button until its first
 * use: the list is fetched then, and takes the button's place, open.
 */
export function Select(props: SelectProps) {
  const { value, onValueChange: _, options, placeholder, className, ...control } = props;
  const { Fetched: List, trigger } = useFirstUse<SelectProps>(() =>
    options.length > mostToLookThrough
      ? import('./Combobox').then((file) => file.Combobox)
      : import('./ShortSelect').then((file) => file.ShortSelect),
  );
  if (List) return <List {...props} />;
  const chosen = options.find((option) => option.value === value);
  return (
    <button
      type="button"
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      className={cn(selectClass, className)}
      {...trigger}
      {...control}
    >
      <span className={chosen ? undefined : 'text-muted'}>{chosen?.label ?? placeholder}</span>
      <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
    </button>
  );
}
