'use client';

import { type ReactNode, startTransition, useOptimistic } from 'react';
import { cn } from './cn';
import { moveFocus } from './moveFocus';

type SegmentedControlProps<T extends string> = {
  value: T;
  onValueChange: (value: T) => void;
  options: readonly { value: T; label: ReactNode }[];
  'aria-label': string;
  className?: string;
};

/** One choice of a few, all of them in view. Arrow keys move; Enter and Space choose. */
export function SegmentedControl<T extends string>(props: SegmentedControlProps<T>) {
  // Shows at once; what the choice changes may take a moment more.
  const [value, show] = useOptimistic(props.value);
  const chosen = props.options.findIndex((option) => option.value === value);
  const choose = (wanted: T) =>
    startTransition(() => {
      show(wanted);
      props.onValueChange(wanted);
    });
  return (
    <div
      role="radiogroup"
      aria-label={props['aria-label']}
      onKeyDown={(event) => moveFocus(event, 'radio')}
      className={cn(
        'inline-flex max-w-full gap-0.5 overflow-x-auto rounded-md bg-neutral-soft p-0.5',
        props.className,
      )}
    >
      {props.options.map((option, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a button shows any content, and an arrow key must not choose
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={index === chosen}
          data-state={index === chosen ? 'on' : 'off'}
          tabIndex={index === Math.max(chosen, 0) ? 0 : -1}
          onClick={() => index !== chosen && choose(option.value)}
          className="inline-flex h-8 shrink-0 items-center gap-1.5 rounded-[0.3rem] px-3 font-medium text-muted text-sm transition-colors hover:text-ink data-[state=on]:bg-raised data-[state=on]:text-ink data-[state=on]:shadow-xs"
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
