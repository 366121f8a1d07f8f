'use client';

import { Check } from 'lucide-react';
import { type DropdownMenu as Radix, Slot } from 'radix-ui';
import { type ComponentProps, createContext, type ReactNode, use } from 'react';
import { cn } from './cn';
import { MenuParts, useMenuParts } from './menuParts';
import { useOverlayContainer } from './OverlayContainer';
import { itemClass, menuLabelClass, popupClass } from './popup';
import { useFirstUse } from './useFirstUse';

type FirstUse = ReturnType<typeof useFirstUse>['trigger'];
const Plain = createContext<FirstUse | null>(null);

/**
 * A menu; the page behind it stays readable and can be scrolled. Its trigger is a plain button until its first use:
 * Radix's menu, a tenth of a page, is fetched then, and takes the button's place, open.
 */
export function DropdownMenu({ children }: { children: ReactNode }) {
  const { Fetched: Root, trigger } = useFirstUse(() => import('./MenuRoot').then((file) => file.MenuRoot));
  return Root ? <Root>{children}</Root> : <Plain value={trigger}>{children}</Plain>;
}

export function DropdownMenuTrigger(props: ComponentProps<typeof Radix.Trigger>) {
  const menu = use(MenuParts);
  const plain = use(Plain);
  if (menu) return <menu.Trigger {...props} />;
  const { asChild, ...button } = props;
  const Button = asChild ? Slot.Root : 'button';
  return <Button type="button" aria-haspopup="menu" aria-expanded={false} {...plain} {...button} />;
}

export function DropdownMenuContent(props: ComponentProps<typeof Radix.Content>) {
  return use(MenuParts) && <OpenedContent {...props} />;
}

function OpenedContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  const { Portal, Content } = useMenuParts();
  return (
    <Portal container={useOverlayContainer()}>
      <Content
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className={cn(popupClass, 'min-w-48', className)}
        {...props}
      />
    </Portal>
  );
}

export function DropdownMenuItem({
  className,
  danger,
  ...props
}: ComponentProps<typeof Radix.Item> & { danger?: boolean }) {
  const { Item } = useMenuParts();
  return (
    <Item
      className={cn(
        itemClass,
        'data-disabled:opacity-50',
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
  const { RadioItem, ItemIndicator } = useMenuParts();
  return (
    <RadioItem className={cn(itemClass, 'justify-between data-highlighted:bg-hover', className)} {...props}>
      <span className="flex items-center gap-2.5 [&>svg]:size-4 [&>svg]:text-muted">{children}</span>
      <ItemIndicator>
        <Check aria-hidden className="size-4 text-accent-ink" />
      </ItemIndicator>
    </RadioItem>
  );
}

export function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof Radix.Label>) {
  const { Label } = useMenuParts();
  return <Label className={cn(menuLabelClass, className)} {...props} />;
}

export function DropdownMenuSeparator() {
  const { Separator } = useMenuParts();
  return <Separator className="-mx-1 my-1 h-px bg-line" />;
}

/** One of several choices is ticked: `DropdownMenuRadioItem`. */
export function DropdownMenuRadioGroup(props: ComponentProps<typeof Radix.RadioGroup>) {
  const { RadioGroup } = useMenuParts();
  return <RadioGroup {...props} />;
}
