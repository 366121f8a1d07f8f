'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select as RadixSelect } from 'radix-ui';
import { cn } from './cn';
import { controlClass } from './Input';

export type SelectOption = { value: string; label: string; group?: string };

type SelectProps = {
  value: string;
  onValueChange: (value: string) => void;
  options: readonly SelectOption[];
  placeholder?: string;
  disabled?: boolean;
  className?: string;
  id?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
};

/** One choice from a list; options that share a `group` stand together under its name. Values must not be empty. */
export function Select({
  value,
  onValueChange,
  options,
  placeholder,
  disabled,
  className,
  ...aria
}: SelectProps) {
  const groups = [...new Set(options.map((option) => option.group ?? ''))];
  return (
    <RadixSelect.Root value={value} onValueChange={onValueChange} disabled={disabled}>
      <RadixSelect.Trigger
        className={cn(
          controlClass,
          'flex h-9 items-center justify-between gap-2 px-3 text-left text-sm data-placeholder:text-muted [&>span]:truncate',
          className,
        )}
        {...aria}
      >
        <RadixSelect.Value placeholder={placeholder} />
        <RadixSelect.Icon>
          <ChevronDown aria-hidden className="size-4 text-muted" />
        </RadixSelect.Icon>
      </RadixSelect.Trigger>
      <RadixSelect.Portal>
        <RadixSelect.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) max-w-[calc(100vw-1rem)] animate-pop-in overflow-hidden rounded-lg border bg-raised shadow-lg"
        >
          <RadixSelect.Viewport className="p-1">
            {groups.map((group) => (
              <RadixSelect.Group key={group}>
                {group && (
                  <RadixSelect.Label className="px-2 pt-2 pb-1 font-medium text-muted text-xs">
                    {group}
                  </RadixSelect.Label>
                )}
                {options
                  .filter((option) => (option.group ?? '') === group)
                  .map((option) => (
                    <Option key={option.value} {...option} />
                  ))}
              </RadixSelect.Group>
            ))}
          </RadixSelect.Viewport>
        </RadixSelect.Content>
      </RadixSelect.Portal>
    </RadixSelect.Root>
  );
}

function Option({ value, label }: SelectOption) {
  return (
    <RadixSelect.Item
      value={value}
      className="flex h-8 cursor-default select-none items-center justify-between gap-4 rounded-md px-2 text-sm outline-none data-highlighted:bg-hover data-disabled:opacity-50"
    >
      <RadixSelect.ItemText>{label}</RadixSelect.ItemText>
      <RadixSelect.ItemIndicator>
        <Check aria-hidden className="size-4 text-accent-ink" />
      </RadixSelect.ItemIndicator>
    </RadixSelect.Item>
  );
}
