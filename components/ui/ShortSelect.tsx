'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import { cn } from './cn';
import { useOverlayContainer } from './OverlayContainer';
import { itemClass, menuLabelClass, popupClass } from './popup';
import { optionGroups, type SelectProps, selectClass } from './selectOption';

/** A list that is looked through (Radix's select), open at first. */
export function ShortSelect(props: SelectProps) {
  const { value, onValueChange, options, placeholder, disabled, className, ...control } = props;
  const container = useOverlayContainer();
  const chosen = options.find((option) => option.value === value);
  return (
    <Radix.Root defaultOpen value={value} onValueChange={onValueChange} disabled={disabled}>
      <Radix.Trigger className={cn(selectClass, className)} {...control}>
        <span className={chosen ? undefined : 'text-muted'}>
          <Radix.Value>{chosen?.label ?? placeholder}</Radix.Value>
        </span>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
      </Radix.Trigger>
      <Radix.Portal container={container}>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            popupClass,
            'max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) max-w-[calc(100vw-1rem)] overflow-y-auto',
          )}
        >
          <Radix.Viewport>
            {optionGroups(options).map(([name, grouped]) => (
              <Radix.Group key={name}>
                {name && <Radix.Label className={menuLabelClass}>{name}</Radix.Label>}
                {grouped.map((option) => (
                  <Radix.Item
                    key={option.value}
                    value={option.value}
                    className={cn(itemClass, 'justify-between data-highlighted:bg-hover')}
                  >
                    <Radix.ItemText>{option.label}</Radix.ItemText>
                    <Radix.ItemIndicator>
                      <Check aria-hidden className="size-4 text-accent-ink" />
                    </Radix.ItemIndicator>
                  </Radix.Item>
                ))}
              </Radix.Group>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
