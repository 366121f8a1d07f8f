'use client';

import { RadioGroup } from 'radix-ui';
import { useId } from 'react';
import { cn } from './cn';

type RadioCardsProps<T extends string> = {
  /** What is chosen, above the cards. */
  legend: string;
  legendHidden?: boolean;
  value: T;
  onValueChange: (value: T) => void;
  options: readonly { value: T; label: string; hint?: string }[];
  className?: string;
};

/** One choice of a few, each with a sentence that says what it means. */
export function RadioCards<T extends string>(props: RadioCardsProps<T>) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <span id={id} className={props.legendHidden ? 'sr-only' : 'font-medium text-sm'}>
        {props.legend}
      </span>
      <RadioGroup.Root
        aria-labelledby={id}
        value={props.value}
        onValueChange={(value) => props.onValueChange(value as T)}
        className={cn('grid gap-2', props.className)}
      >
        {props.options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            value={option.value}
            className="group/card flex items-start gap-3 rounded-lg border bg-raised p-3 text-left transition-colors hover:border-line-strong data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
          >
            <span
              aria-hidden
              className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-line-strong bg-raised group-data-[state=checked]/card:border-accent group-data-[state=checked]/card:bg-accent"
            >
              <RadioGroup.Indicator className="size-1.5 rounded-full bg-on-accent" />
            </span>
            <span className="flex min-w-0 flex-col gap-0.5">
              <span className="font-medium text-sm">{option.label}</span>
              {option.hint && <span className="text-muted text-xs">{option.hint}</span>}
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
