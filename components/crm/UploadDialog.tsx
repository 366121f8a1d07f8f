'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { maxFileBytes } from '@/lib/domain/crm';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { FileInput } from './FileInput';
import { LeadSelect } from './LeadSelect';
import { useFileActions } from './useFileActions';
import { useFormProblem } from './useFormProblem';

const uploadSchema = z.object({
  file: z.file('file_required').max(maxFileBytes, 'file_too_large'),
  lead_id: z.uuid('lead_unknown').nullable(),
});

type UploadDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

/** Uploads one file. */
export function UploadDialog({ open, onOpenChange }: UploadDialogProps) {
  const t = useTranslations('crm.files');
  const common = useTranslations('common');
  const formId = useId();
  const { upload } = useFileActions();
  const form = useForm({
    resolver: zodResolver(uploadSchema),
    defaultValues: { lead_id: null },
  });
  const { errorOf, showProblem } = useFormProblem(form);
  const close = () => {
    onOpenChange(false);
    form.reset();
  };
  const save = form.handleSubmit(({ file, lead_id }) =>
    upload.mutate({ file, leadId: lead_id }, { onSuccess: close, onError: showProblem }),
  );
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      title={t('newTitle')}
      description={t('newHint')}
      footer={
        <>
          <Button onClick={close}>{common('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" loading={upload.isPending}>
            {t('create')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={save} className="flex flex-col gap-4">
        <Controller
          control={form.control}
          name="file"
          render={({ field }) => (
            <Field label={t('file')} required hint={t('limit')} error={errorOf('file')}>
              <FileInput
                ref={field.ref}
                chosen={field.value?.name}
                onBlur={field.onBlur}
                onChoose={field.onChange}
              />
            </Field>
          )}
        />
        <Controller
          control={form.control}
          name="lead_id"
          render={({ field }) => (
            <Field label={t('lead')} optional error={errorOf('lead_id')}>
              <LeadSelect value={field.value} onValueChange={field.onChange} />
            </Field>
          )}
        />
      </form>
    </Dialog>
  );
}
