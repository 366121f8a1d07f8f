'use client';

import { type ReactNode, useId, useState } from 'react';
import { cn } from './cn';
import { moveFocus } from './moveFocus';

type TabItem = { value: string; label: ReactNode; content: ReactNode };

type TabsProps = {
  items: readonly TabItem[];
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  'aria-label': string;
  className?: string;
  /** Classes of the panel below the tabs. */
  panelClassName?: string;
};

/** Panels of which one is seen (WAI-ARIA tabs); ←/→ move between them. */
export function Tabs({ items, defaultValue, onValueChange, className, panelClassName, ...props }: TabsProps) {
  const id = useId();
  const [own, setOwn] = useState(defaultValue);
  const wanted = props.value ?? own;
  const shown = items.find((item) => item.value === wanted) ?? items[0];
  const show = (value: string) => {
    setOwn(value);
    onValueChange?.(value);
  };
  return (
    <div className={className}>
      <div
        role="tablist"
        aria-label={props['aria-label']}
        onKeyDown={(event) => moveFocus(event, 'tab')?.click()}
        className="flex gap-1 overflow-x-auto border-b"
      >
        {items.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            role="tab"
            id={`${id}${value}`}
            aria-selected={value === shown?.value}
            aria-controls={value === shown?.value ? `${id}panel` : undefined}
            tabIndex={value === shown?.value ? 0 : -1}
            onClick={() => show(value)}
            className={tabClass}
          >
            {label}
          </button>
        ))}
      </div>
      {shown && (
        <div
          key={shown.value}
          role="tabpanel"
          id={`${id}panel`}
          aria-labelledby={`${id}${shown.value}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a panel without controls must be reachable by keyboard
          tabIndex={0}
          className={cn('pt-4', panelClassName)}
        >
          {shown.content}
        </div>
      )}
    </div>
  );
}

const tabClass =
  '-mb-px shrink-0 rounded-t-md border-transparent border-b-2 px-3 py-2 font-medium text-muted text-sm transition-colors hover:text-ink focus-visible:-outline-offset-2 aria-selected:border-accent aria-selected:text-ink';
