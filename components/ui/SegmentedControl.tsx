'use client';

import { ToggleGroup } from 'radix-ui';
import { type ReactNode, startTransition, useOptimistic } from 'react';
import { cn } from './cn';

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
  const choose = (wanted: T) =>
    startTransition(() => {
      show(wanted);
      props.onValueChange(wanted);
    });
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={props['aria-label']}
      value={value}
      // Empty: what was chosen already was pressed again.
      onValueChange={(wanted) => wanted && choose(wanted as T)}
      className={cn(
        'inline-flex max-w-full gap-0.5 overflow-x-auto rounded-md bg-neutral-soft p-0.5',
        props.className,
      )}
    >
      {props.options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className="inline-flex h-8 shrink-0 items-center gap-1.5 rounded-[0.3rem] px-3 font-medium text-muted text-sm transition-colors hover:text-ink data-[state=on]:bg-raised data-[state=on]:text-ink data-[state=on]:shadow-xs"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
