'use client';

import { useQuery } from '@tanstack/react-query';
import { ChartColumn } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type MouseEvent, useMemo, useRef, useState } from 'react';
import { webhookOptionsQuery } from '@/lib/api/events';
import { ErrorState } from '../../shell/ErrorState';
import { Button } from '../../ui/Button';
import { cn } from '../../ui/cn';
import { PageHeader } from '../../ui/PageHeader';
import { useMediaQuery } from '../../ui/useMediaQuery';
import { JobStrip } from '../replay/JobStrip';
import { ReplayButton } from '../replay/ReplayButton';
import { replayRangeOf } from '../replay/replayRangeOf';
import { DeliveryFilterBar, type EventTypeOption } from './DeliveryFilterBar';
import { DeliveryListEmpty } from './DeliveryListEmpty';
import { DeliveryTable } from './DeliveryTable';
import { BulkBar, DeliverySheet, DeliveryStats, preloadDeliverySheet } from './lazyDialogs';
import { NewRowsButton } from './NewRowsButton';
import { StaleBanner } from './StaleBanner';
import { useDeliveryFeed } from './useDeliveryFeed';
import { useDeliveryFilters } from './useDeliveryFilters';
import { useOpenDelivery } from './useOpenDelivery';
import { rowRef, useRowKeys } from './useRowKeys';

type DeliveryBrowserProps = { webhookId: string | undefined; eventTypes: readonly EventTypeOption[] };

/** The list, its filters, and the delivery that is open: beside it where there is room, else over it. */
export function DeliveryBrowser({ webhookId, eventTypes }: DeliveryBrowserProps) {
  const t = useTranslations('deliveries');
  const base = webhookId ? `/webhooks/${webhookId}/deliveries` : '/deliveries';
  const filters = useDeliveryFilters(webhookId);
  const { feed, rows, waiting, openedAt, hasMore, older } = useDeliveryFeed(filters.filter);
  const webhooks = useQuery(webhookOptionsQuery).data;
  const opened = useOpenDelivery(base, filters.search);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  // What has left the list, by itself or by a filter, is not acted on.
  const chosen = useMemo(
    () => new Set(rows?.filter((row) => selected.has(row.id)).map((row) => row.id)),
    [rows, selected],
  );
  const table = useRef<HTMLDivElement>(null);
  const wide = useMediaQuery('(min-width: 80rem)');
  useRowKeys(table, opened.id === null);

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
          actions={
            !nothingYet && (
              <>
                <Button
                  variant={filters.charts ? 'secondary' : 'ghost'}
                  aria-expanded={filters.charts !== undefined}
                  onClick={() => filters.set({ charts: filters.charts ? undefined : '24h' })}
                >
                  <ChartColumn aria-hidden />
                  {t('charts')}
                </Button>
                {replay}
              </>
            )
          }
        />
      )}
      <div className="flex flex-col gap-4">
        {!webhookId && !nothingYet && filters.charts && (
          <DeliveryStats filters={filters} range={filters.charts} />
        )}
        {!nothingYet && (
          <DeliveryFilterBar
            filters={filters}
            eventTypes={eventTypes}
            webhooks={webhookId ? undefined : webhooks}
            actions={webhookId ? replay : undefined}
          />
        )}
        {!webhookId && <JobStrip webhookId={filters.webhookId} />}
        {feed.isError && rows && <StaleBanner error={feed.error} onRetry={() => feed.refetch()} />}
        <div className="flex items-start gap-4">
          <div
            ref={table}
            onClickCapture={(event) => openInPlace(event, opened.open)}
            onPointerEnter={preloadDeliverySheet}
            onFocusCapture={preloadDeliverySheet}
            className={cn('min-w-0 flex-1 transition-opacity', feed.isPlaceholderData && 'opacity-60')}
          >
            {unreadable ? (
              <div className="rounded-lg border bg-raised">
                <ErrorState error={feed.error} onRetry={() => feed.refetch()} />
              </div>
            ) : rows?.length === 0 ? (
              <div className="rounded-lg border bg-raised">
                <DeliveryListEmpty filters={filters} untouched={untouched} webhookId={webhookId} />
              </div>
            ) : (
              <DeliveryTable
                rows={rows}
                ofAllWebhooks={webhookId === undefined}
                openId={wide ? opened.id : null}
                base={base}
                search={filters.search}
                openedAt={openedAt}
                selected={chosen}
                onSelect={setSelected}
                hasMore={hasMore}
                loadingMore={older.isPending}
                onLoadMore={older.mutate}
              />
            )}
          </div>
          {opened.id && wide !== null && (
            <DeliverySheet
              id={opened.id}
              rows={rows ?? []}
              hasMore={hasMore}
              onNeedMore={() => (older.isIdle || older.isSuccess ? older.mutate() : undefined)}
              onOpen={opened.open}
              onClose={opened.close}
              returnFocusTo={rowRef(table, opened.id)}
              beside={wide}
            />
          )}
        </div>
        <NewRowsButton count={waiting} />
        {older.isError && <ErrorState error={older.error} onRetry={() => older.mutate()} />}
      </div>
      {chosen.size > 0 && (
        <BulkBar
          rows={rows}
          selected={chosen}
          matching={() => replayRangeOf(filters.filter, new Date().toISOString())}
          hasMore={hasMore}
          onClear={() => setSelected(new Set())}
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
