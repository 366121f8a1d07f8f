'use client';

import { Check } from 'lucide-react';
import { DropdownMenu as RadixMenu } from 'radix-ui';
import { type ComponentProps, useContext, useState } from 'react';
import { cn } from './cn';
import { InOverlay } from './InOverlay';

/** A menu; the page behind it stays readable and can be scrolled. */
export function DropdownMenu(props: ComponentProps<typeof RadixMenu.Root>) {
  return <RadixMenu.Root modal={false} {...props} />;
}

export const DropdownMenuTrigger = RadixMenu.Trigger;

const itemClass =
  'flex min-h-8 cursor-default select-none items-center gap-2.5 rounded-md px-2 py-1 text-sm outline-none data-highlighted:bg-hover data-disabled:opacity-50 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted';

export function DropdownMenuContent({ className, ...props }: ComponentProps<typeof RadixMenu.Content>) {
  const inOverlay = useContext(InOverlay);
  // Inside the page's main landmark, where assistive technology expects content.
  const [container] = useState(() =>
    typeof document === 'undefined' ? null : document.getElementById('content'),
  );
  return (
    <RadixMenu.Portal container={inOverlay ? undefined : container}>
      <RadixMenu.Content
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className={cn('z-50 min-w-48 animate-pop-in rounded-lg border bg-raised p-1 shadow-lg', className)}
        {...props}
      />
    </RadixMenu.Portal>
  );
}

type ItemProps = ComponentProps<typeof RadixMenu.Item> & { danger?: boolean };

export function DropdownMenuItem({ className, danger, ...props }: ItemProps) {
  return (
    <RadixMenu.Item
      className={cn(
        itemClass,
        danger && 'text-danger-ink data-highlighted:bg-danger-soft [&>svg]:text-danger-ink',
        className,
      )}
      {...props}
    />
  );
}

/** One of several choices of a `DropdownMenuRadioGroup`, ticked when chosen. */
export function DropdownMenuRadioItem({
  className,
  children,
  ...props
}: ComponentProps<typeof RadixMenu.RadioItem>) {
  return (
    <RadixMenu.RadioItem className={cn(itemClass, 'justify-between', className)} {...props}>
      <span className="flex items-center gap-2.5 [&>svg]:size-4 [&>svg]:text-muted">{children}</span>
      <RadixMenu.ItemIndicator>
        <Check aria-hidden className="size-4 text-accent-ink" />
      </RadixMenu.ItemIndicator>
    </RadixMenu.RadioItem>
  );
}

export const DropdownMenuRadioGroup = RadixMenu.RadioGroup;

export function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof RadixMenu.Label>) {
  return <RadixMenu.Label className={cn('px-2 pt-1.5 pb-1 text-muted text-xs', className)} {...props} />;
}

export function DropdownMenuSeparator() {
  return <RadixMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
}
