'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type MouseEvent, useRef, useState } from 'react';
import { webhookOptionsQuery } from '@/lib/api/events';
import type { Delivery } from '@/lib/domain/delivery';
import { ErrorState } from '../shell/ErrorState';
import { cn } from '../ui/cn';
import { DataTable } from '../ui/DataTable';
import { LoadMore } from '../ui/LoadMore';
import { PageHeader } from '../ui/PageHeader';
import { DeliveryFilterBar } from './DeliveryFilterBar';
import { DeliveryListEmpty } from './DeliveryListEmpty';
import { BulkBar, DeliverySheet, preloadDeliverySheet } from './lazyDialogs';
import { NewRowsButton } from './NewRowsButton';
import { ReplayButton } from './ReplayButton';
import { StaleBanner } from './StaleBanner';
import { useDeliveryColumns } from './useDeliveryColumns';
import { useDeliveryFeed } from './useDeliveryFeed';
import { useDeliveryFilters, withSearch } from './useDeliveryFilters';
import { useOpenDelivery } from './useOpenDelivery';
import { rowRef, useRowKeys } from './useRowKeys';

export type EventTypeOption = { value: string; label: string; group?: string };

type DeliveryBrowserProps = { webhookId: string | undefined; eventTypes: readonly EventTypeOption[] };

/** The list, its filters, and the sheet over it. */
export function DeliveryBrowser({ webhookId, eventTypes }: DeliveryBrowserProps) {
  const t = useTranslations('deliveries');
  const base = webhookId ? `/webhooks/${webhookId}/deliveries` : '/deliveries';
  const filters = useDeliveryFilters(webhookId);
  const { feed, rows, waiting, isNew, hasMore, older } = useDeliveryFeed(filters.filter);
  const webhooks = useQuery(webhookOptionsQuery).data;
  const opened = useOpenDelivery(base, filters.search);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const table = useRef<HTMLDivElement>(null);
  useRowKeys(table, opened.id === null);

  const nameOf = (id: string) => (webhooks ? webhooks.find((webhook) => webhook.id === id)?.name : null);
  const columns = useDeliveryColumns(webhookId ? undefined : nameOf);
  const untouched = filters.status === 'all' && !filters.narrowed;
  const nothingYet = untouched && rows?.length === 0;
  const unreadable = feed.isError && !rows;
  const replay = (
    <ReplayButton webhookId={filters.webhookId} webhooks={webhooks} fixed={webhookId !== undefined} />
  );

  return (
    <>
      {!webhookId && (
        <PageHeader
          title={t('title')}
          description={t('intro')}
          actions={nothingYet || unreadable ? null : replay}
        />
      )}
      {unreadable ? (
        <ErrorState error={feed.error} onRetry={() => feed.refetch()} />
      ) : (
        <div className="flex flex-col gap-4">
          {!nothingYet && (
            <DeliveryFilterBar
              filters={filters}
              eventTypes={eventTypes}
              webhooks={webhookId ? undefined : webhooks}
              actions={webhookId ? replay : undefined}
            />
          )}
          {feed.isRefetchError && <StaleBanner error={feed.error} onRetry={() => feed.refetch()} />}
          <div
            ref={table}
            onClickCapture={(event) => openInPlace(event, opened.open)}
            onPointerEnter={preloadDeliverySheet}
            onFocusCapture={preloadDeliverySheet}
            className={cn('transition-opacity', feed.isPlaceholderData && 'opacity-60')}
          >
            <DataTable<Delivery>
              label={t('title')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              rowHref={(row) => withSearch(`${base}/${row.id}`, filters.search)}
              keepScroll
              rowClassName={(row) => (isNew(row) ? 'animate-row-in' : undefined)}
              selection={{
                selected,
                onChange: setSelected,
                rowLabel: (key) =>
                  t('selectRow', { event: rows?.find((row) => row.id === key)?.event_type ?? key }),
              }}
              empty={<DeliveryListEmpty filters={filters} untouched={untouched} webhookId={webhookId} />}
              footer={
                <LoadMore hasMore={hasMore} loading={older.isPending} onLoadMore={() => older.mutate()} />
              }
            />
          </div>
          <NewRowsButton count={waiting} />
          {older.isError && <ErrorState error={older.error} onRetry={() => older.mutate()} />}
        </div>
      )}
      {selected.size > 0 && (
        <BulkBar rows={rows} selected={selected} onClear={() => setSelected(new Set())} />
      )}
      {opened.id && (
        <DeliverySheet
          id={opened.id}
          rows={rows ?? []}
          hasMore={hasMore}
          onNeedMore={() => !older.isPending && older.mutate()}
          onOpen={opened.open}
          onClose={opened.close}
          returnFocusTo={rowRef(table, opened.id)}
        />
      )}
    </>
  );
}

/** A plain click on a row opens the sheet without asking the server for a page; other clicks are the browser's. */
function openInPlace(event: MouseEvent, open: (id: string) => void) {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link =
    event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-row-link]') : null;
  const id = link && new URL(link.href).pathname.split('/').at(-1);
  if (!id) return;
  event.preventDefault();
  open(id);
}
