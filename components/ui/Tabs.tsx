'use client';

import { Tabs as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { cn } from './cn';

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

/** Panels of which one is seen; the first one when the one wanted has gone. */
export function Tabs({ items, defaultValue, onValueChange, className, panelClassName, ...props }: TabsProps) {
  const [own, setOwn] = useState(defaultValue);
  const wanted = props.value ?? own;
  const shown = items.find((item) => item.value === wanted) ?? items[0];
  const show = (value: string) => {
    setOwn(value);
    onValueChange?.(value);
  };
  return (
    <Radix.Root value={shown?.value} onValueChange={show} className={className}>
      <Radix.List aria-label={props['aria-label']} className="flex gap-1 overflow-x-auto border-b">
        {items.map(({ value, label }) => (
          <Radix.Trigger key={value} value={value} className={tabClass}>
            {label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {items.map(({ value, content }) => (
        <Radix.Content key={value} value={value} className={cn('pt-4', panelClassName)}>
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

const tabClass =
  '-mb-px shrink-0 rounded-t-md border-transparent border-b-2 px-3 py-2 font-medium text-muted text-sm transition-colors hover:text-ink focus-visible:-outline-offset-2 aria-selected:border-accent aria-selected:text-ink';
