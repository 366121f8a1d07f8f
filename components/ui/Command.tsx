'use client';

import { Command as Cmdk } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { overlayClass } from './Dialog';
import { itemClass, menuLabelClass } from './popup';
import { useReturnFocus } from './useReturnFocus';

/** A field, and below it what its text leaves to choose from: whoever draws the items says which those are. */
export function Command(props: ComponentProps<typeof Cmdk>) {
  return <Cmdk shouldFilter={false} {...props} />;
}

type CommandDialogProps = ComponentProps<typeof Cmdk> & { label: string; onClose: () => void };

/** The same in a window over the page. */
export function CommandDialog({ label, onClose, ...props }: CommandDialogProps) {
  const focus = useReturnFocus();
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayClass} />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          className="fixed top-[max(1rem,12dvh)] left-1/2 z-50 w-[calc(100vw-1.5rem)] max-w-xl -translate-x-1/2 animate-pop-in overflow-hidden rounded-xl border bg-raised p-1 shadow-lg"
        >
          <Dialog.Title className="sr-only">{label}</Dialog.Title>
          <Command label={label} {...props} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export function CommandInput({ className, ...props }: ComponentProps<typeof Cmdk.Input>) {
  return (
    <div className="flex items-center gap-2 border-b px-2 pb-1">
      <Search aria-hidden className="size-4 shrink-0 text-muted" />
      <Cmdk.Input
        autoFocus
        className={cn(
          'base:h-8 min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-muted/80 max-md:text-[16px]',
          className,
        )}
        {...props}
      />
    </div>
  );
}

export function CommandList({ className, ...props }: ComponentProps<typeof Cmdk.List>) {
  return <Cmdk.List className={cn('-mx-1 scroll-py-1 overflow-y-auto px-1 pt-1', className)} {...props} />;
}

export function CommandEmpty(props: ComponentProps<typeof Cmdk.Empty>) {
  return <Cmdk.Empty className="px-2 py-6 text-center text-muted text-sm" {...props} />;
}

type CommandGroupProps = Omit<ComponentProps<typeof Cmdk.Group>, 'heading'> & { heading?: string };

export function CommandGroup({ heading, ...props }: CommandGroupProps) {
  return (
    <Cmdk.Group
      heading={heading && <span className={cn('block', menuLabelClass)}>{heading}</span>}
      {...props}
    />
  );
}

export function CommandItem({ className, ...props }: ComponentProps<typeof Cmdk.Item>) {
  return (
    <Cmdk.Item
      className={cn(itemClass, 'data-[selected=true]:bg-hover [&>svg]:text-muted', className)}
      {...props}
    />
  );
}
