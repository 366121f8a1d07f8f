'use client';

import { useTranslations } from 'next-intl';
import { memo, useMemo } from 'react';
import type { Delivery } from '@/lib/domain/delivery';
import { DataTable } from '../../ui/DataTable';
import { LoadMore } from '../../ui/LoadMore';
import { recordName } from '../detail/recordName';
import { useDeliveryColumns } from './useDeliveryColumns';
import { useWebhookNames } from './useWebhookNames';

type DeliveryTableProps = {
  rows: readonly Delivery[] | undefined;
  /** Which webhook it was is said of each row. */
  ofAllWebhooks: boolean;
  /** Whose details stand beside the list, which then has room only for what tells one row from another. */
  openId: string | null;
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
  const { rows, ofAllWebhooks, openId, base, search } = props;
  const narrow = openId !== null;
  const t = useTranslations('deliveries');
  const names = useWebhookNames(ofAllWebhooks ? (rows ?? []).map((row) => row.webhook_id) : []);
  const described = useMemo(
    () => new Map(rows?.map((row) => [row.id, [row.event_type, recordName(row)].filter(Boolean).join(', ')])),
    [rows],
  );
  const columns = useDeliveryColumns(ofAllWebhooks && !narrow ? names : null, narrow);
  return (
    <DataTable<Delivery>
      label={t('title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowHref={(row) => `${base}/${row.id}${search}`}
      keepScroll
      rowClassName={(row) =>
        row.id === openId ? 'bg-accent-soft' : row.id > props.openedAt ? 'animate-row-in' : undefined
      }
      selection={{
        selected: props.selected,
        onChange: props.onSelect,
        rowLabel: (key) => t('selectRow', { event: described.get(key) ?? key }),
      }}
      empty={null}
      footer={<LoadMore hasMore={props.hasMore} loading={props.loadingMore} onLoadMore={props.onLoadMore} />}
    />
  );
});
