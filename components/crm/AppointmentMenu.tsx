'use client';

import { CalendarX2, Pencil } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { Appointment } from '@/lib/domain/crm';
import { DropdownMenuItem, DropdownMenuSeparator } from '../ui/DropdownMenu';
import { CancelAppointmentDialog } from './CancelAppointmentDialog';
import { AppointmentDialog } from './lazyDialogs';
import { RecordLink } from './RecordLink';
import { RowMenu } from './RowMenu';

/** What can be done with one appointment; nothing more once it is cancelled. */
export function AppointmentMenu({ appointment }: { appointment: Appointment }) {
  const t = useTranslations('crm');
  const [dialog, setDialog] = useState<'edit' | 'cancel' | null>(null);
  const toggle = (name: 'edit' | 'cancel') => (open: boolean) => setDialog(open ? name : null);
  if (appointment.statut === 'annule') return null;
  return (
    <>
      <RowMenu label={t('menu', { name: appointment.titre })}>
        <DropdownMenuItem onSelect={() => setDialog('edit')}>
          <Pencil aria-hidden />
          {t('edit')}
        </DropdownMenuItem>
        <RecordLink id={appointment.id} />
        <DropdownMenuSeparator />
        <DropdownMenuItem danger onSelect={() => setDialog('cancel')}>
          <CalendarX2 aria-hidden />
          {t('appointments.cancel')}
        </DropdownMenuItem>
      </RowMenu>
      <AppointmentDialog appointment={appointment} open={dialog === 'edit'} onOpenChange={toggle('edit')} />
      <CancelAppointmentDialog
        appointment={appointment}
        open={dialog === 'cancel'}
        onOpenChange={toggle('cancel')}
      />
    </>
  );
}
