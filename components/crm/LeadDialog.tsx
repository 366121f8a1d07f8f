'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { type Lead, leadInputSchema } from '@/lib/domain/crm';
import { leadStatuses } from '@/lib/domain/leadStatus';
import { FormDialog } from '../shell/FormDialog';
import { useFormProblem } from '../shell/useFormProblem';
import { Field } from '../ui/Field';
import { Input } from '../ui/Input';
import { Select } from '../ui/Select';
import { useLeadActions } from './useLeadActions';

type LeadDialogProps = {
  /** The lead being edited; undefined for a new one. */
  lead?: Lead;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** Creates or edits a lead. */
export function LeadDialog({ lead, open, onOpenChange }: LeadDialogProps) {
  const t = useTranslations('crm.leads');
  const common = useTranslations('common');
  const { create, update } = useLeadActions();
  const form = useForm({
    resolver: zodResolver(leadInputSchema),
    values: {
      nom: lead?.nom ?? '',
      prenom: lead?.prenom ?? '',
      email: lead?.email ?? '',
      telephone: lead?.telephone ?? '',
      statut: lead?.statut ?? 'nouveau',
    },
    resetOptions: { keepDirtyValues: true },
  });
  const { errorOf, showProblem, failure, clearFailure } = useFormProblem(form);
  const close = () => {
    onOpenChange(false);
    form.reset(undefined, { keepDirtyValues: false });
  };
  const save = form.handleSubmit((input) => {
    clearFailure();
    const done = { onSuccess: close, onError: showProblem };
    if (lead) update.mutate({ lead, input }, done);
    else create.mutate(input, done);
  });
  return (
    <FormDialog
      open={open}
      onOpenChange={(next) => {
        clearFailure();
        onOpenChange(next);
      }}
      title={lead ? t('editTitle') : t('newTitle')}
      description={t(lead ? 'editHint' : 'newHint')}
      form={form}
      draftName={`lead ${lead?.id ?? 'new'}`}
      submitLabel={lead ? common('save') : t('create')}
      pending={create.isPending || update.isPending}
      onSubmit={save}
      failure={failure}
      creates={!lead}
      className="grid gap-4 sm:grid-cols-2"
    >
      <Field label={t('nom')} required error={errorOf('nom')}>
        <Input autoComplete="off" {...form.register('nom')} />
      </Field>
      <Field label={t('prenom')} optional error={errorOf('prenom')}>
        <Input autoComplete="off" {...form.register('prenom')} />
      </Field>
      <Field label={t('email')} optional error={errorOf('email')}>
        <Input type="email" autoComplete="off" {...form.register('email')} />
      </Field>
      <Field label={t('telephone')} optional error={errorOf('telephone')}>
        <Input type="tel" autoComplete="off" {...form.register('telephone')} />
      </Field>
      <Controller
        control={form.control}
        name="statut"
        render={({ field }) => (
          <Field label={t('statut')} className="sm:col-span-2">
            <Select
              value={field.value ?? 'nouveau'}
              onValueChange={field.onChange}
              options={leadStatuses.map((value) => ({ value, label: t(`status.${value}`) }))}
            />
          </Field>
        )}
      />
    </FormDialog>
  );
}
