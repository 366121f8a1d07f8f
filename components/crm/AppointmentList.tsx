'use client';

import { CalendarDays, Plus } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { useState } from 'react';
import { appointmentListQuery } from '@/lib/api/crm';
import type { Appointment } from '@/lib/domain/crm';
import { Badge } from '../ui/Badge';
import { Button } from '../ui/Button';
import { cn } from '../ui/cn';
import type { Column } from '../ui/dataTableTypes';
import { EmptyState } from '../ui/EmptyState';
import { PageHeader } from '../ui/PageHeader';
import { useNow } from '../ui/useNow';
import { AppointmentMenu } from './AppointmentMenu';
import { CrmTable } from './CrmTable';
import { LeadName } from './LeadName';
import { AppointmentDialog } from './lazyDialogs';

/** Appointments: their events are triggered by route handlers. */
export function AppointmentList() {
  const t = useTranslations('crm');
  const [creating, setCreating] = useState(false);
  const columns: Column<Appointment>[] = [
    {
      id: 'title',
      header: t('appointments.titre'),
      cell: ({ titre, statut }) => (
        <span className={cn('wrap-anywhere font-medium', statut === 'annule' && 'text-muted line-through')}>
          {titre}
        </span>
      ),
    },
    {
      id: 'when',
      header: t('appointments.when'),
      cell: (appointment) => <TimeSpan {...appointment} />,
    },
    { id: 'lead', header: t('appointments.lead'), cell: ({ lead_id }) => <LeadName id={lead_id} /> },
    {
      id: 'place',
      header: t('appointments.lieu'),
      cell: ({ lieu }) => <span className="wrap-anywhere text-muted">{lieu || '–'}</span>,
      hideOnPhone: true,
    },
    {
      id: 'status',
      header: t('appointments.statut'),
      cell: ({ statut, motif }) => (
        <span className="flex flex-wrap items-center gap-x-2">
          <Badge tone={statut === 'annule' ? 'neutral' : 'accent'}>
            {t(`appointments.status.${statut}`)}
          </Badge>
          {motif && <span className="wrap-anywhere text-muted text-xs">{motif}</span>}
        </span>
      ),
    },
  ];
  const add = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      {t('appointments.new')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('appointments.title')} description={t('appointments.intro')} actions={add} />
      <CrmTable
        label={t('appointments.title')}
        query={appointmentListQuery}
        columns={columns}
        rowActions={(appointment) => <AppointmentMenu appointment={appointment} />}
        empty={
          <EmptyState
            icon={CalendarDays}
            title={t('appointments.emptyTitle')}
            description={t('appointments.emptyText')}
            actions={add}
          />
        }
      />
      <AppointmentDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}

/** « mar. 24 nov., 10:00 – 10:45 », on the person's clock; with the year when it is another one. */
function TimeSpan({ debut, fin }: { debut: string; fin: string }) {
  const format = useFormatter();
  const yearOf = (at: Date) => format.dateTime(at, { year: 'numeric' });
  const thisYear = yearOf(new Date(debut)) === yearOf(new Date(useNow(60_000)));
  const text = format.dateTimeRange(new Date(debut), new Date(fin), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: thisYear ? undefined : 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (
    <span className="tabular-nums" suppressHydrationWarning>
      {text}
    </span>
  );
}
