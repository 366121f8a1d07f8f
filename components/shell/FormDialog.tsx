'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, type ReactNode, useId } from 'react';
import type { FieldValues, UseFormReturn } from 'react-hook-form';
import { Button } from '../ui/Button';
import { ChangedMark } from '../ui/ChangedMark';
import { Dialog } from '../ui/Dialog';
import { DraftOffer } from './DraftOffer';
import { FormFailure } from './FormFailure';
import { LeaveGuard } from './LeaveGuard';
import { askToLeave } from './leaving';
import { useFormDraft } from './useFormDraft';
import { useSaveKey } from './useSaveKey';

type FormDialogProps<V extends FieldValues, O> = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  form: UseFormReturn<V, unknown, O>;
  /** Names what is typed here, for a draft; null: nothing that could be kept. */
  draftName: string | null;
  submitLabel: ReactNode;
  pending: boolean;
  onSubmit: (event?: FormEvent) => unknown;
  /** What the last save threw, unless it is beside a field. */
  failure: unknown;
  /** A second save would make a second one. */
  creates?: boolean;
  className?: string;
  children: ReactNode;
};

/** A form in a window of its own. What was typed is asked about before the window goes, kept meanwhile, and saved by Ctrl S. */
export function FormDialog<V extends FieldValues, O>(props: FormDialogProps<V, O>) {
  const { open, form, pending } = props;
  const t = useTranslations('common');
  const formId = useId();
  const { isDirty } = form.formState;
  const draft = useFormDraft(form, open ? props.draftName : null);
  useSaveKey(() => !pending && void props.onSubmit(), open && 'dialog');
  const close = async () => {
    if (isDirty && !(await askToLeave())) return;
    props.onOpenChange(false);
    form.reset(undefined, { keepDirtyValues: false });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? props.onOpenChange(true) : void close())}
      title={props.title}
      description={props.description}
      footer={
        <>
          <p aria-live="polite" className="mr-auto self-center text-muted text-sm">
            {isDirty && <ChangedMark>{t('changed')}</ChangedMark>}
          </p>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" loading={pending}>
            {props.submitLabel}
          </Button>
        </>
      }
    >
      {open && <LeaveGuard changed={isDirty} onLeave={draft.forget} />}
      <div className="flex flex-col gap-4">
        <DraftOffer {...draft} onTake={draft.take} onRefuse={draft.forget} />
        <FormFailure error={props.failure} creates={props.creates} />
        <form id={formId} noValidate onSubmit={props.onSubmit} className={props.className}>
          {props.children}
        </form>
      </div>
    </Dialog>
  );
}
