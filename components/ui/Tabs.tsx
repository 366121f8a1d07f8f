'use client';

import { Tabs as RadixTabs } from 'radix-ui';
import type { ReactNode } from 'react';
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

/** Panels of which one is seen; ←/→ move between them. */
export function Tabs({
  items,
  value,
  defaultValue,
  onValueChange,
  className,
  panelClassName,
  ...props
}: TabsProps) {
  return (
    <RadixTabs.Root
      value={value}
      defaultValue={defaultValue ?? items[0]?.value}
      onValueChange={onValueChange}
      className={className}
    >
      <RadixTabs.List aria-label={props['aria-label']} className="flex gap-1 overflow-x-auto border-b">
        {items.map((item) => (
          <RadixTabs.Trigger key={item.value} value={item.value} className={tabClass}>
            {item.label}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {items.map((item) => (
        <RadixTabs.Content key={item.value} value={item.value} className={cn('pt-4', panelClassName)}>
          {item.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  );
}

const tabClass =
  '-mb-px shrink-0 rounded-t-md border-transparent border-b-2 px-3 py-2 font-medium text-muted text-sm transition-colors hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:text-ink';
