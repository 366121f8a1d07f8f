'use client';

import { useTranslations } from 'next-intl';
import { AlertDialog as RadixAlert } from 'radix-ui';
import type { ReactNode, RefObject } from 'react';
import { Button } from './Button';
import { overlayClass } from './Dialog';
import { useReturnFocus } from './useReturnFocus';

export type AlertDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What will happen, and what will be lost. */
  description: ReactNode;
  confirmLabel: ReactNode;
  /** Of the button that changes nothing, where « Annuler » could be taken for the question itself. */
  keepLabel?: ReactNode;
  danger?: boolean;
  pending?: boolean;
  /** The dialog stays open until the caller closes it. */
  onConfirm: () => void;
  /** More choices, between the text and the buttons. */
  children?: ReactNode;
  /** Where focus goes on closing; what had it on opening, unless said otherwise. */
  returnFocusTo?: RefObject<HTMLElement | null>;
};

/** Asks before something that cannot be undone. Escape and « Annuler » change nothing. */
export function AlertDialogWindow(props: AlertDialogProps) {
  const t = useTranslations('common');
  const focus = useReturnFocus(props.returnFocusTo);
  return (
    <RadixAlert.Root open={props.open} onOpenChange={props.onOpenChange}>
      <RadixAlert.Portal>
        <RadixAlert.Overlay className={overlayClass} />
        <RadixAlert.Content
          {...focus}
          className="fixed top-[max(1rem,18dvh)] left-1/2 z-50 flex max-h-[78dvh] w-[calc(100vw-1.5rem)] max-w-md -translate-x-1/2 animate-pop-in flex-col gap-3 overflow-y-auto rounded-xl border bg-raised p-5 shadow-lg"
        >
          <RadixAlert.Title className="text-lg">{props.title}</RadixAlert.Title>
          <RadixAlert.Description asChild>
            <div className="text-muted text-sm">{props.description}</div>
          </RadixAlert.Description>
          {props.children}
          <div className="mt-2 flex flex-wrap justify-end gap-2">
            <RadixAlert.Cancel asChild>
              <Button>{props.keepLabel ?? t('cancel')}</Button>
            </RadixAlert.Cancel>
            <Button
              variant={props.danger ? 'danger' : 'primary'}
              loading={props.pending}
              onClick={props.onConfirm}
            >
              {props.confirmLabel}
            </Button>
          </div>
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  );
}
