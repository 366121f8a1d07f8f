'use client';

import { Check } from 'lucide-react';
import type { Menu as RadixMenu } from 'radix-ui/internal';
import {
  type ComponentProps,
  createContext,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  Suspense,
  use,
  useContext,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { cn } from './cn';
import { fetchedOnce } from './fetchedOnce';
import { InOverlay } from './InOverlay';
import { Slot } from './Slot';

const menuParts = fetchedOnce(() => import('./menuParts'));
const useMenuParts = () => use(menuParts()).Menu;

type Opened = 'pointer' | 'keyboard' | null;

type MenuState = {
  opened: Opened;
  setOpened: (opened: Opened) => void;
  triggerId: string;
  contentId: string;
  trigger: RefObject<HTMLButtonElement | null>;
};

const MenuContext = createContext<MenuState | null>(null);

function useMenu(): MenuState {
  const menu = use(MenuContext);
  if (!menu) throw new Error('a part of a menu stands outside of DropdownMenu');
  return menu;
}

/** A menu; the page behind it stays readable and can be scrolled. Its machinery is fetched on first use. */
export function DropdownMenu({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<Opened>(null);
  const triggerId = useId();
  const contentId = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  const menu = useMemo(
    () => ({ opened, setOpened, triggerId, contentId, trigger }),
    [opened, triggerId, contentId],
  );
  return <MenuContext value={menu}>{children}</MenuContext>;
}

type TriggerProps = ComponentProps<'button'> & {
  /** Make the only child, a button, the trigger. */
  asChild?: boolean;
};

/** The button that opens the menu (WAI-ARIA menu button pattern). */
export function DropdownMenuTrigger({ asChild, ...props }: TriggerProps) {
  const { opened, setOpened, triggerId, contentId, trigger } = useMenu();
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || event.ctrlKey) return;
    setOpened(opened ? null : 'pointer');
    if (!opened) event.preventDefault(); // the menu takes the focus, not the button
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!['Enter', ' ', 'ArrowDown'].includes(event.key)) return;
    setOpened(opened && event.key !== 'ArrowDown' ? null : 'keyboard');
    event.preventDefault();
  };
  const Element = asChild ? Slot : 'button';
  return (
    <Element
      type="button"
      id={triggerId}
      ref={trigger}
      aria-haspopup="menu"
      aria-expanded={opened !== null}
      aria-controls={opened ? contentId : undefined}
      data-state={opened ? 'open' : 'closed'}
      onPointerEnter={menuParts.ahead}
      onFocus={menuParts.ahead}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      {...props}
    />
  );
}

type ContentProps = Pick<
  ComponentProps<typeof RadixMenu.Content>,
  'role' | 'side' | 'align' | 'className' | 'children'
> & {
  /** Selector of the item that has the focus at first, before the first one when a key opened the menu. */
  startAt?: string;
};

export function DropdownMenuContent(props: ContentProps) {
  const { opened } = useMenu();
  return (
    opened && (
      <Suspense>
        <OpenMenu opened={opened} {...props} />
      </Suspense>
    )
  );
}

function OpenMenu({
  opened,
  startAt,
  className,
  ...props
}: ContentProps & { opened: 'pointer' | 'keyboard' }) {
  const Menu = useMenuParts();
  const { setOpened, triggerId, contentId, trigger } = useMenu();
  const content = useRef<HTMLDivElement>(null);
  const outside = useRef(false);
  const inOverlay = useContext(InOverlay);
  // Inside the page's main landmark, where assistive technology expects content.
  const [container] = useState(() => (inOverlay ? undefined : document.getElementById('content')));
  useEffect(() => {
    const find = (selector: string) => content.current?.querySelector<HTMLElement>(selector);
    const first = opened === 'keyboard' ? find('[role^=menuitem], [role=option]') : null;
    ((startAt && find(startAt)) || first)?.focus();
  }, [opened, startAt]);
  return (
    <Menu.Root open modal={false} onOpenChange={(open) => !open && setOpened(null)}>
      <Menu.Anchor virtualRef={trigger} />
      <Menu.Portal container={container}>
        <Menu.Content
          ref={content}
          id={contentId}
          aria-labelledby={triggerId}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          onInteractOutside={() => {
            outside.current = true;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (!outside.current) trigger.current?.focus();
          }}
          className={cn('z-50 min-w-48 animate-pop-in rounded-lg border bg-raised p-1 shadow-lg', className)}
          {...props}
        />
      </Menu.Portal>
    </Menu.Root>
  );
}

const itemClass =
  'flex min-h-8 cursor-default select-none items-center gap-2.5 rounded-md px-2 py-1 text-sm outline-none data-disabled:opacity-50 [&>svg]:size-4 [&>svg]:shrink-0';

type ItemProps = ComponentProps<typeof RadixMenu.Item> & { danger?: boolean };

export function DropdownMenuItem({ className, danger, ...props }: ItemProps) {
  const Menu = useMenuParts();
  return (
    <Menu.Item
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

/** One of several choices of a `DropdownMenuRadioGroup`, ticked when chosen. */
export function DropdownMenuRadioItem({
  className,
  children,
  ...props
}: ComponentProps<typeof RadixMenu.RadioItem>) {
  const Menu = useMenuParts();
  return (
    <Menu.RadioItem
      className={cn(itemClass, 'justify-between data-highlighted:bg-hover', className)}
      {...props}
    >
      <span className="flex items-center gap-2.5 [&>svg]:size-4 [&>svg]:text-muted">{children}</span>
      <Menu.ItemIndicator>
        <Check aria-hidden className="size-4 text-accent-ink" />
      </Menu.ItemIndicator>
    </Menu.RadioItem>
  );
}

export function DropdownMenuRadioGroup(props: ComponentProps<typeof RadixMenu.RadioGroup>) {
  const Menu = useMenuParts();
  return <Menu.RadioGroup {...props} />;
}

/** Items under a name of their own. */
export function DropdownMenuGroup(props: ComponentProps<typeof RadixMenu.Group>) {
  const Menu = useMenuParts();
  return <Menu.Group {...props} />;
}

export function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof RadixMenu.Label>) {
  const Menu = useMenuParts();
  return <Menu.Label className={cn('px-2 pt-1.5 pb-1 text-muted text-xs', className)} {...props} />;
}

export function DropdownMenuSeparator() {
  const Menu = useMenuParts();
  return <Menu.Separator className="-mx-1 my-1 h-px bg-line" />;
}
