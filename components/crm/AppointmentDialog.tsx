'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { type Appointment, appointmentInputSchema } from '@/lib/domain/crm';
import { FormDialog } from '../shell/FormDialog';
import { useFormProblem } from '../shell/useFormProblem';
import { Field } from '../ui/Field';
import { Input } from '../ui/Input';
import { DateTimeInput } from './DateTimeInput';
import { LeadSelect } from './LeadSelect';
import { useAppointmentActions } from './useAppointmentActions';

type AppointmentDialogProps = {
  /** The appointment being edited; undefined for a new one. */
  appointment?: Appointment;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** Creates or edits an appointment. */
export function AppointmentDialog({ appointment, open, onOpenChange }: AppointmentDialogProps) {
  const t = useTranslations('crm.appointments');
  const common = useTranslations('common');
  const { create, update } = useAppointmentActions();
  const [suggested] = useState(nextFullHour);
  const form = useForm({
    resolver: zodResolver(appointmentInputSchema),
    values: {
      titre: appointment?.titre ?? '',
      lead_id: appointment?.lead_id ?? null,
      debut: appointment?.debut ?? suggested.debut,
      fin: appointment?.fin ?? suggested.fin,
      lieu: appointment?.lieu ?? '',
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
    if (appointment) update.mutate({ id: appointment.id, input }, done);
    else create.mutate(input, done);
  });
  return (
    <FormDialog
      open={open}
      onOpenChange={(next) => {
        clearFailure();
        onOpenChange(next);
      }}
      title={appointment ? t('editTitle') : t('newTitle')}
      description={t(appointment ? 'editHint' : 'newHint')}
      form={form}
      draftName={`appointment ${appointment?.id ?? 'new'}`}
      submitLabel={appointment ? common('save') : t('create')}
      pending={create.isPending || update.isPending}
      onSubmit={save}
      failure={failure}
      creates={!appointment}
      className="grid gap-4 sm:grid-cols-2"
    >
      <Field label={t('titre')} required error={errorOf('titre')} className="sm:col-span-2">
        <Input autoComplete="off" {...form.register('titre')} />
      </Field>
      {(['debut', 'fin'] as const).map((name) => (
        <Controller
          key={name}
          control={form.control}
          name={name}
          render={({ field }) => (
            <Field label={t(name)} required error={errorOf(name)}>
              <DateTimeInput
                name={name}
                ref={field.ref}
                value={field.value}
                onValueChange={field.onChange}
                onBlur={field.onBlur}
              />
            </Field>
          )}
        />
      ))}
      <Controller
        control={form.control}
        name="lead_id"
        render={({ field }) => (
          <Field label={t('lead')} optional error={errorOf('lead_id')}>
            <LeadSelect value={field.value ?? null} onValueChange={field.onChange} />
          </Field>
        )}
      />
      <Field label={t('lieu')} optional error={errorOf('lieu')}>
        <Input autoComplete="off" {...form.register('lieu')} />
      </Field>
    </FormDialog>
  );
}

/** The next full hour, for 45 minutes. */
function nextFullHour(): { debut: string; fin: string } {
  const start = new Date();
  start.setHours(start.getHours() + 1, 0, 0, 0);
  return { debut: start.toISOString(), fin: new Date(start.getTime() + 45 * 60_000).toISOString() };
}
