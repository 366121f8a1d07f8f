'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import type { Appointment } from '@/lib/domain/crm';
import { useProblemText } from '../shell/useProblemText';
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
  const problemText = useProblemText();
  const [motif, setMotif] = useState('');
  const { cancel } = useAppointmentActions();
  const confirm = () =>
    cancel.mutate(
      { appointment, motif },
      {
        onSuccess: () => onOpenChange(false),
        onError: (error) => toast.error(problemText(error)),
      },
    );
  return (
    <AlertDialog
      open={open}
      onOpenChange={onOpenChange}
      danger
      title={t('cancelTitle', { name: appointment.titre })}
      description={t('cancelText')}
      confirmLabel={t('cancelConfirm')}
      pending={cancel.isPending}
      onConfirm={confirm}
    >
      <Field label={t('motif')} optional>
        <Input value={motif} maxLength={500} onChange={(event) => setMotif(event.target.value)} />
      </Field>
    </AlertDialog>
  );
}
