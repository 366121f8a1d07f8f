'use client';

import { useTranslations } from 'next-intl';
import { memo, useMemo } from 'react';
import type { Delivery } from '@/lib/domain/delivery';
import { DataTable } from '../../ui/DataTable';
import { LoadMore } from '../../ui/LoadMore';
import { useDeliveryColumns } from './useDeliveryColumns';
import { withSearch } from './useDeliveryFilters';
import { useWebhookNames } from './useWebhookNames';

type DeliveryTableProps = {
  rows: readonly Delivery[] | undefined;
  /** Which webhook it was is said of each row. */
  ofAllWebhooks: boolean;
  /** Path of the list, and the query that its rows keep. */
  base: string;
  search: string;
  /** Rows with a greater id came after the list was opened. */
  openedAt: string;
  selected: ReadonlySet<string>;
  onSelect: (selected: Set<string>) => void;
  hasMore: boolean;
  loadingMore: boolean;
  onLoadMore: () => void;
};

/** The rows. Rendered anew only when they change, and not each time something opens over them. */
export const DeliveryTable = memo(function DeliveryTable(props: DeliveryTableProps) {
  const { rows, ofAllWebhooks, base, search } = props;
  const t = useTranslations('deliveries');
  const names = useWebhookNames(ofAllWebhooks ? (rows ?? []).map((row) => row.webhook_id) : []);
  const eventTypes = useMemo(() => new Map(rows?.map((row) => [row.id, row.event_type])), [rows]);
  const columns = useDeliveryColumns(ofAllWebhooks ? names : null);
  return (
    <DataTable<Delivery>
      label={t('title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowHref={(row) => withSearch(`${base}/${row.id}`, search)}
      keepScroll
      rowClassName={(row) => (row.id > props.openedAt ? 'animate-row-in' : undefined)}
      selection={{
        selected: props.selected,
        onChange: props.onSelect,
        rowLabel: (key) => t('selectRow', { event: eventTypes.get(key) ?? key }),
      }}
      empty={null}
      footer={<LoadMore hasMore={props.hasMore} loading={props.loadingMore} onLoadMore={props.onLoadMore} />}
    />
  );
});
