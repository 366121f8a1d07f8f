'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import { Combobox } from './Combobox';
import { cn } from './cn';
import { itemClass, menuLabelClass, popupClass } from './DropdownMenu';
import { useOverlayContainer } from './OverlayContainer';
import { optionGroups, type SelectProps, selectClass } from './selectOption';

export type { SelectOption } from './selectOption';

/** More than these are searched rather than looked through. */
const mostToLookThrough = 10;

/** One choice from a list; options that share a `group` stand together under its name. */
export function Select(props: SelectProps) {
  return props.options.length > mostToLookThrough ? <Combobox {...props} /> : <ShortSelect {...props} />;
}

function ShortSelect(props: SelectProps) {
  const { value, onValueChange, options, placeholder, disabled, className, ...control } = props;
  const container = useOverlayContainer();
  const chosen = options.find((option) => option.value === value);
  return (
    <Radix.Root value={value} onValueChange={onValueChange} disabled={disabled}>
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
