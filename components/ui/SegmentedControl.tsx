'use client';

import type { KeyboardEvent, ReactNode } from 'react';
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
  const chosen = props.options.findIndex((option) => option.value === props.value);
  return (
    <div
      role="radiogroup"
      aria-label={props['aria-label']}
      onKeyDown={moveFocus}
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
          onClick={() => index !== chosen && props.onValueChange(option.value)}
          className="inline-flex h-8 shrink-0 items-center gap-1.5 rounded-[0.3rem] px-3 font-medium text-muted text-sm transition-colors hover:text-ink data-[state=on]:bg-raised data-[state=on]:text-ink data-[state=on]:shadow-xs"
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=radio]')];
  const step = steps[event.key];
  if (!step && event.key !== 'Home' && event.key !== 'End') return;
  const from = buttons.indexOf(document.activeElement as HTMLElement);
  const to = step ? from + step : event.key === 'Home' ? 0 : -1;
  buttons.at(to % buttons.length)?.focus();
  event.preventDefault();
}
