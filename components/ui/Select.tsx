'use client';

import { ChevronDown } from 'lucide-react';
import { lazy, Suspense, startTransition, useState } from 'react';
import { cn } from './cn';
import { type SelectProps, selectClass } from './selectOption';

export type { SelectOption } from './selectOption';

/** More than these are searched rather than looked through. */
const mostToLookThrough = 10;

const fetchShort = () => import('./ShortSelect');
const fetchLong = () => import('./Combobox');
const ShortSelect = lazy(() => fetchShort().then(({ ShortSelect }) => ({ default: ShortSelect })));
const Combobox = lazy(() => fetchLong().then(({ Combobox }) => ({ default: Combobox })));

/**
 * One choice from a list; options that share a `group` stand together under its name. A plain button until its first
 * use: the list is fetched then, and takes the button's place, open.
 */
export function Select(props: SelectProps) {
  const [used, setUsed] = useState(false);
  const { value, onValueChange: _, options, placeholder, className, ...control } = props;
  const long = options.length > mostToLookThrough;
  const List = long ? Combobox : ShortSelect;
  const fetch = long ? fetchLong : fetchShort;
  const chosen = options.find((option) => option.value === value);
  return (
    <Suspense>
      {used ? (
        <List {...props} />
      ) : (
        <button
          type="button"
          role="combobox"
          aria-haspopup="listbox"
          aria-expanded={false}
          className={cn(selectClass, className)}
          onPointerEnter={fetch}
          onFocus={fetch}
          // In a transition, so that the button stays until the list is there.
          onClick={() => startTransition(() => setUsed(true))}
          {...control}
        >
          <span className={chosen ? undefined : 'text-muted'}>{chosen?.label ?? placeholder}</span>
          <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
        </button>
      )}
    </Suspense>
  );
}
