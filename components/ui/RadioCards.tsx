'use client';

import { useId } from 'react';
import { cn } from './cn';
import { moveFocus } from './moveFocus';

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
      <div
        role="radiogroup"
        aria-labelledby={id}
        onKeyDown={(event) => moveFocus(event, 'radio')?.click()}
        className={cn('grid gap-2', props.className)}
      >
        {props.options.map((option) => {
          const chosen = option.value === props.value;
          return (
            // biome-ignore lint/a11y/useSemanticElements: a button holds the whole card
            <button
              key={option.value}
              type="button"
              role="radio"
              aria-checked={chosen}
              tabIndex={chosen ? 0 : -1}
              onClick={() => props.onValueChange(option.value)}
              className={cn(
                'flex items-start gap-3 rounded-lg border p-3 text-left transition-colors',
                chosen ? 'border-accent bg-accent-soft' : 'bg-raised hover:border-line-strong',
              )}
            >
              <span
                aria-hidden
                className={cn(
                  'mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border',
                  chosen ? 'border-accent bg-accent' : 'border-line-strong bg-raised',
                )}
              >
                {chosen && <span className="size-1.5 rounded-full bg-on-accent" />}
              </span>
              <span className="flex min-w-0 flex-col gap-0.5">
                <span className="font-medium text-sm">{option.label}</span>
                {option.hint && <span className="text-muted text-xs">{option.hint}</span>}
              </span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
