'use client';

import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Dialog as RadixDialog } from 'radix-ui';
import { type ReactNode, type RefObject, useState } from 'react';
import { Button } from './Button';
import { cn } from './cn';
import { overlayClass } from './Dialog';
import { OverlayContainer } from './OverlayContainer';
import { useReturnFocus } from './useReturnFocus';

type SheetProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** Keep the title for screen readers only. */
  titleHidden?: boolean;
  description?: ReactNode;
  side?: 'left' | 'right';
  /** Beside the close button: neighbours, actions. */
  actions?: ReactNode;
  className?: string;
  /** Where focus goes on closing; what had it on opening, unless said otherwise. */
  returnFocusTo?: RefObject<HTMLElement | null>;
  children: ReactNode;
};

/** A panel that slides in from the side, over the page. */
export function Sheet(props: SheetProps) {
  const t = useTranslations('common');
  const left = props.side === 'left';
  const focus = useReturnFocus(props.returnFocusTo);
  const [panel, setPanel] = useState<HTMLElement | null>(null);
  return (
    <RadixDialog.Root open={props.open} onOpenChange={props.onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={overlayClass} />
        <RadixDialog.Content
          ref={setPanel}
          {...focus}
          onEscapeKeyDown={(event) => closesSearch(event) && event.preventDefault()}
          {...(props.description ? {} : { 'aria-describedby': undefined })}
          className={cn(
            'fixed inset-y-0 z-50 flex w-full flex-col base:bg-surface shadow-lg',
            left
              ? 'left-0 base:max-w-72 animate-sheet-left border-r'
              : 'right-0 base:max-w-2xl animate-sheet-right border-l',
            props.className,
          )}
        >
          <header
            className={cn(
              'flex items-center justify-between gap-3 px-5 py-3.5',
              !props.titleHidden && 'border-b',
            )}
          >
            <div className="min-w-0">
              <RadixDialog.Title className={props.titleHidden ? 'sr-only' : 'truncate text-lg'}>
                {props.title}
              </RadixDialog.Title>
              {props.description && (
                <RadixDialog.Description className="text-muted text-sm">
                  {props.description}
                </RadixDialog.Description>
              )}
            </div>
            <div className="flex shrink-0 items-center gap-1">
              {props.actions}
              <RadixDialog.Close asChild>
                <Button variant="ghost" size="icon-sm" aria-label={t('close')}>
                  <X aria-hidden />
                </Button>
              </RadixDialog.Close>
            </div>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto">
            <OverlayContainer value={panel}>{props.children}</OverlayContainer>
          </div>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

/** Escape in the search of a text closes that first. */
const closesSearch = ({ target }: KeyboardEvent) =>
  target instanceof Element && target.closest('.cm-search') !== null;
