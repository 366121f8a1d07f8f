'use client';

import { ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { ComboboxList } from './ComboboxList';
import { cn } from './cn';
import { useOverlayContainer } from './OverlayContainer';
import { popupClass } from './popup';
import { type SelectProps, selectClass } from './selectOption';

/** One choice from many, found by typing a part of it; open at first. */
export function Combobox(props: SelectProps) {
  const { value, onValueChange, options, placeholder, className, ...control } = props;
  const [open, setOpen] = useState(true);
  const chosen = options.find((option) => option.value === value);
  const choose = (next: string) => {
    setOpen(false);
    onValueChange(next);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger role="combobox" className={cn(selectClass, className)} {...control}>
        <span className={chosen ? undefined : 'text-muted'}>{chosen?.label ?? placeholder}</span>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
      </Popover.Trigger>
      <Popover.Portal container={useOverlayContainer()}>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={props['aria-label'] ?? chosen?.label ?? placeholder}
          className={cn(popupClass, 'w-72 min-w-(--radix-popover-trigger-width) max-w-[calc(100vw-1rem)]')}
        >
          <ComboboxList value={value} options={options} onChoose={choose} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
