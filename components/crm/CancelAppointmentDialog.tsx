'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { Appointment } from '@/lib/domain/crm';
import { FormFailure } from '../shell/FormFailure';
import { LeaveGuard } from '../shell/LeaveGuard';
import { askToLeave } from '../shell/leaving';
import { AlertDialog } from '../ui/AlertDialog';
import { Field } from '../ui/Field';
import { Input } from '../ui/Input';
import { useAppointmentActions } from './useAppointmentActions';

type CancelAppointmentDialogProps = {
  appointment: Appointment;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** Asks for a reason and cancels; the appointment stays in the list. */
export function CancelAppointmentDialog({ appointment, open, onOpenChange }: CancelAppointmentDialogProps) {
  const t = useTranslations('crm.appointments');
  const [motif, setMotif] = useState('');
  const { cancel } = useAppointmentActions();
  const close = () => {
    setMotif('');
    cancel.reset();
    onOpenChange(false);
  };
  const keep = async () => (motif === '' || (await askToLeave())) && close();
  return (
    <AlertDialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : void keep())}
      danger
      title={t('cancelTitle', { name: appointment.titre })}
      description={t('cancelText')}
      confirmLabel={t('cancelConfirm')}
      pending={cancel.isPending}
      onConfirm={() => cancel.mutate({ appointment, motif }, { onSuccess: close })}
    >
      {open && <LeaveGuard changed={motif !== ''} />}
      <FormFailure error={cancel.error} />
      <Field label={t('motif')} optional>
        <Input value={motif} maxLength={500} onChange={(event) => setMotif(event.target.value)} />
      </Field>
    </AlertDialog>
  );
}
