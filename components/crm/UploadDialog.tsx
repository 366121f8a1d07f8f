'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { maxFileBytes } from '@/lib/domain/crm';
import { FormDialog } from '../shell/FormDialog';
import { useFormProblem } from '../shell/useFormProblem';
import { Field } from '../ui/Field';
import { FileInput } from './FileInput';
import { LeadSelect } from './LeadSelect';
import { useFileActions } from './useFileActions';

const uploadSchema = z.object({
  file: z.file('file_required').max(maxFileBytes, 'file_too_large'),
  lead_id: z.uuid('lead_unknown').nullable(),
});

type UploadDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

/** Uploads one file. */
export function UploadDialog({ open, onOpenChange }: UploadDialogProps) {
  const t = useTranslations('crm.files');
  const { upload } = useFileActions();
  const form = useForm({
    resolver: zodResolver(uploadSchema),
    defaultValues: { lead_id: null },
  });
  const { errorOf, showProblem, failure, clearFailure } = useFormProblem(form);
  const close = () => {
    onOpenChange(false);
    form.reset();
  };
  const save = form.handleSubmit(({ file, lead_id }) => {
    clearFailure();
    upload.mutate({ file, leadId: lead_id }, { onSuccess: close, onError: showProblem });
  });
  return (
    <FormDialog
      open={open}
      onOpenChange={(next) => {
        clearFailure();
        onOpenChange(next);
      }}
      title={t('newTitle')}
      description={t('newHint')}
      form={form}
      draftName={null}
      submitLabel={t('create')}
      pending={upload.isPending}
      onSubmit={save}
      failure={failure}
      creates
      className="flex flex-col gap-4"
    >
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
    </FormDialog>
  );
}
