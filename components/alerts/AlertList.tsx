'use client';

import { useQuery } from '@tanstack/react-query';
import { BellRing, Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { alertListQuery } from '@/lib/api/alerts';
import type { Alert } from '@/lib/domain/alert';
import { ErrorState } from '../shell/ErrorState';
import { Badge } from '../ui/Badge';
import { Button } from '../ui/Button';
import { DataTable } from '../ui/DataTable';
import type { Column } from '../ui/dataTableTypes';
import { EmptyState } from '../ui/EmptyState';
import { PageHeader } from '../ui/PageHeader';
import { AlertMenu } from './AlertMenu';
import { AlertFormDialog } from './lazyDialogs';

/** Who is told of webhooks in trouble, and how. */
export function AlertList() {
  const t = useTranslations('alerts');
  const list = useQuery(alertListQuery);
  const [making, setMaking] = useState(false);
  const columns: Column<Alert>[] = [
    {
      id: 'name',
      header: t('name'),
      cell: ({ name }) => <span className="wrap-anywhere font-medium">{name}</span>,
    },
    {
      id: 'channel',
      header: t('channel'),
      cell: ({ channel, url, emails }) => (
        <span className="flex flex-col">
          <span>{t(`channels.${channel}`)}</span>
          <span className="wrap-anywhere text-muted text-xs">{url ?? emails.join(', ')}</span>
        </span>
      ),
    },
    {
      id: 'about',
      header: t('about'),
      cell: ({ webhook_ids: ids }) => (ids ? t('someWebhooks', { count: ids.length }) : t('every')),
    },
    { id: 'state', header: t('state'), cell: (alert) => <AlertState alert={alert} /> },
  ];
  const add = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden />
      {t('new')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('title')} description={t('intro')} actions={add} />
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={list.data}
          rowKey={({ id }) => id}
          rowClassName={({ status }) => (status === 'inactive' ? 'text-muted' : undefined)}
          rowActions={(alert) => <AlertMenu alert={alert} />}
          empty={
            <EmptyState icon={BellRing} title={t('emptyTitle')} description={t('emptyText')} actions={add} />
          }
        />
      )}
      <AlertFormDialog open={making} onOpenChange={setMaking} />
    </>
  );
}

/** Whether its messages arrive, as far as anybody knows. */
function AlertState({ alert: { status, disabled_reason, health } }: { alert: Alert }) {
  const t = useTranslations('alerts');
  if (disabled_reason) return <Badge tone="danger">{t('disabled')}</Badge>;
  if (status === 'inactive') return <Badge>{t('off')}</Badge>;
  if (health && health.failures > 0) return <Badge tone="danger">{t('unreachable')}</Badge>;
  return <Badge tone="success">{t('on')}</Badge>;
}
