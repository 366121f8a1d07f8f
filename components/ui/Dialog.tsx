'use client';

import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Dialog as RadixDialog } from 'radix-ui';
import { type ReactNode, type RefObject, useState } from 'react';
import { Button } from './Button';
import { cn } from './cn';
import { OverlayContainer } from './OverlayContainer';
import { useReturnFocus } from './useReturnFocus';

export const overlayClass =
  'fixed inset-0 z-40 animate-overlay-in bg-[oklch(0.15_0.02_270/0.45)] backdrop-blur-[1px]';

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons, at the bottom right. */
  footer?: ReactNode;
  className?: string;
  /** Where focus goes on closing; what had it on opening, unless said otherwise. */
  returnFocusTo?: RefObject<HTMLElement | null>;
};

/** A modal window. Focus moves in, stays in, and goes back to what opened it. */
export function Dialog({ open, onOpenChange, title, description, children, footer, ...props }: DialogProps) {
  const t = useTranslations('common');
  const focus = useReturnFocus(props.returnFocusTo);
  const [panel, setPanel] = useState<HTMLElement | null>(null);
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={overlayClass} />
        <RadixDialog.Content
          ref={setPanel}
          {...focus}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cn(
            'fixed top-[max(1rem,8dvh)] left-1/2 z-50 flex max-h-[84dvh] w-[calc(100vw-1.5rem)] max-w-lg -translate-x-1/2 animate-pop-in flex-col rounded-xl border bg-raised shadow-lg',
            props.className,
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4.5 pb-3">
            <div className="flex min-w-0 flex-col gap-1">
              <RadixDialog.Title className="text-lg">{title}</RadixDialog.Title>
              {description && (
                <RadixDialog.Description className="text-muted text-sm">
                  {description}
                </RadixDialog.Description>
              )}
            </div>
            <RadixDialog.Close asChild>
              <Button variant="ghost" size="icon-sm" aria-label={t('close')} className="-mt-1 -mr-2">
                <X aria-hidden />
              </Button>
            </RadixDialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5">
            <OverlayContainer value={panel}>{children}</OverlayContainer>
          </div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3.5">{footer}</footer>
          )}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}
