'use client';

import { useTranslations } from 'next-intl';
import { type FormEventHandler, type ReactNode, useId } from 'react';
import { Button } from '../ui/Button';
import { cn } from '../ui/cn';
import { Dialog } from '../ui/Dialog';

type FormDialogProps = {
  open: boolean;
  onOpen: () => void;
  onClose: () => void;
  title: string;
  description: string;
  /** What the button says that sends the form. */
  submit: string;
  pending: boolean;
  onSubmit: FormEventHandler<HTMLFormElement>;
  children: ReactNode;
  className?: string;
};

/** A form in a modal window, with its two buttons below. */
export function FormDialog(props: FormDialogProps) {
  const t = useTranslations('common');
  const formId = useId();
  return (
    <Dialog
      open={props.open}
      onOpenChange={(next) => (next ? props.onOpen() : props.onClose())}
      title={props.title}
      description={props.description}
      footer={
        <>
          <Button onClick={props.onClose}>{t('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" loading={props.pending}>
            {props.submit}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={props.onSubmit} className={cn('grid gap-4', props.className)}>
        {props.children}
      </form>
    </Dialog>
  );
}
