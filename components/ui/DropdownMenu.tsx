'use client';

import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { useOverlayContainer } from './OverlayContainer';

/** A menu; the page behind it stays readable and can be scrolled. */
export const DropdownMenu = (props: ComponentProps<typeof Radix.Root>) => (
  <Radix.Root modal={false} {...props} />
);

export const DropdownMenuTrigger = Radix.Trigger;

/** One of several choices is ticked: `DropdownMenuRadioItem`. */
export const DropdownMenuRadioGroup = Radix.RadioGroup;

export function DropdownMenuContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal container={useOverlayContainer()}>
      <Radix.Content
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className={cn(popupClass, 'min-w-48', className)}
        {...props}
      />
    </Radix.Portal>
  );
}

export const popupClass = 'z-50 animate-pop-in rounded-lg border bg-raised p-1 shadow-lg';

export const itemClass =
  'flex min-h-8 cursor-default select-none items-center gap-2.5 rounded-md px-2 py-1 text-sm outline-none data-disabled:opacity-50 [&>svg]:size-4 [&>svg]:shrink-0';

export function DropdownMenuItem({
  className,
  danger,
  ...props
}: ComponentProps<typeof Radix.Item> & { danger?: boolean }) {
  return (
    <Radix.Item
      className={cn(
        itemClass,
        danger
          ? 'text-danger-ink data-highlighted:bg-danger-soft [&>svg]:text-danger-ink'
          : 'data-highlighted:bg-hover [&>svg]:text-muted',
        className,
      )}
      {...props}
    />
  );
}

export function DropdownMenuRadioItem({
  className,
  children,
  ...props
}: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem
      className={cn(itemClass, 'justify-between data-highlighted:bg-hover', className)}
      {...props}
    >
      <span className="flex items-center gap-2.5 [&>svg]:size-4 [&>svg]:text-muted">{children}</span>
      <Radix.ItemIndicator>
        <Check aria-hidden className="size-4 text-accent-ink" />
      </Radix.ItemIndicator>
    </Radix.RadioItem>
  );
}

export function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof Radix.Label>) {
  return <Radix.Label className={cn(menuLabelClass, className)} {...props} />;
}

export const menuLabelClass = 'px-2 pt-1.5 pb-1 text-muted text-xs';

export function DropdownMenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
