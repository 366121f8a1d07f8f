'use client';

import { Plus, Users } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { leadListQuery } from '@/lib/api/crm';
import type { Lead } from '@/lib/domain/crm';
import { Button } from '../ui/Button';
import type { Column } from '../ui/dataTableTypes';
import { EmptyState } from '../ui/EmptyState';
import { PageHeader } from '../ui/PageHeader';
import { RelativeTime } from '../ui/RelativeTime';
import { CrmTable } from './CrmTable';
import { LeadMenu } from './LeadMenu';
import { LeadStatusMenu } from './LeadStatusMenu';
import { LeadDialog } from './lazyDialogs';

/** Leads: their events are triggered from the browser. */
export function LeadList() {
  const t = useTranslations('crm');
  const [creating, setCreating] = useState(false);
  const columns: Column<Lead>[] = [
    {
      id: 'name',
      header: t('leads.lead'),
      cell: (lead) => (
        <span className="wrap-anywhere font-medium">{[lead.prenom, lead.nom].filter(Boolean).join(' ')}</span>
      ),
    },
    {
      id: 'email',
      header: t('leads.email'),
      cell: (lead) => <span className="wrap-anywhere text-muted">{lead.email || '–'}</span>,
    },
    {
      id: 'telephone',
      header: t('leads.telephone'),
      cell: (lead) => <span className="text-muted tabular-nums">{lead.telephone || '–'}</span>,
      hideOnPhone: true,
    },
    { id: 'statut', header: t('leads.statut'), cell: (lead) => <LeadStatusMenu lead={lead} /> },
    {
      id: 'created',
      header: t('created'),
      cell: (lead) => <RelativeTime at={lead.created_at} className="rounded-sm text-muted" />,
    },
  ];
  const add = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      {t('leads.new')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('leads.title')} description={t('leads.intro')} actions={add} />
      <CrmTable
        label={t('leads.title')}
        query={leadListQuery}
        columns={columns}
        rowActions={(lead) => <LeadMenu lead={lead} />}
        empty={
          <EmptyState
            icon={Users}
            title={t('leads.emptyTitle')}
            description={t('leads.emptyText')}
            actions={add}
          />
        }
      />
      <LeadDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}
