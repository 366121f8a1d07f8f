'use client';

import { ChevronDown } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { cn } from './cn';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuGroup,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from './DropdownMenu';
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

/**
 * One choice from a list (WAI-ARIA select-only combobox); options that share a `group` stand together under its name.
 * A menu in another role: arrows, Home, End and the first letters move, Enter chooses.
 */
export function Select({ value, onValueChange, options, placeholder, className, ...control }: SelectProps) {
  const groups = [...new Set(options.map((option) => option.group ?? ''))];
  const chosen = options.find((option) => option.value === value);
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        role="combobox"
        aria-haspopup="listbox"
        className={cn(
          controlClass,
          'flex h-9 items-center justify-between gap-2 px-3 text-left text-sm [&>span]:truncate',
          className,
        )}
        {...control}
      >
        <span className={chosen ? undefined : 'text-muted'}>{chosen?.label ?? placeholder}</span>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
      </DropdownMenuTrigger>
      <DropdownMenuContent
        role="listbox"
        align="start"
        startAt="[aria-selected=true]"
        className="max-h-(--radix-popper-available-height) min-w-(--radix-popper-anchor-width) max-w-[calc(100vw-1rem)] overflow-y-auto"
      >
        <DropdownMenuRadioGroup role="none" value={value} onValueChange={onValueChange}>
          {groups.map((group) => (
            <OptionGroup key={group} name={group}>
              {options
                .filter((option) => (option.group ?? '') === group)
                .map((option) => (
                  <DropdownMenuRadioItem
                    key={option.value}
                    value={option.value}
                    role="option"
                    aria-selected={option.value === value}
                  >
                    {option.label}
                  </DropdownMenuRadioItem>
                ))}
            </OptionGroup>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function OptionGroup({ name, children }: { name: string; children: ReactNode }) {
  const id = useId();
  if (!name) return children;
  return (
    <DropdownMenuGroup aria-labelledby={id}>
      <DropdownMenuLabel id={id}>{name}</DropdownMenuLabel>
      {children}
    </DropdownMenuGroup>
  );
}
